"""Numbers with units: "200 km" becomes 200000.0, or a message that says why it cannot and what would work.

The edges of farside speak in units people use; inside everything is SI. `pint` knows the units; it is imported when the first quantity is
read, and its registry is built once, so that asking for help costs neither.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from dataclasses import dataclass
from typing import Any

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)\b"
_NUMBER_AND_UNIT = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>.*?)\s*", re.IGNORECASE)
_WORD = r"(?:[A-Za-zµμ][A-Za-z_]*|[%°])(?:[²³]|(?:\^|\*\*)-?\d)?"
_UNIT = re.compile(rf"{_WORD}(?:(?:\s*[*/]\s*|\s+){_WORD})*")


class QuantityError(ValueError):
    """A text that is not the quantity asked for. The message says what was asked, why not, and what would work."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity: what it is called, the SI unit it is kept in, and an example of how to write it."""

    name: str
    unit: str
    example: str
    units: str

    @property
    def advice(self) -> str:
        """How to write such a quantity: the example, and the units that are often meant."""
        return f'write {self.name} like "{self.example}" (units: {self.units})'


LENGTH = Dimension("a length", "m", "200 km", "m, km, mile, au")
AREA = Dimension("an area", "m**2", "20 m^2", "m^2, cm^2")
MASS = Dimension("a mass", "kg", "8350 kg", "kg, g, t, lb")
DURATION = Dimension("a duration", "s", "12 h", "s, min, h, day")
SPEED = Dimension("a speed", "m/s", "0.5 m/s", "m/s, km/s, km/h")
ACCELERATION = Dimension("an acceleration", "m/s**2", "1e-4 m/s^2", "m/s^2, gal")
THRUST = Dimension("a thrust", "N", "3000 N", "N, kN, lbf")
ANGLE = Dimension("an angle", "rad", "42.3 deg", "deg, rad, arcmin, arcsec")
FRACTION = Dimension("a fraction", "", "1 %", "%, percent, ppm, dimensionless")


def parse(text: str, dimension: Dimension) -> float:
    """The value of a text such as "200 km" in the SI unit of `dimension`.

    `text` is one number and one unit (or a product or quotient of units), nothing else: no sums, no names, no expressions.
    Returns a finite float; raises `QuantityError` when the unit is missing, unknown or of another dimension, or the number is not finite.
    *Model and limits*: units as pint defines them. Angles and plain fractions are two things here, although pint calls both dimensionless.
    """
    number, unit = _split(text, dimension)
    si = number * _factor(unit, text, dimension)
    if not math.isfinite(si):
        raise QuantityError(f"{text!r} is not a finite number; {dimension.advice}")
    return si


def _split(text: str, dimension: Dimension) -> tuple[float, str]:
    """The number and the unit of a text; both must be there and the number finite."""
    found = _NUMBER_AND_UNIT.fullmatch(text)
    if found is None:
        raise QuantityError(f"{text!r} is not a number followed by a unit; {dimension.advice}")
    number, unit = float(found["number"]), found["unit"]
    if not math.isfinite(number):
        raise QuantityError(f"{text!r} is not a finite number; {dimension.advice}")
    if not unit:
        raise QuantityError(f"{text!r} has no unit; {dimension.advice}")
    return number, unit


def _factor(unit: str, text: str, dimension: Dimension) -> float:
    """How many SI units of `dimension` one `unit` is; `text` is what was asked, for the message."""
    import pint

    if _UNIT.fullmatch(unit) is None:
        raise QuantityError(f"{text!r}: {unit!r} cannot be read as a unit; {dimension.advice}")
    registry = _registry()
    wanted = registry.parse_units(dimension.unit)
    try:
        given = registry.parse_units(unit)
    except pint.UndefinedUnitError:
        raise QuantityError(f"{text!r}: there is no unit {unit!r}{_meant(unit, dimension)}; {dimension.advice}") from None
    if registry.get_root_units(given)[1] != registry.get_root_units(wanted)[1]:
        raise QuantityError(f"{text!r} is in {given}, which is not {dimension.name}; {dimension.advice}")
    if registry.Quantity(0.0, given).to(wanted).magnitude != 0.0:
        raise QuantityError(f"{text!r}: {unit} counts from a zero of its own; {dimension.advice}")
    return float(registry.Quantity(1.0, given).to(wanted).magnitude)


def _meant(unit: str, dimension: Dimension) -> str:
    """ ", did you mean 'km'?" when a usual unit of the dimension is near, else nothing."""
    near = difflib.get_close_matches(unit.lower(), dimension.units.split(", "), n=1, cutoff=0.5)
    return f", did you mean {near[0]!r}?" if near else ""


@functools.cache
def _registry() -> Any:
    """The one registry of units of this process; about 0.3 s with the import of pint, paid at the first quantity."""
    import pint

    return pint.UnitRegistry()
