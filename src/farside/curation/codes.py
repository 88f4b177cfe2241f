"""Codes that the ledger gives by itself: a stem and the next number."""

from __future__ import annotations

from itertools import count, islice

from farside.curation.models import Entity


def numbered(model: type[Entity], stem: str, wanted: int = 1) -> list[str]:
    """The next free codes of this stem, `CALL-1`, `CALL-2`; no number is given twice, since no row is deleted."""
    used = set(model._default_manager.filter(pk__startswith=stem).values_list("pk", flat=True))
    free = (code for number in count(len(used) + 1) if (code := f"{stem}{number}") not in used)
    return list(islice(free, wanted))
