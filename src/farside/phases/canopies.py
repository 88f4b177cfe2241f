"""One canopy as a mission declares it: what it is, when it may open, what it takes; and in words why it never opened."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Distance, Measured, Period, Thrust
from farside.basis.quantities import FRACTION, Dimension
from farside.craft.parachute import CANOPY_KINDS, Canopy
from farside.dynamics import hanging as hg

Array = NDArray[np.float64]

PRESSURE = Dimension("a pressure", "Pa", "2 kPa", "Pa, kPa, bar")
MACH = Dimension("a Mach number", "", "0.8 dimensionless", "dimensionless")
Pressure = Annotated[float, Measured(PRESSURE, least=0.0, within="0 Pa or more")]
Mach = Annotated[float, Measured(MACH, above=0.0, within="above 0")]
Coefficient = Annotated[float, Measured(FRACTION, above=0.0, most=3.0, within="above 0 %, to 300 %")]
Share = Annotated[float, Measured(FRACTION, above=0.0, most=0.9, within="above 0 %, to 90 %")]
GATE_M = 0.01  # as well as the height is known at which the entry ends


class CanopyTable(Declaration):
    """One canopy: what it is, when it may open, and the force that it and its lines take."""

    canopy: Literal["conical_ribbon", "ringsail", "flat_circular"]
    diameter_m: Distance = Field(alias="diameter")
    drag_coefficient: Coefficient | None = None
    reefed: Share | None = None
    reefed_for_s: Period | None = Field(default=None, alias="reefed_for")
    altitude_m: Altitude = Field(alias="altitude")
    mach_max: Mach | None = None
    pressure_min_pa: Pressure | None = Field(default=None, alias="pressure_min")
    pressure_max_pa: Pressure | None = Field(default=None, alias="pressure_max")
    load_limit_n: Thrust = Field(alias="load_limit")

    @model_validator(mode="after")
    def _whole(self) -> CanopyTable:
        if (self.reefed is None) != (self.reefed_for_s is None):
            raise ValueError("reefed and reefed_for go together: how much of the area, and how long")
        if self.pressure_max_pa is not None and self.pressure_max_pa <= (self.pressure_min_pa or 0.0):
            raise ValueError("pressure_max must be more than pressure_min")
        return self

    @property
    def made(self) -> Canopy:
        """The canopy of the table of kinds, with what is declared of it."""
        kind = CANOPY_KINDS[self.canopy]
        return Canopy(kind, self.diameter_m, self.drag_coefficient or kind.drag_coefficient, self.reefed)

    @property
    def gate(self) -> hg.Gate:
        """Where it may open."""
        highest, mach = self.altitude_m + GATE_M, math.inf if self.mach_max is None else self.mach_max
        most = math.inf if self.pressure_max_pa is None else self.pressure_max_pa
        return hg.Gate(highest, mach, self.pressure_min_pa or 0.0, most)

    def asked(self) -> str:
        """The gate in words."""
        said = [f"at or below {self.altitude_m / 1e3:.4g} km"]
        said += [] if self.mach_max is None else [f"at Mach {self.mach_max:.3g} or less"]
        said += [] if not self.pressure_min_pa else [f"with {self.pressure_min_pa:.0f} Pa of dynamic pressure or more"]
        said += [] if self.pressure_max_pa is None else [f"with {self.pressure_max_pa:.0f} Pa or less"]
        return ", ".join(said)

    def never(self, name: str, rows: Array) -> str:
        """Why a canopy never opened on the way that the rows (n, COLUMNS) tell, and what would do."""
        pressure = 0.5 * rows[:, hg.DENSITY] * rows[:, hg.FLOW] ** 2
        low = rows[:, hg.HEIGHT] <= self.gate.height_m
        if not low.any():
            return f"the {name} never came to open {self.asked()}; a higher {name}.altitude would do"
        slowest, least, most = float(rows[low, hg.MACH].min()), float(pressure[low].min()), float(pressure[low].max())
        was = f"below {self.altitude_m / 1e3:.4g} km it was at Mach {slowest:.3g} or more and between {least:.0f} and {most:.0f} Pa"
        return f"the {name} may open {self.asked()}, and {was}; a gate within these would do"
