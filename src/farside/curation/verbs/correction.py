"""Undo an event by another one: postings turned round, what samples were before restored. Nothing is edited."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from farside.curation.ledger import Entry, Refused
from farside.curation.models import Allocation, Analysis, Citation, Event, Offer, Sample, Slot, Touch
from farside.curation.text import LARGEST
from farside.curation.verbs.register import verb

RESTORED = ("title", "sealed", "slot", "offered_to")
"""What of a sample is put back; purpose, exposure to air and a return from a loan stay, and custody passes by both hands."""
INSTEAD = {
    "correct": "do again what was undone",
    "read_environment": "read again; two people `unfreeze` a frozen cabinet",
    "enrol": "`enrol` the person again as it should be",
    "calibrate": "`calibrate` again as it should be",
    "attach": "attach the right one; what is attached stays",
    "accept": "`hand_over` it back",
    "back_up": "`hand_over` it back",
}
"""What to do instead of correcting an event of these verbs."""


@verb("curator", reason=True, second=True)
def correct(entry: Entry, event: int = Field(ge=0, le=LARGEST)) -> None:
    """Undo one event at the bench, with a reason (and a second person where the event had one), while nothing has touched its samples
    since: its postings are turned round, its samples are as before, those that it made end empty and retired."""
    found = Event.objects.filter(pk=event).first()
    if found is None:
        raise Refused(f"correct: there is no event {event}")
    if not entry.act.reason:
        raise Refused(f"correct: say in the reason what was wrong with event {event} ({found.verb})")
    require_undoable(found)
    if found.second_id is not None and entry.act.second is None:
        raise Refused(f"correct: event {event} ({found.verb}) took two people, and so does undoing it")
    told, states = found.told, found.told["states"]["sample"]
    for account, mass_ug in told["postings"]:
        entry.postings[account] = -mass_ug
    kept = {state["code"]: _restore(entry, found, state) for state in states}
    changed = told["postings"] or any(_differs(entry.get(Sample, state["code"]), state) for state in states)
    if not changed and all(_before(state["code"], event) for state in states):
        raise Refused(f"correct: nothing of event {event} ({found.verb}) can be undone" + _kept_words(kept))
    entry.note(corrected=found.verb, kept={code: names for code, names in kept.items() if names})


def require_undoable(found: Event) -> None:
    """`Refused` unless an event was about samples alone, did nothing to them that is for good, and nothing has touched them since."""
    what, told = f"event {found.number} ({found.verb})", found.told
    instead = f"; {INSTEAD[found.verb]}" if found.verb in INSTEAD else ""
    if found.verb == "correct":
        raise Refused(f"correct: {what} is a correction itself{instead}")
    others = sorted(set(told["states"]) - {"sample"})
    if others or not told["states"]:
        about = f"is about a {' and a '.join(others)}" if others else "is about no sample"
        raise Refused(f"correct: {what} {about}, and only what was done to samples alone is undone{instead}")
    before = {state["code"]: _before(state["code"], found.number) for state in told["states"]["sample"]}
    _require_untouched(found.number, list(before), [code for code, state in before.items() if state is None])
    for state in told["states"]["sample"]:
        _require_passing(what, state, before[state["code"]])


def _require_passing(what: str, state: dict[str, Any], before: dict[str, Any] | None) -> None:
    """`Refused` when an event did to a sample what is for good."""
    if before is not None and state["status"] != before["status"]:
        raise Refused(f"correct: {what} made {state['code']} {state['status']}, which is for good")
    if before is not None and state["custodian"] != before["custodian"]:
        raise Refused(
            f"correct: {what} passed {state['code']} from {before['custodian']} to {state['custodian']}; {INSTEAD['accept']}"
        )


def _require_untouched(event: int, codes: list[str], made: list[str]) -> None:
    """`Refused`, with the number of the later event, when something happened since to what an event touched."""
    later = Touch.objects.filter(kind="sample", code__in=codes, event__gt=event).order_by("event").first()
    if later is not None:
        verb = Event.objects.get(pk=later.event_id).verb
        raise Refused(f"correct: event {later.event_id} ({verb}) touched {later.code} after event {event}; correct that one first")
    for model in (Offer, Allocation, Analysis, Citation):
        uses = model._default_manager.filter(sample__in=made).order_by("event").first()
        if uses is not None:
            kind = model.__name__.lower()
            what = f"the {kind} {uses.code} of {uses.sample_id}"
            raise Refused(f"correct: event {uses.event_id} made {what}, which event {event} made; it stays")


def _restore(entry: Entry, found: Event, state: dict[str, Any]) -> list[str]:
    """A sample as it was before an event; the names of what stays as the event left it."""
    sample = entry.get(Sample, state["code"])
    before = _before(sample.code, found.number)
    if before is None:
        entry.change(sample, status="retired", slot_id=None, offered_to_id=None, custodian_id=None)
        return []
    if state["slot"] != before["slot"]:
        _require_slot(sample, before["slot"])
    columns = {"slot": "slot_id", "offered_to": "offered_to_id"}
    entry.change(sample, **{columns.get(name, name): before[name] for name in RESTORED})
    return [name for name in ("purpose", "air_exposed", "returned") if state[name] != before[name]]


def _require_slot(sample: Sample, slot: str | None) -> None:
    """`Refused` unless a sample can go back to where it was."""
    frozen = [each.cabinet_id for each in Slot.objects.filter(pk__in=[slot, sample.slot_id], cabinet__frozen=True)]
    if frozen:
        raise Refused(f"correct: {frozen[0]} is frozen; two people `unfreeze` it first")
    inside = None if slot is None else Sample.objects.filter(slot=slot).first()
    if inside is not None:
        raise Refused(f"correct: {sample.code} was in {slot}, and event {inside.event_id} is the last of {inside.code}, which is there now")


def _before(code: str, event: int) -> dict[str, Any] | None:
    """The state of a sample as the last event before this one told it."""
    touch = Touch.objects.filter(kind="sample", code=code, event__lt=event).order_by("-event").select_related("event").first()
    if touch is None:
        return None
    state: dict[str, Any] = next(state for state in touch.event.told["states"]["sample"] if state["code"] == code)
    return state


def _differs(sample: Sample, state: dict[str, Any]) -> bool:
    return (sample.title, sample.sealed, sample.slot_id, sample.offered_to_id) != tuple(state[name] for name in RESTORED)


def _kept_words(kept: dict[str, list[str]]) -> str:
    words = [f"{' and '.join(names)} of {code}" for code, names in kept.items() if names]
    return f": {', '.join(words)} stay as they are" if words else ""
