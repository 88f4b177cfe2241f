"""What verbs ask of a sample: is it in the hands of whoever acts, what may be made of it, where does it come from.

What people ask of one (history, family, mass flow) is in `readings`.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from django.db import connection

from farside.curation.ledger import Entry, Refused
from farside.curation.models import Event, Sample

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


def opened(entry: Entry, code: str, *forms: str) -> Sample:
    """A sample in hand that is not sealed."""
    sample = in_hand(entry, code, *forms)
    if sample.sealed:
        raise Refused(f"{entry.verb}: {code} is sealed; `unseal` it first")
    return sample


def require_left(entry: Entry, sample: Sample, taken_ug: int) -> None:
    """`Refused` unless this much can be taken of a sample: there is as much, and what is left covers what is promised to proposals."""
    free = sample.mass_ug - sample.reserved_ug
    if taken_ug > free:
        promised = f", of which {sample.reserved_ug} ug are reserved" if sample.reserved_ug else ""
        raise Refused(f"{entry.verb}: {taken_ug} ug cannot be taken of {sample.code}: it holds {sample.mass_ug} ug{promised}")


def require_all(entry: Entry, sample: Sample, told_ug: int) -> None:
    """`Refused` unless what was made and lost is all that there is of a sample."""
    require_left(entry, sample, sample.mass_ug)
    if told_ug != sample.mass_ug:
        raise Refused(
            f"{entry.verb}: parts and losses are {told_ug} ug, and {sample.code} is {sample.mass_ug} ug:"
            f" {sample.mass_ug - told_ug:+} ug to account for"
        )


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


def origin(sample: Sample, portions: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The delivery's portions that a sample may hold matter of, with tool, depths, epoch and site, as the papers tell them.

    An interval of the core is traced to the portions whose depths it overlaps; a scooped sample to its passes.
    """
    named = portions_of(sample) if portions is None else portions
    return [portion for portion in named if _overlaps(sample, portion)]


def portions_of(sample: Sample) -> list[dict[str, Any]]:
    """The delivery's portions that a sample names, whatever its depths."""
    own = set(sample.portions.split())
    received = _receiving(sample.mission_id) if own else None
    return [portion for portion in _papers(received)["portions"] if portion["id"] in own] if received else []


def depths(sample: Sample, portions: list[dict[str, Any]] | None = None) -> tuple[int | None, int | None]:
    """Top and bottom of a sample below the lunar surface [mm]: its own, or those of its drilled portions."""
    if sample.depth_top_mm is not None:
        return sample.depth_top_mm, sample.depth_bottom_mm
    named = portions_of(sample) if portions is None else portions
    drilled = [portion for portion in named if portion["tool"] == "drill"]
    if not drilled:
        return None, None
    return min(portion["depth_top_mm"] for portion in drilled), max(portion["depth_bottom_mm"] for portion in drilled)


_RECEIVING = """
SELECT e.hash FROM curation_touch t JOIN curation_event e ON e.number = t.event
WHERE t.kind = 'mission' AND t.code = %s AND e.verb = 'receive' ORDER BY e.number
"""


def _receiving(mission: str) -> str | None:
    """The hash of the event by which a mission's container came in."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVING, [mission])
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def papers_of(mission: str) -> dict[str, Any] | None:
    """The papers by which a mission's container came in, the content of its `delivery.json`; None for a mission without."""
    received = _receiving(mission)
    return _papers(received) if received else None


@functools.lru_cache(maxsize=8)
def _papers(received: str) -> dict[str, Any]:
    """A delivery, by the hash of the event that received it: an event never changes."""
    text = Event.objects.values_list("text", flat=True).get(hash=received)
    papers: dict[str, Any] = json.loads(json.loads(text)["data"]["delivery"])
    return papers


def _overlaps(sample: Sample, portion: dict[str, Any]) -> bool:
    if sample.depth_top_mm is None or sample.depth_bottom_mm is None or portion["tool"] != "drill":
        return True
    return bool(portion["depth_top_mm"] < sample.depth_bottom_mm and sample.depth_top_mm < portion["depth_bottom_mm"])
