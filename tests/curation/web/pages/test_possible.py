"""What a card says may be done now, against the verbs themselves: tried on every sample by two people, and rolled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, batch
from farside.curation.models import Person, Sample, Slot
from farside.curation.samples import depths
from farside.curation.verbs import VERBS
from farside.web.possible import CONDITIONS, possible

SECOND = {"li.wei": "chen.yu", "wang.fang": "chen.yu", "chen.yu": "wang.fang"}


class Tried(Exception):
    """Ends a transaction that was only tried."""


def free_slot(cabinet: str) -> str:
    taken = Sample.objects.filter(slot__isnull=False).values("slot")
    return str(Slot.objects.filter(cabinet=cabinet).exclude(pk__in=taken).order_by("code").values_list("pk", flat=True)[0])


def interval(sample: Sample) -> list[dict[str, Any]]:
    top, bottom = depths(sample)
    return [{"top_mm": top or 0, "bottom_mm": bottom or 1, "mass": sample.mass_ug or 1}]


ARGUMENTS: dict[str, Callable[[Sample, Person], dict[str, Any]]] = {
    "sample_gas": lambda s, p: {"volume_mm3": 1, "pressure_pa": 1},
    "seal": lambda s, p: {"vessel": "v"},
    "weigh": lambda s, p: {"balance": "BAL1", "gross": 10 * (s.mass_ug // 10 + 1), "tare": 0},
    "separate": lambda s, p: {"parts": [{"tool": "drill", "mass": s.mass_ug or 1}]},
    "dissect": lambda s, p: {"intervals": interval(s)},
    "sieve": lambda s, p: {"fractions": [{"mass": s.mass_ug or 1}]},
    "section": lambda s, p: {"sections": [{"mass": 1}]},
    "split": lambda s, p: {"parts": [{"mass": 1}]},
    "assign_purpose": lambda s, p: {"purpose": "research"},
    "store": lambda s, p: {"slot": free_slot({"permanent": "V1", "backup": "B1"}.get(s.purpose or "", "A1"))},
    "hand_over": lambda s, p: {"to": next(code for code in ("li.wei", "chen.yu", "wang.fang") if code not in (p.code, s.custodian_id))},
    "back_up": lambda s, p: {"slot": free_slot("B1")},
    "analyse": lambda s, p: {"method": "m", "laboratory": "l"},
    "attach": lambda s, p: {"content": b"of " + s.code.encode(), "name": "n.txt"},
    "consume": lambda s, p: {"mass": 1, "method": "m"},
    "lose": lambda s, p: {"mass": 1},
    "transfer": lambda s, p: {"institution": "i"},
}


def refused(verb: str, sample: Sample, person: Person) -> str:
    """What a verb says against it; nothing when it would be done."""
    about = {"of": sample.code} if verb == "attach" else {"sample": sample.code}
    told = ARGUMENTS.get(verb, lambda s, p: {})(sample, person)
    try:
        with batch():
            VERBS[verb].call(Act(by=person.code, second=SECOND[person.code], reason="r"), **about, **told)
            raise Tried
    except Tried:
        return ""
    except Refused as error:
        return str(error)


def test_a_card_says_what_the_verbs_would_say(client: Any) -> None:
    v.hand_over(Act(by="li.wei"), sample="CE6-S", to="wang.fang")
    v.read_environment(Act(by="li.wei"), cabinet="V1", oxygen_ppb=1)
    seen: dict[bool, int] = {True: 0, False: 0}
    wrong = []
    for person in Person.objects.filter(pk__in=("li.wei", "wang.fang")):
        for sample in Sample.objects.select_related("slot__cabinet", "custodian").order_by("code"):
            for each in possible(person, sample):
                said = refused(each.verb, sample, person)
                if bool(each.why_not) != bool(said):
                    wrong.append(f"{person.code} {each.verb} {sample.code}: {each.why_not!r}, {said!r}")
                seen[bool(said)] += 1
    assert not wrong, "\n".join(wrong)
    assert min(seen.values()) > 100


def test_nothing_goes_out_of_a_frozen_cabinet(client: Any) -> None:
    v.read_environment(Act(by="li.wei"), cabinet="N1", oxygen_ppb=50_000)
    sample = Sample.objects.select_related("slot__cabinet", "custodian").get(pk="CE6-S")
    told = {each.verb: each.why_not for each in possible(Person.objects.get(pk="li.wei"), sample)}
    assert told["take_out"] == told["split"] == "N1 is frozen"
    assert told["attach"] == ""
    assert "frozen" in refused("split", sample, Person.objects.get(pk="li.wei"))


def test_every_verb_about_a_sample_has_its_conditions() -> None:
    about = {name for name, verb in VERBS.items() if "sample" in verb.arguments.model_fields}
    assert about - CONDITIONS.keys() == {"take_over", "lend"}


@pytest.mark.parametrize("verb", sorted(CONDITIONS))
def test_what_a_form_has_room_for_is_what_the_verb_may_ask(verb: str) -> None:
    """A verb that asks for two people asks for a reason as well."""
    assert not VERBS[verb].second or VERBS[verb].reason
