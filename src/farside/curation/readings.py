"""What people ask of a sample: its history, its family, what came into it and where that went, and all that its page shows.

*Model and limits*: few small queries by index, plain tuples, no row of an event's text; the page of one sample takes under 2 ms in a ledger
of 142,000 (`benchmarks/`). A family is told down to a number of relatives, since a bulk may have very many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from farside.curation.ledger import Refused
from farside.curation.models import Sample
from farside.curation.rows import read
from farside.curation.samples import depths, origin, portions_of

RELATIVES = 1_000  # at most, of one family


@dataclass(frozen=True, slots=True)
class Step:
    """An event in the history of a sample."""

    event: int
    verb: str
    at_utc: str
    actor: str
    second: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A sample of the family: `generation` is 0 for the one asked for, below 0 for what it was made of, above for what was made of it."""

    generation: int
    code: str
    parent: str | None
    form: str
    title: str
    mass_ug: int
    purpose: str | None
    status: str
    depth_top_mm: int | None
    depth_bottom_mm: int | None
    grain_most_um: int | None


@dataclass(frozen=True, slots=True)
class Flow:
    """What an event added to a sample [ug], and the event's other accounts, samples and sinks, with what it added to each."""

    event: int
    verb: str
    at_utc: str
    mass_ug: int
    others: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """All that the page of a sample shows. Of `site` and `cabinet` nothing is told when it is in no slot."""

    sample: Sample
    site: str | None
    cabinet: str | None
    frozen: bool
    depths_mm: tuple[int | None, int | None]
    origin: tuple[dict[str, Any], ...]
    ancestors: tuple[Relative, ...]
    children: tuple[Relative, ...]
    history: tuple[Step, ...]
    flow: tuple[Flow, ...]
    loans: tuple[dict[str, Any], ...]
    analyses: tuple[dict[str, Any], ...]
    publications: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]


_PLACE = "SELECT c.site, c.code, c.frozen FROM curation_slot o JOIN curation_cabinet c ON c.code = o.cabinet WHERE o.code = %s"


def detail(code: str) -> Detail:
    """All about one sample; `Refused` when there is none."""
    sample = _sample(code)
    place = _rows(_PLACE, sample.slot_id)
    portions = portions_of(sample)
    site, cabinet, frozen = place[0] if place else (None, None, False)
    return Detail(
        sample,
        site,
        cabinet,
        bool(frozen),
        depths(sample, portions),
        tuple(origin(sample, portions)),
        _ancestors(sample),
        _children(code),
        history(code),
        mass_flow(code),
        _named(_LOANS, code),
        _named(_ANALYSES, code),
        _named(_PUBLICATIONS, code),
        attachments("sample", code),
    )


_STEPS = """
SELECT e.number, e.verb, e.at_utc, e.actor, e.second, e.reason FROM curation_event e WHERE e.number IN (
  SELECT t.event FROM curation_touch t WHERE t.kind = 'sample' AND t.code = %s
  UNION SELECT t.event FROM curation_attachment a JOIN curation_touch t ON t.kind = 'attachment' AND t.code = a.code
    WHERE a.kind = 'sample' AND a."of" = %s
  UNION SELECT t.event FROM curation_analysis a JOIN curation_touch t ON t.kind = 'analysis' AND t.code = a.code WHERE a.sample = %s
  UNION SELECT t.event FROM curation_citation c JOIN curation_touch t ON t.kind = 'citation' AND t.code = c.code WHERE c.sample = %s
) ORDER BY e.number
"""


def history(code: str) -> tuple[Step, ...]:
    """The events of a sample in their order: those that tell its state, and those that attached, analysed or cited it."""
    return tuple(Step(*row) for row in _rows(_STEPS, code, code, code, code))


_FLOW = """
SELECT e.number, e.verb, e.at_utc, p.account, p.mass_ug
FROM curation_posting own JOIN curation_posting p ON p.event = own.event JOIN curation_event e ON e.number = own.event
WHERE own.account = %s ORDER BY e.number, p.line
"""


