"""What leaves the account of a sample at the bench: used up, lost, handed to another institution, or taken out of use when empty."""

from __future__ import annotations

from farside.curation.ledger import Entry, Refused, sink
from farside.curation.models import PRESERVED, Sample
from farside.curation.samples import in_hand, opened, require_left
from farside.curation.verbs.register import Amount, Code, Line, verb


@verb("curator", "second_curator")
def consume(entry: Entry, sample: Code, mass: Amount, method: Line) -> None:
    """Use up mass of a sample here, by a method that destroys it."""
    used = opened(entry, sample)
    require_left(entry, used, mass)
    entry.change(used)
    entry.move(sample, sink("consumed", used.mission_id), mass)


@verb("curator", "second_curator", reason=True, second=True)
def lose(entry: Entry, sample: Code, mass: Amount) -> None:
    """Report mass of a sample here as lost, and say why, of a preserved one by two people; when all is lost its slot is free. What is found
    again: `correct` the report."""
    missed = in_hand(entry, sample)
    if not entry.act.reason:
        raise Refused(f"lose: say in the reason how {mass} ug of {sample} were lost")
    if missed.purpose in PRESERVED and not entry.act.second:
        raise Refused(f"lose: {sample} is {missed.purpose}; that some of it is lost is said by two people")
    require_left(entry, missed, mass)
    entry.change(missed)
    if mass == missed.mass_ug:
        missed.slot_id = None
    entry.move(sample, sink("lost", missed.mission_id), mass)


@verb("curator")
def retire(entry: Entry, sample: Code) -> None:
    """Take an empty sample out of use, for good; its slot is free."""
    empty = in_hand(entry, sample)
    if empty.mass_ug:
        raise Refused(f"retire: {sample} holds {empty.mass_ug} ug; `split`, `consume`, `lose` or `transfer` them first")
    _end(entry, empty)


@verb("curator", reason=True, second=True)
def transfer(entry: Entry, sample: Code, institution: Line) -> None:
    """Hand a whole sample over to another institution for good: two people and a reason. It ends empty and retired."""
    gone = in_hand(entry, sample)
    if gone.purpose in PRESERVED:
        raise Refused(f"transfer: {sample} is {gone.purpose}, and stays; of research or public samples the reviewers may grant some")
    if not gone.mass_ug:
        raise Refused(f"transfer: {sample} is empty; `retire` it")
    if not (entry.act.second and entry.act.reason):
        raise Refused(f"transfer: {gone.mass_ug} ug of {sample} leave for good; this takes a second person and a reason")
    require_left(entry, gone, gone.mass_ug)
    entry.move(sample, sink("transferred", gone.mission_id), gone.mass_ug)
    _end(entry, gone)


def _end(entry: Entry, sample: Sample) -> None:
    entry.change(sample, status="retired", slot_id=None, custodian_id=None, offered_to_id=None)
