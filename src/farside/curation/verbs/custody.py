"""Who has a sample and where it lies: hand over by two, store, take out, back up to the second site, take stock.

A sample moves from one person to another by two events: its custodian offers it, and only whom it was offered to accepts (or declines; the
custodian may withdraw). To the second site it goes by three people's acts or two: `assign_purpose` backup and `seal`, the custodian's
`hand_over` to a person at the second site, and that person's `back_up`, which accepts it and stores it there in one event.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from farside.curation.ledger import Entry, Refused
from farside.curation.models import PRESERVED, Cabinet, Person, Sample, Slot
from farside.curation.samples import in_hand
from farside.curation.verbs.register import Argument, Code, Line, verb

KEEPERS = ("curator", "second_curator")
"""Roles of people who may have samples of the laboratory in their custody; others borrow."""


@verb(*KEEPERS, reason=True, second=True)
def hand_over(entry: Entry, sample: Code, to: Code) -> None:
    """Offer a sample to another keeper: by its custodian, or, when that person is not active any more, by two people with a reason."""
    thing = in_hand(entry, sample)
    if to == thing.custodian_id:
        raise Refused(f"hand_over: {to} has {sample} already")
    if thing.offered_to_id is not None:
        raise Refused(f"hand_over: {sample} is offered to {thing.offered_to_id}; `withdraw` it first")
    taker = entry.get(Person, to)
    if not taker.active or not set(KEEPERS) & set(taker.roles.split()):
        raise Refused(f"hand_over: {to} keeps no samples here (active curators do); to others samples are lent")
    if entry.act.by != thing.custodian_id and not _orphaned(entry, thing):
        raise Refused(f"hand_over: {sample} is in the custody of {thing.custodian_id}, who alone can offer it")
    entry.change(thing, offered_to_id=to)


@verb(*KEEPERS)
def accept(entry: Entry, sample: Code) -> None:
    """Accept a sample that was offered to whoever acts."""
    entry.change(_offered(entry, sample), custodian_id=entry.act.by, offered_to_id=None)


@verb(*KEEPERS)
def decline(entry: Entry, sample: Code) -> None:
    """Decline a sample that was offered to whoever acts; it stays with its custodian."""
    entry.change(_offered(entry, sample), offered_to_id=None)


@verb(*KEEPERS, reason=True, second=True)
def withdraw(entry: Entry, sample: Code) -> None:
    """Take back the offer of a sample, by its custodian."""
    thing = in_hand(entry, sample)
    if thing.offered_to_id is None:
        raise Refused(f"withdraw: {sample} is not offered to anybody")
    if entry.act.by != thing.custodian_id and not _orphaned(entry, thing):
        raise Refused(f"withdraw: {sample} is in the custody of {thing.custodian_id}, who alone can take the offer back")
    entry.change(thing, offered_to_id=None)


@verb(*KEEPERS)
def store(entry: Entry, sample: Code, slot: Code) -> None:
    """Put a sample into a slot, from the hand or from another slot, by its custodian; not into a frozen cabinet, nor where it does not
    belong."""
    thing = _own(entry, sample)
    _require_room(entry, thing, slot)
    entry.change(thing, slot_id=slot)


@verb(*KEEPERS)
def take_out(entry: Entry, sample: Code) -> None:
    """Take a sample out of its slot, by its custodian; not out of a frozen cabinet."""
    thing = _own(entry, sample)
    if thing.slot_id is None:
        raise Refused(f"take_out: {sample} is in no slot")
    entry.change(thing, slot_id=None)


@verb(*KEEPERS)
def back_up(entry: Entry, sample: Code, slot: Code) -> None:
    """Receive a backup sample at the second site: accept it, sealed, from who offered it, and store it there."""
    thing = _offered(entry, sample)
    if thing.purpose != "backup":
        raise Refused(f"back_up: {sample} is for {thing.purpose or 'no purpose yet'}; `assign_purpose` backup is what comes here")
    site = entry.get(Slot, slot).cabinet.site
    if site.kind != "backup":
        raise Refused(f"back_up: {slot} is at {site.code}, which is a {site.kind} site; the backup is kept elsewhere")
    _require_room(entry, thing, slot)
    entry.change(thing, custodian_id=entry.act.by, offered_to_id=None, slot_id=slot)


class Scanned(Argument):
    """A code that was read, and the slot where; the code is told as it was read, even when it is none of ours."""

    sample: Line
    slot: Code | None = None


@verb(*KEEPERS, "auditor")
def take_stock(entry: Entry, cabinet: Code, scanned: list[Scanned]) -> None:
    """Compare what was scanned in a cabinet with what should be there. The event tells the discrepancies: what is missing, unexpected, in
    the wrong slot, or was read twice; the things themselves stay as they are told until someone acts on it. A code that is there in other
    letters, small for capital, is that one."""
    vault = entry.get(Cabinet, cabinet)
    there = dict(Sample.objects.filter(slot__cabinet=cabinet).values_list("code", "slot_id"))
    found: list[dict[str, Any]] = []
    letters = {code.lower(): code for code in there}
    read = [(each.sample if each.sample in there else letters.get(each.sample.lower(), each.sample), each.slot) for each in scanned]
    for code, times in sorted(Counter(code for code, _ in read).items()):
        if times > 1:
            found.append({"what": "read twice", "sample": code, "times": times})
    seen = dict(read)
    for code, slot in sorted(seen.items()):
        if code not in there:
            found.append({"what": "unexpected", "sample": code, "slot": slot, "told": _told(code)})
        elif slot is not None and slot != there[code]:
            found.append({"what": "wrong slot", "sample": code, "slot": slot, "told": there[code]})
    found += [{"what": "missing", "sample": code, "slot": None, "told": there[code]} for code in sorted(there.keys() - seen.keys())]
    entry.change(vault)
    entry.note(expected=len(there), discrepancies=found)


def _told(code: str) -> str:
    """Where the ledger has a sample that was read somewhere else."""
    sample = Sample.objects.filter(pk=code).first()
    if sample is None:
        return "no sample has this code"
    if sample.status == "held":
        return sample.slot_id or f"with {sample.custodian_id or 'nobody'}"
    return f"on loan to {sample.custodian_id}" if sample.status == "on_loan" else "retired"


def _orphaned(entry: Entry, sample: Sample) -> bool:
    """Whether the custodian is nobody, or not active any more, and two people act with a reason."""
    keeper = None if sample.custodian_id is None else entry.get(Person, sample.custodian_id)
    return (keeper is None or not keeper.active) and entry.act.second is not None and entry.act.reason != ""


def _own(entry: Entry, code: str) -> Sample:
    """A sample in the custody of whoever acts."""
    thing = in_hand(entry, code)
    if thing.custodian_id != entry.act.by:
        keeper = thing.custodian_id or "nobody"
        raise Refused(f"{entry.verb}: {code} is in the custody of {keeper}; it has to be offered to you and accepted first")
    return thing


def _offered(entry: Entry, code: str) -> Sample:
    """A sample that is offered to whoever acts."""
    thing = in_hand(entry, code)
    if thing.offered_to_id != entry.act.by:
        offered = f"offered to {thing.offered_to_id}" if thing.offered_to_id else "not offered to anybody"
        raise Refused(f"{entry.verb}: {code} is {offered}; its custodian, {thing.custodian_id or 'nobody'}, has to `hand_over` it to you")
    return thing


def _require_room(entry: Entry, sample: Sample, code: str) -> None:
    """`Refused` unless a sample may lie in a slot and the slot is free."""
    slot = entry.get(Slot, code)
    cabinet, site = slot.cabinet, slot.cabinet.site
    inside = Sample.objects.filter(slot=code).first()
    if inside is not None:
        free = Slot.objects.filter(cabinet=cabinet.code).exclude(code__in=Sample.objects.filter(slot__isnull=False).values("slot"))
        others = ", ".join(free.order_by("code").values_list("code", flat=True)[:3])
        free_are = f"free are {others}" if others else "the cabinet is full"
        raise Refused(f"{entry.verb}: {inside.code} is in {code}; one thing a slot; {free_are}")
    if cabinet.frozen:
        raise Refused(f"{entry.verb}: {cabinet.code} is frozen: {cabinet.alarm}; two people `unfreeze` it")
    wanted = {"permanent": "primary", "backup": "backup"}.get(sample.purpose or "", site.kind)
    if site.kind != wanted:
        belongs = f"{sample.code} is {sample.purpose}, which is stored at a {wanted} site"
        raise Refused(f"{entry.verb}: {belongs}; {site.code} is a {site.kind} one")
    if sample.purpose in PRESERVED and not sample.sealed:
        raise Refused(f"{entry.verb}: {sample.code} is {sample.purpose} and open; it is stored sealed: `seal` it first")
    if cabinet.pristine and (sample.air_exposed or sample.returned):
        what = "met air" if sample.air_exposed else "was on loan"
        raise Refused(f"{entry.verb}: {cabinet.code} is for pristine samples, and {sample.code} {what}; choose another cabinet")
