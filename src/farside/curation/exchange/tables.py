"""Tables of samples: CSV in UTF-8, either ours, with every field of a record, or the catalogue of rocks with weights in grams.

*Model and limits*: masses are decimal texts in grams, exact; finer than a microgram is refused. The catalogue says neither form nor
whether a sample met air: a rock's form follows from its type, and nothing is marked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from farside.curation.exchange.records import Broken, Problem, Record, take_in
from farside.curation.ledger import Act
from farside.curation.models import Event

OURS = {
    "sample": "sample", "mission": "mission", "mass": "mass_g", "form": "form", "parent": "parent", "title": "title", "tool": "tool",
    "portions": "portions", "depth_top_mm": "depth_top_mm", "depth_bottom_mm": "depth_bottom_mm", "grain_most_um": "grain_most_um",
    "rock_type": "rock_type", "rock_subtype": "rock_subtype", "pristine_bp": "pristine_percent", "purpose": "purpose", "sealed": "sealed",
    "air_exposed": "air_exposed", "returned": "returned",
}  # fmt: skip
"""Column of each argument of `take_over`, in the order in which they are written."""
ROCKS = {
    "sample": "ID", "mission": "Mission", "rock_type": "Type", "rock_subtype": "Subtype", "mass": "Weight (g)",
    "pristine_bp": "Pristine (%)",
}  # fmt: skip
"""The same for the catalogue of rocks."""
FORM_OF = {"Soil": "powder", "Core": "core", "Basalt": "fragment", "Breccia": "fragment", "Crustal": "fragment"}
TRUTHS = {"yes": True, "no": False, "": False}


def write_table(records: Iterable[Record], columns: dict[str, str] | None = None) -> str:
    """Records as a table (ours, or with the columns of `ROCKS`); lines end with a line feed."""
    columns = columns or OURS
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.values())
    writer.writerows([_cell(name, told) for name in columns] for told in records)
    return out.getvalue()


def import_table(content: bytes, act: Act) -> list[Event]:
    """A table into the ledger, whole or not at all; `Broken` says everything that is wrong with it, line by line."""
    rows = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    columns = _columns(next(rows, []))
    lines: list[tuple[int, Record]] = []
    problems: list[Problem] = []
    begin = rows.line_num + 1
    try:
        for row in rows:
            if row:
                told, wrong = _record(begin, row, columns)
                lines.append((begin, told))
                problems += wrong
            begin = rows.line_num + 1
    except csv.Error as error:
        problems.append(Problem(begin, "", f"this is no CSV: {error}"))
    return take_in(lines, act, {name: column for column, name in columns.items()}, problems)


def _decoded(content: bytes) -> str:
    """The text of the file; `Broken` names every line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = enumerate(content.split(b"\n"), 1)
        raise Broken([Problem(number, "", f"{line[:60]!r} is not UTF-8") for number, line in lines if not _is_utf8(line)]) from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _columns(heading: list[str]) -> dict[str, str]:
    """The argument of each column, in the order of the file; `Broken` names columns that are unknown, missing or there twice."""
    known = ROCKS if set(heading) & set(ROCKS.values()) else OURS
    names = {column: name for name, column in known.items()}
    needed = [known[name] for name in (("sample", "mission", "mass") if known is OURS else ROCKS)]
    problems = [Problem(1, column, f"no such column; there are {', '.join(names)}") for column in heading if column not in names]
    problems += [Problem(1, column, "the column is missing") for column in needed if column not in heading]
    problems += [Problem(1, column, "the column is there twice") for column in names if heading.count(column) > 1]
    if problems:
        raise Broken(problems)
    return {column: names[column] for column in heading}


def _record(line: int, row: list[str], columns: dict[str, str]) -> tuple[Record, list[Problem]]:
    """A row as a record, and what is wrong with it; cells that only the verb can judge are handed on as they are."""
    problems = []
    if len(row) != len(columns):
        problems.append(Problem(line, "", f"{len(row)} cells, and there are {len(columns)} columns"))
    told: Record = {}
    for (column, name), text in zip(columns.items(), (cell.strip() for cell in row), strict=False):
        try:
            value = _value(name, text)
        except ValueError as error:
            problems.append(Problem(line, column, str(error)))
            continue
        if value is not None:
            told[name] = value
    if "ID" in columns:
        told["form"] = FORM_OF.get(told.get("rock_type", ""), "bulk")
    return told, problems


def _value(name: str, text: str) -> object:
    """What a cell says; None when it is empty."""
    if name in ("sealed", "air_exposed", "returned"):
        if text not in TRUTHS:
            raise ValueError(f"{text!r}: write yes or no")
        return TRUTHS[text]
    if not text:
        return None
    if name == "mass":
        return f"{text} g"
    if name == "pristine_bp":
        return _hundredths(text)
    return text.split() if name == "portions" else text


def _hundredths(text: str) -> int:
    """A percentage in hundredths of a percent."""
    try:
        hundredths = Decimal(text) * 100
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
        raise ValueError(f"{text!r}: write a percentage with two decimals at most")
    return int(hundredths)


def _cell(name: str, told: Record) -> str:
    """What a record says in one column."""
    value = told.get(name)
    if name in ("sealed", "air_exposed", "returned"):
        return "yes" if value else "no"
    if value is None:
        return ""
    if name == "mass":
        return grams(value)
    if name == "pristine_bp":
        return _plain(Decimal(value).scaleb(-2))
    return " ".join(value) if name == "portions" else str(value)


def grams(mass_ug: int) -> str:
    """A mass in grams, exact, without zeros that say nothing."""
    return _plain(Decimal(mass_ug).scaleb(-6))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
