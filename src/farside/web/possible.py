"""Which verbs are allowed on a sample now, and why the others are not: for the card that opens when a code is scanned.

The same conditions stand in the verbs and, where they must hold, in the database; here they are said before anybody tries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from farside.curation.models import PRESERVED, Person, Sample
from farside.curation.verbs import VERBS
from farside.web import words
from farside.web.people import roles_of

Condition = Callable[[Sample, Person], str]


@dataclass(frozen=True)
class Possible:
    """A verb on a sample: its name, and why it is not allowed now (nothing when it is)."""

    verb: str
    sample: str
    why_not: str

    @property
    def label(self) -> str:
        """The verb as a person says it."""
        return words.verb(self.verb)

    @property
    def about(self) -> dict[str, str]:
        """What its form already knows."""
        return {"kind": "sample", "of": self.sample} if self.verb == "attach" else {"sample": self.sample}


def possible(person: Person, sample: Sample) -> list[Possible]:
    """The verbs for samples that this laboratory has, those that are allowed first."""
    found = [Possible(name, sample.code, _why_not(name, person, sample)) for name in CONDITIONS if name in VERBS]
    return sorted(found, key=lambda each: bool(each.why_not))


def _why_not(name: str, person: Person, sample: Sample) -> str:
    allowed = VERBS[name].roles
    if not allowed & roles_of(person):
        return _("for: %(roles)s") % {"roles": ", ".join(str(words.ROLES.get(role, role)) for role in sorted(allowed))}
    return next(filter(None, (condition(sample, person) for condition in CONDITIONS[name])), "")


def _here(sample: Sample, person: Person) -> str:
    if sample.status != "held":
        return _("it is %(state)s") % {"state": words.word(sample.status)}
    if sample.slot is not None and sample.slot.cabinet.frozen:
        return _("%(cabinet)s is frozen") % {"cabinet": sample.slot.cabinet_id}
    return ""


def _open(sample: Sample, person: Person) -> str:
    return _("it is sealed: unseal it first") if sample.sealed else ""


def _closed(sample: Sample, person: Person) -> str:
    return "" if sample.sealed else _("it is open")


def _filled(sample: Sample, person: Person) -> str:
    return "" if sample.mass_ug else _("nothing is left of it")


def _filled_or_gas(sample: Sample, person: Person) -> str:
    return "" if sample.form == "gas" else _filled(sample, person)


def _empty(sample: Sample, person: Person) -> str:
    return _("it is not empty") if sample.mass_ug else ""


def _of(*forms: str) -> Condition:
    def check(sample: Sample, person: Person) -> str:
        names = ", ".join(words.word(form) for form in forms)
        return "" if sample.form in forms else _("only for: %(forms)s") % {"forms": names}

    return check


def _mixed(sample: Sample, person: Person) -> str:
    return _("it is by one tool already") if sample.tool else ""


def _without_purpose(sample: Sample, person: Person) -> str:
    return _("its purpose is %(purpose)s, for good") % {"purpose": words.word(sample.purpose)} if sample.purpose else ""


def _mine(sample: Sample, person: Person) -> str:
    return "" if sample.custodian_id == person.code else _("%(who)s has it") % {"who": sample.custodian_id or _("nobody")}


def _mine_or_orphaned(sample: Sample, person: Person) -> str:
    return "" if sample.custodian is None or not sample.custodian.active else _mine(sample, person)


def _offered_to_me(sample: Sample, person: Person) -> str:
    return "" if sample.offered_to_id == person.code else _("it is not offered to you")


def _offered(sample: Sample, person: Person) -> str:
    return "" if sample.offered_to_id else _("it is offered to nobody")


def _stored(sample: Sample, person: Person) -> str:
    return "" if sample.slot_id else _("it is in no slot")


def _not_offered(sample: Sample, person: Person) -> str:
    return _("it is offered to %(who)s") % {"who": sample.offered_to_id} if sample.offered_to_id else ""


def _not_stored_preserved(sample: Sample, person: Person) -> str:
    return _not_preserved(sample, person) and _unstored(sample, person)


def _unstored(sample: Sample, person: Person) -> str:
    return _("it is in %(slot)s: take it out first") % {"slot": sample.slot_id} if sample.slot_id else ""


def _not_preserved(sample: Sample, person: Person) -> str:
    return _("it is %(purpose)s, and stays") % {"purpose": words.word(sample.purpose)} if sample.purpose in PRESERVED else ""


def _for_backup(sample: Sample, person: Person) -> str:
    return "" if sample.purpose == "backup" else _("its purpose is not backup")


def _not_reserved(sample: Sample, person: Person) -> str:
    return _("part of it is reserved") if sample.reserved_ug else ""


CONDITIONS: dict[str, tuple[Condition, ...]] = {
    "sample_gas": (_here, _of("container"), _closed),
    "unseal": (_here, _closed, _not_stored_preserved),
    "seal": (_here, _open),
    "weigh": (_here,),
    "extract": (_here, _of("container"), _open, _filled),
    "separate": (_here, _of("bulk"), _mixed, _filled),
    "dissect": (_here, _of("core", "interval"), _open, _filled, _not_reserved),
    "sieve": (_here, _of("bulk", "powder", "interval"), _open, _filled, _not_reserved),
    "section": (_here, _of("fragment", "core", "interval", "bulk", "powder"), _open, _filled),
    "split": (_here, _of("bulk", "core", "interval", "powder", "fragment"), _open, _filled),
    "assign_purpose": (_here, _without_purpose, _filled_or_gas),
    "store": (_here, _mine),
    "take_out": (_here, _mine, _stored),
    "hand_over": (_here, _not_offered, _mine_or_orphaned),
    "withdraw": (_here, _offered, _mine_or_orphaned),
    "accept": (_here, _offered_to_me),
    "decline": (_here, _offered_to_me),
    "back_up": (_here, _for_backup, _offered_to_me),
    "analyse": (),
    "attach": (),
    "consume": (_here, _open, _filled),
    "lose": (_here, _filled),
    "transfer": (_here, _filled, _not_preserved, _not_reserved),
    "retire": (_here, _empty),
}
"""The conditions of each verb on a sample, in the order in which people would name them."""
