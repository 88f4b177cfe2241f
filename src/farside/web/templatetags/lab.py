"""How numbers, moments and words of the ledger are shown to people."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from farside.web import words
from farside.web.people import may

register = template.Library()
UNITS = (("kg", 9), ("g", 6), ("mg", 3), ("µg", 0))
THIN = "\u202f"


@register.filter
def mass(mass_ug: int | None) -> str:
    """A mass in the unit that suits it, every microgram kept: 1535249434 is 1 535.249434 g."""
    if mass_ug is None:
        return ""
    unit, exponent = next(((u, e) for u, e in UNITS[1:] if abs(mass_ug) >= 10**e), UNITS[-1])
    whole, rest = divmod(abs(mass_ug), 10**exponent)
    decimals = f"{rest:0{exponent}d}".rstrip("0") if exponent else ""
    sign = "−" if mass_ug < 0 else ""
    return f"{sign}{grouped(whole)}{'.' + decimals if decimals else ''}{THIN}{unit}"


@register.filter
def micrograms(mass_ug: int | None) -> str:
    """A mass in micrograms, in groups of three digits."""
    return "" if mass_ug is None else f"{grouped(mass_ug)}{THIN}µg"


@register.filter
def grouped(number: int) -> str:
    """A whole number in groups of three digits."""
    return f"{number:,}".replace(",", THIN).replace("-", "−")


@register.filter
def moment(at_utc: str) -> SafeString | str:
    """An epoch in the reader's form, UTC; the exact one is what the machine reads."""
    if not at_utc:
        return ""
    when = datetime.fromisoformat(at_utc)
    shown = f"{day(when.date())} {when:%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at_utc, at_utc, shown)


@register.filter
def day(when: date | str | None) -> str:
    """A day in the reader's form."""
    if not when:
        return ""
    given = date.fromisoformat(when) if isinstance(when, str) else when
    if (translation.get_language() or "").startswith("zh"):
        return f"{given.year}年{given.month}月{given.day}日"
    return f"{given.day} {formats.date_format(given, 'M Y')}"


@register.filter
def daytime(at_utc: str) -> str:
    """The day of an epoch, UTC, in the reader's form."""
    return day(at_utc[:10])


@register.filter
def number(value: float) -> str:
    """A reading without digits that nobody read: 294.15, 420."""
    return f"{value:.10g}"


@register.filter(name="may")
def may_do(person: Any, verb: str) -> bool:
    """Whether a role of somebody's allows a verb."""
    return may(person, verb)


@register.filter
def roles(told: str) -> str:
    """Roles as words."""
    return ", ".join(str(words.ROLES.get(role, role)) for role in told.split())


@register.filter
def verb(name: str) -> str:
    """A verb as a person says it."""
    return words.verb(name)


@register.filter
def word(name: str) -> str:
    """A form, purpose, state or tool as a word."""
    return words.word(name)


@register.filter
def pretty(value: Any) -> str:
    """What an event tells, for those who want all of it."""
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)


@register.filter
def question(name: str) -> str:
    """A column as the label of a field."""
    return words.question(name)


@register.filter
def shown(value: Any) -> str:
    """A value of a state as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return words.yes_no(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return words.word(value) if isinstance(value, str) else grouped(value) if isinstance(value, int) else str(value)


@register.filter(name="json")
def read_json(text: str) -> Any:
    """What a JSON text holds."""
    return json.loads(text)


BAR = 42


@register.filter
def flow_height(flow: Any) -> int:
    """How high the picture of a mass flow is."""
    return BAR * (len(flow.came) + len(flow.went) + 1) + 6


@register.filter
def flow_bars(flow: Any, left_ug: int) -> list[dict[str, Any]]:
    """The bars of a mass flow: what came in, where it went, what is left, each as long as its share of all that came."""
    rows = [("in", words.flow_from(name), mass) for name, mass in flow.came]
    rows += [("gone" if name.startswith(("lost", "consumed")) else "out", words.flow_to(name), mass) for name, mass in flow.went]
    rows.append(("left", words.flow_left(), left_ug))
    total = max(flow.total_ug, 1)
    bars = []
    for i, (kind, label, mass_ug) in enumerate(rows):
        width = max(2.0, round(540 * min(mass_ug / total, 1.0), 1)) if mass_ug else 0
        bars.append({"kind": kind, "y": i * BAR + 22, "text_y": i * BAR + 16, "width": width, "words": f"{label}  {mass(mass_ug)}"})
    return bars


@register.filter
def of(table: dict[str, Any], name: str) -> Any:
    """What a table holds under a name."""
    return table.get(name)


@register.filter
def add_number(value: float, more: float) -> float:
    """The sum of two numbers."""
    return round(value + more, 2)


@register.filter
def percent(ppm: int) -> str:
    """Parts per million as a percentage."""
    return f"{ppm / 10_000:g} %"


@register.filter
def query(known: dict[str, str]) -> str:
    """What a form knows, as the end of its address."""
    return urlencode(known)
