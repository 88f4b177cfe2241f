"""The laboratory's words for people, English here and Chinese in `locale`: what is in the ledger by a short name has a word here."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farside.curation.verbs import Verb

ROLES = {
    "curator": _("curator"),
    "second_curator": _("second curator"),
    "reviewer": _("reviewer"),
    "applicant": _("applicant"),
    "auditor": _("auditor"),
}

WORDS = {
    "permanent": _("permanent"), "backup": _("backup"), "research": _("research"), "public": _("public"), "primary": _("primary"),
    "container": _("container"), "gas": _("gas"), "bulk": _("bulk soil"), "core": _("drill core"), "interval": _("core interval"),
    "powder": _("powder"), "section": _("thin section"), "fragment": _("fragment"), "drill": _("drilled"), "scoop": _("scooped"),
    "held": _("held"), "on_loan": _("on loan"), "retired": _("retired"), "submitted": _("submitted"), "approved": _("approved"),
    "rejected": _("rejected"), "asked": _("asked"), "reserved": _("reserved"), "lent": _("lent"), "released": _("released"),
    "received": _("received"), "consumed": _("consumed"), "lost": _("lost"), "correction": _("correction"),
    "transferred": _("transferred"), "nitrogen": _("nitrogen"), "vacuum": _("vacuum"), "air": _("air"),
    "missing": _("missing"), "unexpected": _("unexpected"), "wrong slot": _("in the wrong slot"),
    "read twice": _("read twice"), "approve": _("approve"), "reject": _("reject"), "none": _("none yet"),
}  # fmt: skip


def verb(name: str) -> str:
    """A verb as a person says it."""
    return str(VERBS.get(name, name.replace("_", " ").capitalize()))


def about(verb: Verb) -> str:
    """What a verb does, as its form explains it: the first paragraph of what it says of itself."""
    return gettext(first_paragraph(verb.about))


def first_paragraph(about: str) -> str:
    """The first paragraph in one line, without the marks of code."""
    return " ".join(about.split("\n\n", maxsplit=1)[0].split()).replace("`", "")


def word(name: str) -> str:
    """A short name as a word; what has none is shown as it is."""
    return str(WORDS.get(name, name.replace("_", " ") if name else ""))


def refusal(error: Exception, verb: str) -> str:
    """What the library says against a verb, for a page that has named the verb and has no commands to type."""
    return str(error).removeprefix(f"{verb}: ").replace("`", "")


def question(name: str) -> str:
    """An argument of a verb as the label of its field."""
    return str(QUESTIONS.get(name, name.replace("_", " ").capitalize()))


VERBS = {
    "genesis": _("Genesis"), "found": _("Found the laboratory"), "enrol": _("Enrol a person"), "add_site": _("Add a site"),
    "add_cabinet": _("Add a cabinet"), "add_balance": _("Add a balance"), "calibrate": _("Calibrate a balance"),
    "receive": _("Receive a delivery"), "sample_gas": _("Draw head-space gas"), "unseal": _("Unseal"), "seal": _("Seal"),
    "weigh": _("Weigh"), "extract": _("Extract"), "separate": _("Separate"), "dissect": _("Dissect the core"), "sieve": _("Sieve"),
    "section": _("Cut sections"), "split": _("Split"), "assign_purpose": _("Assign a purpose"), "close_allocation": _("Close allocation"),
    "offer": _("Offer samples"), "hand_over": _("Hand over"), "accept": _("Accept"), "decline": _("Decline"), "withdraw": _("Withdraw"),
    "store": _("Store"),
    "take_out": _("Take out"), "back_up": _("Back up"), "take_stock": _("Take stock"), "read_environment": _("Read the environment"),
    "release": _("Release what was granted"), "unfreeze": _("End the freeze"), "set_limits": _("Set limits"),
    "attach": _("Attach a file"), "correct": _("Undo by a reversal"),
    "retire": _("Retire"), "transfer": _("Transfer for good"), "consume": _("Consume"), "lose": _("Report a loss"),
    "call": _("Call for proposals"), "apply": _("Apply"), "review": _("Review"), "decide": _("Decide"), "sign": _("Sign"),
    "lend": _("Lend"), "extend": _("Extend a loan"), "consume_on_loan": _("Consumed on loan"), "lose_on_loan": _("Lost on loan"),
    "inventory": _("Give the inventory"), "return_loan": _("Take back a loan"), "analyse": _("Note an analysis"),
    "publish": _("Note a publication"), "take_over": _("Take over from a catalogue"),
}  # fmt: skip

QUESTIONS = {
    "analysis": _("Code of the analysis"), "depth_top_mm": _("Depth from, mm"), "depth_bottom_mm": _("Depth to, mm"), "parent": _("Parent"),
    "pristine_bp": _("Pristine, hundredths of a percent"), "rock_type": _("Kind of rock"), "rock_subtype": _("Kind of rock, finer"),
    "sample": _("Sample"), "mass": _("Mass"), "lost": _("Lost"), "gross": _("Gross"), "tare": _("Tare"), "balance": _("Balance"),
    "parts": _("Parts"), "code": _("Code"), "title": _("Title"), "form": _("Form"), "tool": _("Tool"), "portions": _("Portions"),
    "accept": _("Accept a difference beyond the tolerance"), "atmosphere": _("Atmosphere"), "vessel": _("Vessel"), "words": _("Words"),
    "name": _("Name"), "institution": _("Institution"), "country": _("Country"), "roles": _("Roles"), "intervals": _("Intervals"),
    "fractions": _("Fractions"), "sections": _("Sections"), "top_mm": _("Top, mm"), "bottom_mm": _("Bottom, mm"),
    "grain_most_um": _("Grains up to, µm"), "taken": _("Taken"), "slot": _("Slot"), "to": _("To"), "cabinet": _("Cabinet"),
    "scanned": _("Scanned"), "kind": _("Kind"), "of": _("Of"), "media_type": _("Type of file"), "content": _("File"), "event": _("Event"),
    "purpose": _("Purpose"), "mission": _("Mission"), "call": _("Call"), "opens": _("Opens"), "closes": _("Closes"),
    "samples": _("Samples"), "abstract": _("Abstract"), "proposal": _("Proposal"), "score": _("Score, 1 to 5"),
    "conflict": _("I have a conflict of interest"), "decision": _("Decision"), "due": _("Due"), "loan": _("Loan"),
    "borrower": _("Borrower"), "loans": _("Loans"), "there": _("It is there"), "weighed": _("Weighed"), "consumed": _("Consumed"),
    "exposed": _("It met air"), "method": _("Method"), "laboratory": _("Laboratory"), "values": _("Values"), "value": _("Value"),
    "uncertainty": _("Uncertainty"), "unit": _("Unit"), "doi": _("DOI"), "destructive": _("Destructive"), "authors": _("Authors"),
    "publication": _("Publication"), "prefix": _("Code of the container"), "document": _("Papers (delivery.json)"),
    "policy": _("Policy of the mission"), "limits": _("Limits"), "site": _("Site"), "site_name": _("Name of the site"),
    "person": _("Person"), "active": _("Active"), "resolution": _("Resolution"), "tolerance": _("Tolerance"),
    "certificate": _("Certificate"), "calibration_due": _("Calibration holds until"), "volume_mm3": _("Volume, mm³"),
    "pressure_pa": _("Pressure, Pa"), "oxygen_ppb": _("Oxygen, ppb"), "water_ppb": _("Water, ppb"),
    "temperature_mk": _("Temperature, mK"), "oxygen_most_ppb": _("Oxygen at most, ppb"), "water_most_ppb": _("Water at most, ppb"),
    "temperature_least_mk": _("Temperature at least, mK"), "temperature_most_mk": _("Temperature at most, mK"),
    "pressure_least_pa": _("Pressure at least, Pa"), "pressure_most_pa": _("Pressure at most, Pa"), "pristine": _("Pristine"),
    "slots": _("Slots"), "status": _("State"), "custodian": _("Custody"), "offered_to": _("Offered to"), "sealed": _("Sealed"),
    "air_exposed": _("Met air"), "returned": _("Was on loan"), "reserved_ug": _("Reserved, µg"), "mass_ug": _("Mass, µg"),
    "granted_ug": _("Granted, µg"), "is_open": _("Open"), "returned_ug": _("Returned, µg"), "consumed_ug": _("Consumed, µg"),
    "lost_ug": _("Lost, µg"), "alarm": _("Alarm"), "frozen": _("Frozen"), "read_utc": _("Read"),
    "research_least_ppm": _("Research at least, ppm"), "research_most_ppm": _("Research at most, ppm"),
    "permanent_least_ppm": _("Permanent at least, ppm"), "backup_least_ppm": _("Backup at least, ppm"),
}  # fmt: skip

MASS_HELP = _("With its unit: 12.5 mg, 3 g; whole micrograms, nothing finer.")
LINES_HELP = _("One in a line.")
SCAN_HELP = _("Scan one code after the other, a line each; the code of its slot may stand behind it.")


def yes_no(value: bool) -> str:
    """A truth as a word."""
    return str(_("yes") if value else _("no"))


def flow_from(account: str) -> str:
    """Where mass came from: a sample, or the outside."""
    return f"+ {_account(account)}"


def flow_to(account: str) -> str:
    """Where mass went to."""
    return f"→ {_account(account)}"


def flow_left() -> str:
    """What is left."""
    return str(_("= here now"))


def _account(account: str) -> str:
    name, colon, mission = account.partition(":")
    return f"{word(name)} ({mission})" if colon else account


WAITS = {
    "alarms": _("Alarms"),
    "offered": _("To accept"),
    "loans": _("Loans due"),
    "inventories": _("Inventories due"),
    "proposals": _("To decide"),
    "lend": _("To lend"),
    "loose": _("To assign and to store"),
    "balances": _("Balances"),
}
