"""Faults: what goes wrong in a flight, as declared in its mission file, to see what becomes of it.

A fault changes the truth or a sensor, never what guidance believes. Each is of a named phase. *Model and limits*: a burn whose engine is
not cut off lasts longer along its steering law; a sensor that is off never speaks; an engine that loses a nozzle below a height has a
share of its thrust left, which leans from the craft's axis by a fixed angle towards the cross-track side.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Discriminator, Field

from farside.basis.declaration import Angle, Declaration, Distance, Fraction, Measured, Name
from farside.basis.quantities import FRACTION

Sensor = Literal["altimeter", "radar", "image", "gauge"]
Times = Annotated[float, Measured(FRACTION, above=1.0, within="above 100 %")]


class BurnsOn(Declaration):
    """The burn `event` lasts `lasting` times as long as commanded."""

    kind: Literal["burns_on"]
    phase: Name
    event: Name
    lasting: Times


class SensorOff(Declaration):
    """A sensor of a descent is off all the time."""

    kind: Literal["sensor_off"]
    phase: Name
    sensor: Sensor


class NozzleLost(Declaration):
    """Below a height [m] above the ground of a descent, its engine has a share of its thrust left, leaning from the craft's axis."""

    kind: Literal["nozzle_lost"]
    phase: Name
    below_m: Distance = Field(alias="below")
    thrust: Fraction
    lean_rad: Angle = Field(alias="lean")


Fault = Annotated[BurnsOn | SensorOff | NozzleLost, Discriminator("kind")]
FAULTS: dict[str, type[BurnsOn | SensorOff | NozzleLost]] = {
    "burns_on": BurnsOn,
    "sensor_off": SensorOff,
    "nozzle_lost": NozzleLost,
}
"""The declaration of each kind of fault."""


def lasting(faults: tuple[BurnsOn | SensorOff | NozzleLost, ...], phase: str, event: str) -> float:
    """How many times as long as commanded a burn lasts."""
    return math.prod(fault.lasting for fault in faults if isinstance(fault, BurnsOn) and (fault.phase, fault.event) == (phase, event))


def silent(faults: tuple[BurnsOn | SensorOff | NozzleLost, ...], phase: str) -> frozenset[str]:
    """The sensors that are off in a phase."""
    return frozenset(fault.sensor for fault in faults if isinstance(fault, SensorOff) and fault.phase == phase)


def lost_nozzle(faults: tuple[BurnsOn | SensorOff | NozzleLost, ...], phase: str) -> NozzleLost | None:
    """The nozzle that a descent loses, if it does."""
    return next((fault for fault in faults if isinstance(fault, NozzleLost) and fault.phase == phase), None)
