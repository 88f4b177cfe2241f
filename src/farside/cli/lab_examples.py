"""Examples of the laboratory's verbs, which `farside lab VERB --help` and docs/laboratory_verbs.md show; every verb has one."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "found": ('farside lab found "Li Wei" --institution NAOC --country China --site BJ --site-name Beijing --by li',),
    "enrol": (
        'farside lab enrol wang --name "Wang Fang" --institution NAOC --roles second_curator --by li',
        'farside lab enrol smith --name "Jo Smith" --institution "The Open University" --roles applicant --by li',
    ),
    "add_site": ("farside lab add-site SS --name Shaoshan --by li",),
    "add_cabinet": (
        "farside lab add-cabinet BJ-V1 --site BJ --name 'vault 1' --slots BJ-V1-1,BJ-V1-2,BJ-V1-3 --by li",
        ("farside lab add-cabinet BJ-N1 --site BJ --name 'nitrogen 1' --slots BJ-N1-1,BJ-N1-2 --pristine"
        " --limits oxygen_most_ppb=10000,water_most_ppb=10000 --by li"),
    ),
    "add_balance": (
        ('farside lab add-balance XPR --name "XPR 226" --resolution "10 ug" --tolerance "50 mg" --certificate NIM-2026-17'
        " --calibration-due 2027-06-30 --by li"),
    ),
    "calibrate": ("farside lab calibrate XPR --certificate NIM-2027-4 --calibration-due 2028-06-30 --by li",),
    "receive": (
        "farside lab receive flights/change6/delivery.json --prefix CE6 --by li",
        ("farside lab receive flights/change6/delivery.json --prefix CE6 --by li"
        " --policy research_least_ppm=700000,research_most_ppm=900000"),
    ),
    "sample_gas": ("farside lab sample-gas CE6 --volume-mm3 1000 --pressure-pa 12 --method 'needle valve' --by li",),
    "unseal": (
        "farside lab unseal CE6 --by li",
        "farside lab unseal CE6-B --by li --second wang --reason 'yearly check of the seal'",
    ),
    "seal": ("farside lab seal CE6-P --vessel 'bottle 12, PTFE and steel' --by li",),
    "weigh": (
        'farside lab weigh CE6-D --balance XPR --gross "700.12 g" --tare "146.12 g" --by li',
        'farside lab weigh CE6-D --balance XPR --gross "699 g" --tare "146.12 g" --accept --by li --second wang --reason "some was spilt"',
    ),
    "extract": ('farside lab extract CE6 --lost "1.2 mg" --by li',),
    "separate": (
        'farside lab separate CE6.2 --parts "tool=drill,mass=554 g,code=CE6-D" --parts "tool=scoop,mass=981249434 ug,code=CE6-S" --by li',
    ),
    "call": ('farside lab call 2026-A --title "First call of 2026" --opens 2026-03-01 --closes 2026-03-31 --by li',),
    "offer": ('farside lab offer 2026-A --samples "sample=CE6-S.1,mass=5 g" --samples sample=CE6-S.2 --by li',),
    "apply": (
        ('farside lab apply 2026-A --title "Ages of far-side basalt" --abstract "We date zircons." --samples "sample=CE6-S.1,mass=200 mg"'
        " --by smith"),
    ),
    "review": (
        'farside lab review 2026-A-P1 --score 4 --words "Sound, and nobody else can do it." --by weber',
        'farside lab review 2026-A-P1 --conflict --words "We write a paper together." --by zhao',
    ),
    "decide": (
        'farside lab decide 2026-A-P1 --decision approve --samples "sample=CE6-S.1,mass=150 mg" --by li',
        'farside lab decide 2026-A-P2 --decision reject --words "Try powder of Chang\'e-5 first." --by li',
    ),
    "sign": ("farside lab sign 2026-A-P1 --by smith",),
    "release": (
        "farside lab release 2026-A-P1 --by li",
        "farside lab release 2026-A-P1 --samples CE6-S.1 --by li --reason 'withdrawn by the applicant'",
    ),
    "lend": ("farside lab lend 2026-A-P1 --sample CE6-S.1 --due 2027-05-01 --by li",),
    "extend": ("farside lab extend L2026-1 --due 2027-09-01 --by li --reason 'the beam time was moved'",),
    "consume_on_loan": ('farside lab consume-on-loan L2026-1 --mass "12 mg" --words "dissolved for ICP-MS" --by smith',),
    "lose_on_loan": ('farside lab lose-on-loan L2026-1 --mass "1 mg" --words "spilt in the glove box" --by smith',),
    "inventory": (
        "farside lab inventory --loans loan=L2026-1 --by smith",
        'farside lab inventory --borrower smith --loans "loan=L2026-1,mass=120 mg,words=a vial is missing" --by li',
    ),
    "return_loan": (
        'farside lab return-loan L2026-1 --mass "137 mg" --by li',
        'farside lab return-loan L2026-1 --weighed "balance=XPR,gross=1.137 g,tare=1 g" --exposed --by li',
    ),
    "analyse": (
        ('farside lab analyse CE6-S.1.1 --method "SIMS U-Pb" --laboratory "The Open University" --by smith --destructive --consumed "2 mg"'
        ' --values "name=age,value=2807,uncertainty=3,unit=Ma"'),
    ),
    "publish": (
        ('farside lab publish 10.1126/science.adt1093 --title "A far-side basalt" --authors "Smith J., Li W." --samples CE6-S.1.1'
        " --by smith"),
    ),
    "take_over": (
        'farside lab take-over 10001 --mission Apollo11 --mass "125.8 g" --form powder --rock-type Soil --rock-subtype Unsieved --by li',
    ),
    "dissect": (
        ('farside lab dissect CE6-D --intervals "top_mm=0,bottom_mm=1000,mass=270 g" --intervals "top_mm=1000,bottom_mm=2000,mass=283.9 g"'
        ' --lost "0.1 g" --by li'),
    ),
    "sieve": (
        ('farside lab sieve CE6-S.1 --fractions "mass=10 g,form=fragment" --fractions "grain_most_um=1000,mass=60 g"'
        ' --fractions "grain_most_um=45,mass=29 g" --lost "1 g" --by li'),
    ),
    "section": ('farside lab section CE6-S.2 --sections "mass=12 mg,title=polished" --sections "mass=9 mg" --lost "30 mg" --by li',),
    "split": (
        'farside lab split CE6-S --parts "mass=100 g" --parts "mass=3.5 mg,form=fragment" --taken "100.004 g" --lost "0.5 mg" --by li',
    ),
    "consume": ('farside lab consume CE6-S.1 --mass "250 mg" --method "dissolved for ICP-MS" --by li',),
    "lose": ('farside lab lose CE6-S.1 --mass "1.75 g" --by li --reason "vial fell on the floor"',),
    "retire": ("farside lab retire CE6.2 --by li",),
    "transfer": (
        'farside lab transfer CE6-S.3 --institution "National Museum" --by li --second wang --reason "agreement of 2026-03-01"',
    ),
    "assign_purpose": (
        "farside lab assign-purpose CE6-S --purpose research --by li",
        'farside lab assign-purpose CE6-D --purpose permanent --by li --second wang --reason "open until it is dissected"',
    ),
    "close_allocation": ("farside lab close-allocation change6 --by li",),
    "hand_over": ("farside lab hand-over CE6-B --to wang --by li",),
    "accept": ("farside lab accept CE6-B --by wang",),
    "decline": ("farside lab decline CE6-B --by wang --reason 'no room before May'",),
    "withdraw": ("farside lab withdraw CE6-B --by li",),
    "store": ("farside lab store CE6-D --slot BJ-N1-1 --by li",),
    "take_out": ("farside lab take-out CE6-D --by li",),
    "back_up": ("farside lab back-up CE6-B --slot SS-V1-1 --by wang",),
    "take_stock": (
        "farside lab take-stock BJ-V1 --scanned sample=CE6-S,slot=BJ-V1-1 --scanned sample=CE6-P,slot=BJ-V1-2 --by audit",
    ),
    "read_environment": (
        "farside lab read-environment BJ-N1 --oxygen-ppb 4200 --water-ppb 3900 --temperature-mk 294150 --pressure-pa 180 --by li",
    ),
    "unfreeze": ('farside lab unfreeze BJ-N1 --by li --second wang --reason "glove changed, leak closed"',),
    "set_limits": (
        ("farside lab set-limits BJ-N1 --limits oxygen_most_ppb=5000,water_most_ppb=10000,pressure_least_pa=50 --by li --second wang"
        ' --reason "certificate of 2026"'),
    ),
    "attach": (
        "farside lab attach CE6-D --content core.jpg --name core-before-dissection.jpg --by li",
        "farside lab attach BJ-N1 --kind cabinet --content certificate.pdf --name certificate-2026.pdf --by li",
    ),
    "correct": ('farside lab correct 42 --by li --reason "the wrong vial was scanned"',),
}  # fmt: skip