def mass_flow(code: str) -> tuple[Flow, ...]:
    """What came into a sample and where it went, event by event; the masses sum to the sample's."""
    flows: dict[int, list[Any]] = {}
    for event, verb, at_utc, account, mass_ug in _rows(_FLOW, code):
        flow = flows.setdefault(event, [event, verb, at_utc, 0, []])
        if account == code:
            flow[3] = mass_ug
        else:
            flow[4].append((account, mass_ug))
    return tuple(Flow(event, verb, at_utc, mass_ug, tuple(others)) for event, verb, at_utc, mass_ug, others in flows.values())


_RELATIVE = "s.code, s.parent, s.form, s.title, s.mass_ug, s.purpose, s.status, s.depth_top_mm, s.depth_bottom_mm, s.grain_most_um"
_INNER = "COALESCE(s.depth_top_mm, -1), length(s.code), s.code"  # down the core, and .2 before .10
_UP = f"""
WITH RECURSIVE up(generation, code) AS (
  SELECT -1, CAST(%s AS VARCHAR(80)) UNION ALL SELECT up.generation - 1, s.parent FROM up JOIN curation_sample s ON s.code = up.code
  WHERE s.parent IS NOT NULL
) SELECT up.generation, {_RELATIVE} FROM up JOIN curation_sample s ON s.code = up.code ORDER BY up.generation
"""
_DOWN = f"""
WITH RECURSIVE down(generation, code) AS (
  SELECT 0, CAST(%s AS VARCHAR(80)) UNION ALL SELECT down.generation + 1, s.code FROM down JOIN curation_sample s ON s.parent = down.code
) SELECT down.generation, {_RELATIVE} FROM down JOIN curation_sample s ON s.code = down.code
ORDER BY down.generation, {_INNER} LIMIT {RELATIVES}
"""
_CHILDREN = f"SELECT 1, {_RELATIVE} FROM curation_sample s WHERE s.parent = %s ORDER BY {_INNER} LIMIT {RELATIVES}"


def family(code: str) -> tuple[Relative, ...]:
    """What a sample was made of, the first container first, the sample itself, and all that was made of it, by generation."""
    sample = _sample(code)
    return (*_ancestors(sample), *(Relative(*row) for row in _rows(_DOWN, code)))


def _ancestors(sample: Sample) -> tuple[Relative, ...]:
    return tuple(Relative(*row) for row in _rows(_UP, sample.parent_id)) if sample.parent_id is not None else ()


def _children(code: str) -> tuple[Relative, ...]:
    return tuple(Relative(*row) for row in _rows(_CHILDREN, code))


def attachments(kind: str, code: str) -> tuple[dict[str, Any], ...]:
    """What is attached to something: code, name, type, size, SHA-256 and the event, in the order in which it came."""
    return _named('SELECT code, name, media_type, size, sha256, event FROM curation_attachment WHERE kind = %s AND "of" = %s ORDER BY code',
                  kind, code)  # fmt: skip


_LOANS = """
SELECT code, borrower, lent, due, lent_ug, returned_ug, consumed_ug, lost_ug, is_open
FROM curation_loan WHERE sample = %s ORDER BY lent, code
"""
_ANALYSES = """
SELECT code, method, laboratory, "values", doi, destructive, consumed_ug, event
FROM curation_analysis WHERE sample = %s ORDER BY event, code
"""
_PUBLICATIONS = """
SELECT p.code, p.title, p.authors, p.doi FROM curation_citation c JOIN curation_publication p ON p.code = c.publication WHERE c.sample = %s
ORDER BY p.code
"""


def _sample(code: str) -> Sample:
    sample = read(Sample, code)
    if sample is None:
        raise Refused(f"there is no sample {code!r}")
    return sample


def _rows(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _named(sql: str, *values: Any) -> tuple[dict[str, Any], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names: Iterable[str] = [column[0] for column in cursor.description]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
