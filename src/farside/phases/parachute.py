"""The parachutes: from where the entry ends, under drogue and main, to the ground in the wind.

The capsule falls on with its shell in the air and the wind of the entry before, those of this run, until height, Mach number and dynamic
pressure let the drogue open, and under it until they let the main open, for which the drogue is let go. A canopy that is loaded beyond
its limit tears, and the capsule falls on without it. Motion: `dynamics.hanging`; canopies: `craft.parachute`. *Limits*: nobody steers any
more; switches and pressure gauges are perfect; the ground is as high everywhere as the recovery site.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.declaration import Declaration, Fraction, Name, Speed
from farside.basis.epochs import utc_from_tdb
from farside.craft.module import Gone, Landed, Orbit
from farside.craft.parachute import CLOSED, Opening
from farside.dynamics import hanging as hg
from farside.dynamics.flying import Body
from farside.dynamics.world import hermite_arc
from farside.environment.orientation import ground_velocity
from farside.guidance.command import vector
from farside.guidance.interface import local_axes
from farside.phases.air_histories import fall_history
from farside.phases.canopies import CanopyTable
from farside.phases.course import Course, LegEnded
from farside.phases.entry import LEAST_FACTOR, Entry
from farside.phases.entry_end import miss_m
from farside.phases.leg import Outcome

Array = NDArray[np.float64]


class Parachute(Declaration):
    """The fall of `craft` from where the entry left it, under `drogue` and `main`, to the ground.

    A landing faster than the two limits is an impact. `drag_error` is one sigma of the drag of each canopy.
    """

    name: Name
    kind: Literal["parachute"]
    craft: Name
    drogue: CanopyTable
    main: CanopyTable
    vertical_speed_max_m_s: Speed = Field(alias="vertical_speed_max")
    horizontal_speed_max_m_s: Speed = Field(alias="horizontal_speed_max")
    drag_error: Fraction

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Parachute:
        if self.main.altitude_m > self.drogue.altitude_m:
            raise ValueError("main.altitude must not be more than drogue.altitude: the main opens after the drogue")
        return self

    def fly(self, course: Course) -> None:
        falling = self.falling(course)
        rows = falling.down(CLOSED, self.drogue.gate)
        if falling.status != hg.GATE:
            falling.struck(self.drogue.never("drogue", rows))
        rows = self.under(falling, "drogue", self.drogue, self.main.gate)
        if falling.status != hg.GATE:
            falling.struck(f"{self.main.never('main', rows)}; under the drogue all the way")
        self.under(falling, "main", self.main, hg.NO_GATE)
        self.landed(course, falling)

    def falling(self, course: Course) -> Falling:
        """The craft in the air and the wind of this run, over the ground of the recovery site."""
        setting, goal = course.setting, course.setting.entry
        assert goal is not None
        entry = next(phase for phase in setting.phases if isinstance(phase, Entry))
        return Falling(course, entry.body(setting, entry.taken_for(goal)), setting.sites[setting.recovery_site].altitude_m)

    def under(self, falling: Falling, name: str, table: CanopyTable, gate: hg.Gate) -> Array:
        """Open a canopy, reefed first if it is declared so, and fall under it: the rows; ends the leg when it tears."""
        course = falling.course
        drawn = float(course.setting.draws.normal(self.name, f"{name} drag")[0])
        opened, first = table.made.openings(max(LEAST_FACTOR, 1.0 + self.drag_error * drawn)), len(course.arcs)
        rows = np.empty((0, hg.COLUMNS))
        for opening in opened:
            reefed = opening is not opened[-1]
            seconds = table.reefed_for_s if reefed else None
            then = falling.down(opening, hg.NO_GATE if reefed else gate, seconds, table.load_limit_n)
            rows = np.concatenate([rows, then])
            if falling.overload_n or falling.status == hg.GROUND:
                break
        falling.tell_opening(name, table, opened[-1].to_m2, first, rows)
        if falling.overload_n:
            self.torn(falling, name, table)
        return rows

    def torn(self, falling: Falling, name: str, table: CanopyTable) -> NoReturn:
        """Fall on without a canopy that was loaded too much."""
        load_n, limit_n = falling.overload_n, table.load_limit_n
        falling.course.note(f"{name}_torn", load_n=load_n, load_limit_n=limit_n)
        falling.down(CLOSED, hg.NO_GATE)
        over = f"the {name} tears, for its opening load is {load_n / 1e3:.1f} kN, {limit_n / 1e3:.1f} are allowed"
        slower = "a larger drogue, a lower main.altitude" if name == "main" else "a lower drogue.altitude"
        falling.struck(f"{over}; {slower}, reefing or a stronger canopy would do")

    def landed(self, course: Course, falling: Falling) -> None:
        """The touch of the ground under the main, and whether it was slow enough."""
        down, across = falling.speeds()
        goal, site, point = course.setting.entry, course.setting.recovery_site, course.point
        assert goal is not None
        miss = miss_m(goal, point.epoch_s, point.r_m)
        course.note("landing", vertical_speed_m_s=down, horizontal_speed_m_s=across, target_miss_m=miss)
        fixed = vector(icrf_to_itrf(point.epoch_s) @ point.r_m)
        course.craft = replace(course.craft, place=Landed("earth", fixed, site))
        most = self.vertical_speed_max_m_s, self.horizontal_speed_max_m_s
        said = f"lands at {down:.1f} m/s down and {across:.1f} m/s across"
        if down > most[0] or across > most[1]:
            softer = "a larger main" if down > most[0] else "less wind"
            raise LegEnded(Outcome.IMPACT, f"{self.name}: {said}, allowed are {most[0]:.1f} and {most[1]:.1f}; {softer} would do")
        course.advice = f"{said}, {miss / 1e3:.2f} km from the site"


@dataclass
class Falling:
    """A craft on its way down: its course, what the air does to it, how high the ground lies [m]; how the last fall ended.

    `told` are the rows of each fall so far; `overload_n` is the opening load that a canopy did not take, zero as long as none tore.
    """

    course: Course
    body: Body
    ground_m: float
    status: int = field(default=hg.TIME_OUT, init=False)
    overload_n: float = field(default=0.0, init=False)
    told: list[Array] = field(default_factory=list, init=False)

    def down(self, opening: Opening, gate: hg.Gate, seconds: float | None = None, limit_n: float = np.inf) -> Array:
        """Fall with a canopy, or none, to the ground, the gate, for so long, or until a force passes its limit: the rows."""
        course, point = self.course, self.course.point
        longest = hg.LONGEST_S if seconds is None else seconds
        self.status, rows = hg.fall(course.world, point.epoch_s, point.y, self.body, self.ground_m, opening, gate, longest)
        over = np.flatnonzero(rows[:, hg.PULL] > limit_n)
        if over.size:
            self.overload_n = float(rows[:, hg.PULL].max())
            rows = rows[: max(2, int(over[0]) + 1)]
        elif self.status == hg.TIME_OUT and seconds is None:
            late = f"{rows[-1, hg.HEIGHT] - self.ground_m:.0f} m above the ground after {longest / 3600.0:.0f} h"
            raise LegEnded(Outcome.TARGET_MISSED, f"{course.phase}: {late}; a smaller canopy would do")
        self.take_over(opening, rows)
        return rows

    def take_over(self, opening: Opening, rows: Array) -> None:
        """The rows of a fall as an arc, and the craft at their end."""
        course, forces = self.course, self.course.world.forces("earth")
        if len(rows) > 1:
            states = np.ascontiguousarray(rows[:, hg.PLACE : hg.PLACE + 8])
            rates = [hg.fall_rate(row[hg.EPOCH], y, self.body, opening, forces)[:7] for row, y in zip(rows, states, strict=True)]
            course.arcs.append(hermite_arc("earth", "flying", rows[:, hg.EPOCH], states[:, :7], np.array(rates)))
            course.loads.append(course.craft.modules)
            self.told.append(rows)
            course.history = fall_history(self.told, course.world.sky)
        end = rows[-1]
        place = Orbit("earth", vector(end[hg.PLACE : hg.PLACE + 3]), vector(end[hg.SPEED : hg.SPEED + 3]))
        course.craft = replace(course.craft, epoch_s=float(end[hg.EPOCH]), place=place)

    def tell_opening(self, name: str, table: CanopyTable, area_m2: float, first: int, rows: Array) -> None:
        """Note the opening of a canopy whose arcs are those from the `first` on."""
        peak, begins = int(np.argmax(rows[:, hg.PULL])), rows[0]
        told = {
            "mach": float(begins[hg.MACH]),
            "dynamic_pressure_pa": float(0.5 * begins[hg.DENSITY] * begins[hg.FLOW] ** 2),
            "air_speed_m_s": float(begins[hg.FLOW]),
            "drag_area_m2": area_m2,
            "opening_load_n": float(rows[peak, hg.PULL]),
            "opening_load_limit_n": table.load_limit_n,
            "load_g": float(rows[:, hg.LOAD].max()),
            "peak_after_s": float(rows[peak, hg.EPOCH] - begins[hg.EPOCH]),
        }
        if first < len(self.course.arcs):
            self.course.note_at(name, self.course.arcs[first], float(begins[hg.EPOCH]), **told)
        else:
            self.course.note(name, **told)

    def speeds(self) -> tuple[float, float]:
        """Speed down and across the ground [m/s], relative to the turning Earth."""
        point = self.course.point
        turn = icrf_to_itrf(point.epoch_s)
        latitude, longitude, _ = geodetic_from_itrf(*(turn @ point.r_m))
        up, east, north = local_axes(latitude, longitude)
        over = turn @ ground_velocity("earth", point.r_m, point.v_m_s, point.epoch_s, self.course.world.sky)
        return -float(over @ up), float(np.hypot(over @ east, over @ north))

    def struck(self, why: str) -> NoReturn:
        """The end on the ground without a main parachute."""
        down, across = self.speeds()
        course = self.course
        course.note("impact", vertical_speed_m_s=down, horizontal_speed_m_s=across)
        at = utc_from_tdb(course.craft.epoch_s)
        course.craft = replace(course.craft, place=Gone("struck the earth", f"at {at}"))
        raise LegEnded(Outcome.IMPACT, f"{course.phase}: {course.craft.name} strikes the Earth at {down:.0f} m/s, {at}: {why}")
