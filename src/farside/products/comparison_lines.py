"""A comparison for people: changes of the declaration, then of the answers; what is the same is counted, not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from farside.products.comparison import Comparison, Pair
from farside.products.declared_changes import Change, span

SAME_S = 0.5  # assumed: epochs nearer than that are the same to a reader of whole seconds
SAME = 5e-3  # so are masses [kg] and changes of velocity [m/s] that print alike
ABSENT = "-"


def comparison_lines(found: Comparison) -> list[str]:
    """The comparison as lines."""
    lines = [*(f"{letter}  {side.where}: {side.name}" for letter, side in (("A", found.a), ("B", found.b))), "", *_declared(found)]
    if not found.flown:
        left = [name for name, side in (("A", found.a), ("B", found.b)) if side.record is None]
        told = f"{left[0]} is a mission file" if len(left) == 1 else "both are mission files"
        return [*lines, "", f"answers are not compared: {told}; `farside fly` leaves a folder that can be"]
    if found.same_flight:
        return [*lines, "", "the answers are the same, to the last digit"]
    return [*lines, "", *_ending(found), "", *_events(found.events, found.later_s), "", *_burns(found.burns), "", *_masses(found.masses)]


def _declared(found: Comparison) -> Iterator[str]:
    """What was declared otherwise."""
    if found.declared is None:
        yield "what was declared is not compared: a folder has no mission.toml"
        return
    count = len(found.declared)
    yield f"declared otherwise: {count} key{'s' if count > 1 else ''}" if count else "the same is declared"
    for group, changes in groupby(found.declared, key=lambda change: change.group):
        yield f"  {group}"
        rows = [_change_row(change) for change in changes]
        yield from (f"    {line}" for line in columns(rows))


def _change_row(change: Change) -> tuple[str, ...]:
    if change.a is not None and change.b is not None and ", " in change.a + change.b and change.difference:
        return change.key, f"({change.difference})", "", "", ""
    a, b = (ABSENT if told is None else told if len(told) <= 60 else told[:58] + " …" for told in (change.a, change.b))
    return change.key, a, "->", b, f"({change.difference})" if change.difference else ""


def _ending(found: Comparison) -> Iterator[str]:
    """How both ended."""
    assert found.outcome is not None and found.outcome.a is not None and found.outcome.b is not None
    for name, told in (("A", found.outcome.a), ("B", found.outcome.b)):
        drawn = f", errors drawn by seed {told['seed']}" if told["dispersed"] else ""
        days = told["duration_s"] / 86400.0
        ended = told["outcome"] + (f"; {told['advice']}" if told["advice"] else "")
        yield f"{name}  {told['start_utc'][:19]}Z, {days:.2f} d, {told['delta_v_m_s']:.2f} m/s of burns{drawn}: {ended}"


def _events(pairs: Sequence[Pair], shift: float) -> Iterator[str]:
    """The epochs of the events that happened at another time since the start, or weighed otherwise, or in one flight only.

    One that is off by as much as the one before it is counted, not shown.
    """
    yield "events" + (f", all epochs of B less {span(shift)}" if shift else "")
    late = [pair for pair in pairs if abs((pair.more("epoch_tdb_s") or shift) - shift) > SAME_S or _differs(pair, ("mass_kg", SAME))]
    off = [_event_row(pair, shift) for pair in late]
    shown = [row for k, row in enumerate(off) if k == 0 or not row[3] or row[3:] != off[k - 1][3:]]
    yield from (f"  {line}" for line in columns([("", "A", "B", "B - A", "kg: B - A"), *shown] if shown else []))
    if len(off) > len(shown):
        more = len(off) - len(shown)
        yield f"  {more} more {'is' if more == 1 else 'are'} off by as much as the one before"
    yield _rest(len(pairs) - len(off), "as long after the start, within half a second, and as heavy")


def _event_row(pair: Pair, shift: float) -> tuple[str, ...]:
    epochs = (ABSENT if told is None else told["epoch_utc"][:19].replace("T", " ") for told in (pair.a, pair.b))
    later, heavier = pair.more("epoch_tdb_s"), pair.more("mass_kg")
    return pair.what, *epochs, "" if later is None else span(later - shift, 1), "" if heavier is None else signed(heavier, 2)


def _burns(pairs: Sequence[Pair]) -> Iterator[str]:
    """Burns by their change of velocity and propellant."""
    yield "burns, m/s and kg of propellant"
    shown = [pair for pair in pairs if _differs(pair, ("delta_v_m_s", SAME), ("propellant_kg", SAME))]
    head = ("", "A", "B", "B - A", "A kg", "B kg", "B - A")
    rows = [(pair.what, *_numbers(pair, "delta_v_m_s", 2), *_numbers(pair, "propellant_kg", 2)) for pair in shown]
    yield from (f"  {line}" for line in columns([head, *rows] if rows else [], right=True))
    yield _rest(len(pairs) - len(shown), "the same")


def _masses(pairs: Sequence[Pair]) -> Iterator[str]:
    """Propellant left, and the sample."""
    yield "propellant left in each module, kg"
    shown = [pair for pair in pairs if _differs(pair, ("propellant_kg", SAME))]
    rows = [(pair.what, *_numbers(pair, "propellant_kg", 2)) for pair in shown]
    yield from (f"  {line}" for line in columns([("", "A", "B", "B - A"), *rows] if rows else [], right=True))
    yield _rest(len(pairs) - len(shown), "the same")
    samples = [sum((told or {}).get("sample_ug", 0) for told in side) for side in zip(*((pair.a, pair.b) for pair in pairs), strict=True)]
    if any(samples):
        a, b = samples[:2]
        yield f"sample, kg: A {a / 1e9:.3f}, B {b / 1e9:.3f}, B - A {(b - a) / 1e9:+.3f}"


def _numbers(pair: Pair, key: str, digits: int) -> tuple[str, str, str]:
    """A number in both, and its difference."""
    more = pair.more(key)
    a, b = (ABSENT if told is None else f"{told[key]:.{digits}f}" for told in (pair.a, pair.b))
    return a, b, "" if more is None else signed(more, digits)


def signed(number: float, digits: int) -> str:
    """A number with its sign; nought is `+0.00`."""
    return f"{round(number, digits) + 0.0:+.{digits}f}"


def _differs(pair: Pair, *limits: tuple[str, float]) -> bool:
    """Whether one is missing, or any number is off by more than its limit."""
    return pair.a is None or pair.b is None or any(abs(pair.more(key) or 0.0) > limit for key, limit in limits)


def _rest(count: int, how: str) -> str:
    return f"  {count} {'other is' if count == 1 else 'others are'} {how}" if count else f"  none is {how}"


def columns(rows: Sequence[tuple[str, ...]], right: bool = False) -> list[str]:
    """Rows in columns, the first one to the left, the others to the right if asked."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_aligned(row, widths, right)).rstrip() for row in rows]


def _aligned(row: Sequence[str], widths: Sequence[int], right: bool) -> Iterator[str]:
    """The cells of a row, as wide as their columns."""
    for k, (text, width) in enumerate(zip(row, widths, strict=True)):
        yield text.rjust(width) if right and k else text.ljust(width)
