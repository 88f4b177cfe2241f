"""What `farside lab` prints: events, things, journals. Masses are exact; colours on a terminal only."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import click

from farside.curation.journal import Line
from farside.curation.text import mass_text

LONG = 100  # characters of a text that is shown in one line


def event_json(event: Any) -> str:
    """An event as one JSON object: its text, and its hash."""
    return json.dumps({"hash": event.hash, **json.loads(event.text)}, indent=2, ensure_ascii=False)


def print_event(event: Any, masses: Collection[str] = ()) -> None:
    """What was done: number, verb, the masses moved, what else the event tells; `masses` are those of its arguments that are masses."""
    told = json.loads(event.text)
    click.echo(
        f"{styled(f'event {event.number}', bold=True)}  {moment(event.at_utc)}  {event.verb}, {people(told['actor'], told['second'])}"
    )
    rows = [(_signed(mass_ug), account) for account, mass_ug in told["postings"]]
    print_table(rows, right=1)
    notes = {key: value for key, value in told["data"].items() if not isinstance(value, (list, dict))}
    for key, value in notes.items():
        name = key.removesuffix("_ug").replace("_", " ")
        click.echo(f"  {name}: {mass_text(value) if key in masses else written(key, value)}")
    for each in told["data"].get("discrepancies", ()):
        click.echo(styled(f"  {each.pop('what')}: ", fg="red") + ", ".join(f"{key} {value}" for key, value in each.items() if value))
    codes = [f"{kind} {state['code']}" for kind, states in told["states"].items() for state in states]
    if codes:
        click.echo(f"  tells of {shortened(', '.join(codes))}")


def print_journal(lines: Sequence[Line]) -> None:
    """Events, one a line."""
    rows = []
    for line in lines:
        codes = ", ".join(code for _, code in line.touched)
        rows.append((str(line.number), moment(line.at_utc), line.verb, people(line.actor, line.second), shortened(codes, 60), line.reason))
    print_table(rows, right=1, indent="")


def print_detail(told: Mapping[str, Any]) -> None:
    """One thing: its state, what it comes from and what became of it."""
    state = dict(told["state"])
    click.echo(styled(f"{told['kind']} {state.pop('code')}", bold=True))
    shown = [
        (key.removesuffix("_ug").replace("_", " "), written(key, value)) for key, value in state.items() if value not in (None, "", False)
    ]
    print_table(shown)
    if told.get("made_of"):
        click.echo(f"  made of  {' < '.join(told['made_of'])}")
    for origin in _origins(told.get("origin", ())):
        click.echo(f"  from     {origin}")
    if told.get("children"):
        click.echo("made of it")
        print_table([(child["code"], child["form"], mass_text(child["mass_ug"])) for child in told["children"]])
    click.echo("history")
    code = told["state"]["code"]
    rows = []
    for line in told["history"]:
        moved = next((mass_ug for account, mass_ug in line.moved if account == code), 0)
        rows.append(
            (
                str(line.number),
                moment(line.at_utc),
                line.verb,
                people(line.actor, line.second),
                _signed(moved) if moved else "",
                line.reason,
            )
        )
    print_table(rows, right=1)


def print_places(places: Iterable[Any]) -> None:
    """Where the mass of a mission is: what came in, the samples by what they are and where, then the other sinks."""
    rows = []
    order = {"received": 0, "sample": 1}
    for place in sorted(places, key=lambda place: (order.get(place.account, 2), -place.mass_ug)):
        where = " ".join(filter(None, (place.site, place.cabinet))) or place.holder
        what = place.account if place.account != "sample" else f"{place.form}{f', {place.purpose}' if place.purpose else ''}"
        state = place.status.replace("_", " ") if place.status not in ("", "held") else ""
        unit = "posting" if place.account != "sample" else "sample"
        rows.append((_signed(place.mass_ug), what, where, state, f"{place.count:,} {unit}{'s' if place.count > 1 else ''}"))
    print_table(rows, right=1, indent="")


def _origins(portions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Where a sample is from, one line a tool and place; portions one after another are told together."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for portion in portions:
        groups.setdefault((portion["tool"], portion["site"]), []).append(portion)
    found = []
    for (tool, site), own in groups.items():
        ids = own[0]["id"] if len(own) == 1 else f"{own[0]['id']} to {own[-1]['id']}"
        top, bottom = min(p["depth_top_mm"] for p in own), max(p["depth_bottom_mm"] for p in own)
        count = f"{len(own)} portions, " if len(own) > 1 else ""
        found.append(f"{ids} ({count}{tool}), {top} to {bottom} mm deep, {moment(min(p['collected_utc'] for p in own))}, {site}")
    return found


def print_table(rows: Iterable[Sequence[str]], right: int = 0, indent: str = "  ") -> None:
    """Rows in columns, the first `right` ones set to the right; a column in which nothing stands is left out."""
    rows = [list(row) for row in rows]
    kept = [i for i in range(len(rows[0]) if rows else 0) if i < right or any(row[i] for row in rows)]
    rows = [[row[i] for i in kept] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(kept))]
    for row in rows:
        cells = (f"{cell:>{width}}" if i < right else f"{cell:<{width}}" for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        click.echo((indent + "  ".join(cells)).rstrip())


def written(key: str, value: Any) -> str:
    """A value as people read it; masses with their unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and key.endswith("_ug"):
        return mass_text(value)
    return shortened(str(value))


def moment(at_utc: str) -> str:
    """An epoch to the second."""
    return f"{at_utc[:10]} {at_utc[11:19]}Z"


def people(actor: str | None, second: str | None) -> str:
    """Who acted, with whom."""
    return f"{actor or '-'} with {second}" if second else actor or "-"


def shortened(text: str, most: int = LONG) -> str:
    """A text in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def styled(text: str, **how: Any) -> str:
    """A text with its style on a terminal, plain elsewhere."""
    return click.style(text, **how) if sys.stdout.isatty() else text


def _signed(mass_ug: int) -> str:
    return f"+{mass_text(mass_ug)}" if mass_ug > 0 else mass_text(mass_ug)
