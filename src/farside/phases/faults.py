"""Faults: what goes wrong in a flight, as declared in its mission file, to see what becomes of it.

A fault changes the truth, a sensor or a fix, never what guidance makes of them. Each is of a named phase. *Model and limits*: a burn
whose engine is not cut off lasts longer along its steering law; a sensor that is off never speaks; a fix that is off is so by the same
vector each time; an engine that loses a nozzle below a height has a share of its thrust left, which leans from the craft's axis by a fixed
angle towards the cross-track side.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Field

from farside.basis.declaration import Angle, Declaration, Distance, Fraction, Length, Measured, Name
from farside.basis.quantities import FRACTION
from farside.basis.twobody import cross, unit

Array = NDArray[np.float64]
Sensor = Literal["altimeter", "radar", "image", "gauge"]
Share = Annotated[float, Measured(FRACTION, above=0.0, most=1.5, within="above 0 %, to 150 %")]
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


class FixOff(Declaration):
    """Every fix of a phase is off: the craft takes itself to be so far [m] along its way, to the left of it, and up from where it is."""

    kind: Literal["fix_off"]
    phase: Name
    along_m: Length = Field(default=0.0, alias="along")
    across_m: Length = Field(default=0.0, alias="across")
    up_m: Length = Field(default=0.0, alias="up")


class ThrustOff(Declaration):
    """In the powered part of a descent the engine gives a share of the thrust that it is asked for."""

    kind: Literal["thrust_off"]
    phase: Name
    share: Share


AnyFault = BurnsOn | SensorOff | NozzleLost | FixOff | ThrustOff
Fault = Annotated[AnyFault, Discriminator("kind")]
FAULTS: dict[str, type[AnyFault]] = {
    "burns_on": BurnsOn,
    "sensor_off": SensorOff,
    "nozzle_lost": NozzleLost,
    "fix_off": FixOff,
    "thrust_off": ThrustOff,
}
"""The declaration of each kind of fault."""


def lasting(faults: tuple[AnyFault, ...], phase: str, event: str) -> float:
    """How many times as long as commanded a burn lasts."""
    return math.prod(fault.lasting for fault in faults if isinstance(fault, BurnsOn) and (fault.phase, fault.event) == (phase, event))


def silent(faults: tuple[AnyFault, ...], phase: str) -> frozenset[str]:
    """The sensors that are off in a phase."""
    return frozenset(fault.sensor for fault in faults if isinstance(fault, SensorOff) and fault.phase == phase)


def lost_nozzle(faults: tuple[AnyFault, ...], phase: str) -> NozzleLost | None:
    """The nozzle that a descent loses, if it does."""
    return next((fault for fault in faults if isinstance(fault, NozzleLost) and fault.phase == phase), None)


def answer(faults: tuple[AnyFault, ...], phase: str) -> float:
    """How much the engine of a descent gives of what it is asked for."""
    return math.prod(fault.share for fault in faults if isinstance(fault, ThrustOff) and fault.phase == phase)


def fix_error(faults: tuple[AnyFault, ...], phase: str, r_m: Array, v_m_s: Array) -> Array:
    """By how much a fix is off [m] (3,), of a craft at `r_m` with `v_m_s` about the body it is told about, in their axes."""
    off = np.zeros(3)
    for fault in faults:
        if isinstance(fault, FixOff) and fault.phase == phase:
            up, left = unit(r_m), unit(cross(r_m, v_m_s))
            off += fault.along_m * cross(left, up) + fault.across_m * left + fault.up_m * up
    return off
