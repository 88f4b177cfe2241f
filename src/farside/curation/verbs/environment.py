"""The atmosphere of cabinets: read it; beyond its limits the cabinet is frozen, until two people unfreeze it."""

from __future__ import annotations

from typing import Any

from farside.curation.ledger import Entry, Refused
from farside.curation.models import Cabinet
from farside.curation.verbs.founding import Limits, Positive, Reading
from farside.curation.verbs.register import Code, verb

QUANTITIES = (
    ("oxygen", "ppb", "oxygen_ppb", None, "oxygen_most_ppb"),
    ("water", "ppb", "water_ppb", None, "water_most_ppb"),
    ("temperature", "mK", "temperature_mk", "temperature_least_mk", "temperature_most_mk"),
    ("pressure", "Pa", "pressure_pa", "pressure_least_pa", "pressure_most_pa"),
)
"""Name, unit, and the columns of the reading, the least and the most."""


@verb("curator", "second_curator")
def read_environment(
    entry: Entry,
    cabinet: Code,
    oxygen_ppb: Positive | None = None,
    water_ppb: Positive | None = None,
    temperature_mk: Positive | None = None,
    pressure_pa: Reading | None = None,
) -> None:
    """Note a reading of a cabinet's atmosphere: oxygen and water in parts per billion, temperature in millikelvin, pressure in pascal above
    the room's; what is left out stands as it was read last. Beyond its limits there is an alarm and the cabinet is frozen: nothing goes in
    or out until all is read within them again and two people unfreeze it."""
    read = {"oxygen_ppb": oxygen_ppb, "water_ppb": water_ppb, "temperature_mk": temperature_mk, "pressure_pa": pressure_pa}
    if all(value is None for value in read.values()):
        raise Refused("read_environment: nothing was read; name at least one of " + ", ".join(read))
    vault = entry.get(Cabinet, cabinet)
    entry.change(vault, read_utc=entry.at_utc, **{name: value for name, value in read.items() if value is not None})
    alarm = beyond(vault)
    entry.note(alarm=alarm)
    entry.change(vault, alarm=alarm or (vault.alarm if vault.frozen else ""), frozen=vault.frozen or bool(alarm))


@verb("curator", "second_curator", reason=True, second=True)
def unfreeze(entry: Entry, cabinet: Code) -> None:
    """End the freeze of a cabinet whose last reading is within its limits: two people and a reason."""
    vault = entry.get(Cabinet, cabinet)
    if not vault.frozen:
        raise Refused(f"unfreeze: {cabinet} is not frozen")
    if not (entry.act.second and entry.act.reason):
        raise Refused(f"unfreeze: {cabinet} is frozen: {vault.alarm}; to unfreeze it takes a second person and a reason")
    still = beyond(vault)
    if still:
        raise Refused(f"unfreeze: {cabinet} was last read at {vault.read_utc}, {still}; mend it, and `read_environment` again first")
    entry.change(vault, frozen=False, alarm="")


@verb("curator", reason=True, second=True)
def set_limits(entry: Entry, cabinet: Code, limits: Limits) -> None:
    """Set the limits of a cabinet's atmosphere anew, all of them; what is left out has none. Two people and a reason."""
    vault = entry.get(Cabinet, cabinet)
    if not (entry.act.second and entry.act.reason):
        raise Refused(f"set_limits: the limits of {cabinet} guard samples; to set them takes a second person and a reason")
    entry.change(vault, **limits.model_dump())


def beyond(cabinet: Cabinet) -> str:
    """What of a cabinet's last reading is beyond its limits, in words; nothing when all is well."""
    words = []
    for name, unit, *columns in QUANTITIES:
        value, least, most = (getattr(cabinet, column) if column else None for column in columns)
        words.append(_beyond(name, unit, value, least, most))
    return ", ".join(filter(None, words))


def _beyond(name: str, unit: str, value: Any, least: Any, most: Any) -> str:
    if value is None:
        return ""
    if most is not None and value > most:
        return f"{name} {value} {unit} is above {most}"
    return f"{name} {value} {unit} is below {least}" if least is not None and value < least else ""
