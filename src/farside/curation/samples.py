"""What verbs ask of a sample: is it in the hands of whoever acts, what may be made of it, where does it come from."""

from __future__ import annotations

import json
from typing import Any

from farside.curation.ledger import Entry, Refused
from farside.curation.models import Event, Sample, Touch

COPIED = ("mission_id", "tool", "portions", "depth_top_mm", "depth_bottom_mm", "grain_most_um", "rock_type", "rock_subtype", "purpose",
          "air_exposed", "returned", "custodian_id")  # fmt: skip


def in_hand(entry: Entry, code: str, *forms: str) -> Sample:
    """A sample that is here to be worked on: not lent, not retired, in no slot of a frozen cabinet, and of one of these forms."""
    sample = entry.get(Sample, code)
    if sample.status != "held":
        raise Refused(f"{entry.verb}: {code} is {sample.status.replace('_', ' ')}")
    if sample.slot_id is not None and sample.slot.cabinet.frozen:
        raise Refused(f"{entry.verb}: {code} is in {sample.slot.cabinet_id}, which is frozen: {sample.slot.cabinet.alarm}")
    if forms and sample.form not in forms:
        raise Refused(f"{entry.verb}: {code} is a {sample.form}; this is for a {' or '.join(forms)}")
    return sample


def child(entry: Entry, parent: Sample, *, form: str, mass_ug: int = 0, code: str | None = None, **fields: Any) -> Sample:
    """A new sample made of another: it has its mission, purpose, marks and origin, and takes its mass from it.

    Without a code it has the parent's and the next number; numbers are never given twice, since samples are never deleted.
    """
    inherited = {name: getattr(parent, name) for name in COPIED}
    made = Sample(code=code or _next_code(entry, parent), parent_id=parent.code, form=form, **{**inherited, **fields})
    entry.change(parent)
    entry.add(made)
    entry.move(parent.code, made.code, mass_ug)
    return made


def _next_code(entry: Entry, parent: Sample) -> str:
    """The parent's code, a point, and one more than it has had children."""
    count = Sample.objects.filter(parent=parent.code).count()
    count += sum(1 for (kind, _), row in entry._rows.items() if kind == "sample" and row.parent_id == parent.code and row._state.adding)  # type: ignore[attr-defined]
    while Sample.objects.filter(pk=f"{parent.code}.{count + 1}").exists():
        count += 1
    return f"{parent.code}.{count + 1}"


def origin(sample: Sample) -> list[dict[str, Any]]:
    """The delivery's portions that a sample may hold matter of, with tool, depths, epoch and site, as the papers tell them.

    An interval of the core is traced to the portions whose depths it overlaps; a scooped sample to its passes.
    """
    received = _receiving(sample.mission_id)
    if received is None:
        return []
    portions = json.loads(json.loads(received.text)["data"]["delivery"])["portions"]
    own = set(sample.portions.split())
    return [portion for portion in portions if portion["id"] in own and _overlaps(sample, portion)]


def _receiving(mission: str) -> Event | None:
    """The event by which a mission's container came in."""
    numbers = Touch.objects.filter(kind="mission", code=mission).values("event_id")
    return Event.objects.filter(number__in=numbers, verb="receive").first()


def _overlaps(sample: Sample, portion: dict[str, Any]) -> bool:
    if sample.depth_top_mm is None or sample.depth_bottom_mm is None or portion["tool"] != "drill":
        return True
    return bool(portion["depth_top_mm"] < sample.depth_bottom_mm and sample.depth_top_mm < portion["depth_bottom_mm"])
