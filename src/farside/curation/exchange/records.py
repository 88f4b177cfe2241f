"""A sample as laboratories tell it to one another: out of the ledger, and into it.

*Model and limits*: a record has the arguments of the verb `take_over`. Papers, places, people, loans and history stay where they are. A
sample that comes in with its parent keeps the parent; its mass comes from outside, since the parent's mass is told without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from farside.curation.ledger import Act, Refused, batch
from farside.curation.models import Event, Sample
from farside.curation.verbs import take_over
from farside.curation.verbs.register import VERBS

SHOWN = 50  # problems that a message lists

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: the line (0: the whole file), the column or key, and what."""

    line: int
    where: str
    what: str

    def __str__(self) -> str:
        return f"{f'line {self.line}' if self.line else 'the file'}{f', {self.where}' if self.where else ''}: {self.what}"


class Broken(Refused):
    """A file that is not taken in, with every problem in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.where)))
        more = len(problems) - SHOWN
        told = [*map(str, self.problems[:SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        super().__init__("nothing was imported:\n" + "\n".join(told))


def records(mission: str | None = None) -> list[Record]:
    """Every sample of a mission (of all when None) as records, parents first, otherwise in the order in which they were made."""
    samples = Sample.objects.all() if mission is None else Sample.objects.filter(mission=mission)
    left = {row.code: row for row in samples.order_by("code").iterator()}
    ordered: list[Record] = []
    while left:
        row = next(iter(left.values()))
        chain = [row]
        while (parent := chain[-1].parent_id) in left:
            chain.append(left[parent])
        for each in reversed(chain):
            ordered.append(record(left.pop(each.code)))
    return ordered


def record(sample: Sample) -> Record:
    """One sample as a record; what is not known or not so is left out."""
    told: Record = {"sample": sample.code, "mission": sample.mission_id, "mass": sample.mass_ug, "form": sample.form}
    told |= {"parent": sample.parent_id, "title": sample.title, "tool": sample.tool, "portions": sample.portions.split()}
    told |= {name: getattr(sample, name) for name in ("depth_top_mm", "depth_bottom_mm", "grain_most_um")}
    told |= {name: getattr(sample, name) for name in ("rock_type", "rock_subtype", "pristine_bp", "purpose")}
    told |= {name: getattr(sample, name) for name in ("sealed", "air_exposed", "returned")}
    return {name: value for name, value in told.items() if value is not None and value is not False and value not in ("", [])}


def take_in(
    lines: Sequence[tuple[int, Record]], act: Act, columns: dict[str, str] | None = None, problems: Iterable[Problem] = ()
) -> list[Event]:
    """Records with the lines on which they stand, into the ledger: an event a sample, in one transaction.

    `columns`: how the file calls an argument of the verb; `problems`: what its reader found. Raises `Broken` with everything that is wrong,
    and then nothing was taken in.
    """
    problems = [*problems, *_wrong(lines, columns or {}), *_twice(lines, columns or {})]
    if not lines and not problems:
        problems = [Problem(0, "", "there are no samples in it")]
    if problems:
        raise Broken(problems)
    with batch():
        return [_taken(line, told, act) for line, told in lines]


def _taken(line: int, told: Record, act: Act) -> Event:
    try:
        return take_over(act, **told)
    except Refused as error:
        raise Refused(f"line {line}: {error}; nothing was imported") from error


def _wrong(lines: Sequence[tuple[int, Record]], columns: dict[str, str]) -> list[Problem]:
    """What the verb would not take."""
    arguments, problems = VERBS["take_over"].arguments, []
    for line, told in lines:
        try:
            arguments.model_validate(told)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                name = str(each["loc"][0]) if each["loc"] else ""
                what = each["msg"].removeprefix("Value error, ")
                shown = f"{each['input']!r}: {what}" if each["type"] != "missing" else "it is missing"
                problems.append(Problem(line, columns.get(name, name), shown))
    return problems


def _twice(lines: Sequence[tuple[int, Record]], columns: dict[str, str]) -> list[Problem]:
    """Codes that stand twice, or are in the ledger; parents that are in neither."""
    there = set(Sample.objects.values_list("code", flat=True))
    where = columns.get("sample", "sample")
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, told in lines:
        code, parent = told.get("sample", ""), told.get("parent")
        if not isinstance(code, str):
            continue
        if code in seen:
            problems.append(Problem(line, where, f"{code!r} stands on line {seen[code]} already"))
        elif code in there:
            problems.append(Problem(line, where, f"{code!r} is in the ledger already; a code is never given twice"))
        if parent and parent not in seen and parent not in there:
            problems.append(Problem(line, columns.get("parent", "parent"), f"no sample {parent!r} is in the ledger or before this one"))
        seen.setdefault(code, line)
    return problems
