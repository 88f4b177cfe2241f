"""What a launch leaves on its course: the rows of the closed loop as arcs, events, burns, and what fell off on the way.

Each set of joined modules has a leg of its own, from liftoff or a parting to the next; a stage that burns on over a parting has a burn in
either leg. Arcs are of the mode `flying`, whether there is thrust or not: they are in air.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.craft.launcher import TUMBLING_DRAG, Launcher
from farside.craft.module import STANDARD_GRAVITY_M_S2, Craft, Gone, Orbit
from farside.dynamics.falling import Fall, fall
from farside.dynamics.launching import FAIRING, LOAD, PRESSURE, RATE, SEGMENT, TANKS
from farside.dynamics.rocket import CORE_WAIT, PARTING, UPPER, Air
from farside.dynamics.world import Point, hermite_arc
from farside.guidance.command import sweep, vector
from farside.phases.air_histories import launch_history
from farside.phases.course import Course
from farside.phases.departure import Burner
from farside.phases.leg import Attitude, Burn, Throttled
from farside.planning.plan import AscentPlan

Array = NDArray[np.float64]
BURNS = ("liftoff", "core_burn_{}", "upper_burn_{}")  # of boosters, core and upper stage; the core lights with the boosters


@dataclass(frozen=True)
class Parts:
    """Which modules the groups of engines are on, in the order of `dynamics.launching`, and the fairing."""

    burners: tuple[Burner, Burner, Burner]
    fairing: str


@dataclass
class Launched:
    """The telling of one launch: rows of `dynamics.launching`, in the order in which things happened."""

    course: Course
    rows: Array
    parts: Parts
    launcher: Launcher
    air: Air
    burned: Counter[int] = field(default_factory=Counter)  # how many burns each group of engines has had

    def tell(self, ascent: AscentPlan) -> None:
        """Everything that happened, onto the course."""
        self.course.note("liftoff", heading_deg=math.degrees(ascent.heading_rad), pitch_over_deg=math.degrees(ascent.pitch_over_rad))
        begun = 0
        for k in range(1, len(self.rows)):
            lost = self.lost(k)
            if lost is not None:
                self.stretch(self.rows[begun:k])
                self.leave(*lost)
                begun = k
        self.stretch(self.rows[begun:])

    def lost(self, k: int) -> tuple[str, str, float, float] | None:
        """What is left behind between row k - 1 and row k: the event, the module, mass and mean area of one body that falls; or nothing."""
        before, after, boosters, core = self.rows[k - 1], self.rows[k], self.launcher.boosters, self.launcher.core
        if before[FAIRING] > after[FAIRING]:
            shell = self.launcher.fairing
            return "fairing_separation", self.parts.fairing, 0.5 * shell.mass_kg, shell.tumbling_m2
        if before[SEGMENT] == PARTING < after[SEGMENT]:
            return "booster_separation", self.parts.burners[0].module, boosters.dry_kg, boosters.tumbling_m2
        if before[SEGMENT] == CORE_WAIT < after[SEGMENT]:
            return "core_separation", self.parts.burners[1].module, core.dry_kg, core.tumbling_m2
        return None

    def stretch(self, rows: Array) -> None:
        """The rows of one leg as arcs, burns and history, and the craft at their end."""
        course, whole = self.course, self.course.craft
        for first, last in unbroken(rows):
            part, load = rows[first:last], self.lighter(whole, rows[0], rows[first])
            if len(part) > 1:
                states = part[:, 1:8].copy()
                states[:, 6] = load.mass_kg - (part[0, TANKS : TANKS + 3] - part[:, TANKS : TANKS + 3]).sum(axis=1)  # to the last digit
                course.arcs.append(hermite_arc("earth", "flying", part[:, 0], states, part[:, RATE : RATE + 7], float(part[1:, 8].mean())))
                course.loads.append(load.modules)
        course.burns.extend(burn for group in range(3) for burn in self.burns(group, rows, whole))
        course.history = launch_history(rows, course.world.sky)
        end = rows[-1]
        place = Orbit("earth", vector(end[1:4]), vector(end[4:7]))
        course.craft = replace(self.lighter(whole, rows[0], end), epoch_s=float(end[0]), place=place)

    def lighter(self, craft: Craft, first: Array, row: Array) -> Craft:
        """A craft of the first row without the propellant burned between that row and another."""
        for group, burner in enumerate(self.parts.burners):
            if burner.module in craft.module_names:
                craft = craft.with_module(craft.module(burner.module).burned(float(first[TANKS + group] - row[TANKS + group])))
        return craft

    def leave(self, event: str, module: str, mass_kg: float, area_m2: float) -> None:
        """Note the separation, with where one body of what was left falls; the craft goes on without the module."""
        course = self.course
        point = Point("earth", course.craft.epoch_s, np.array([*course.point.y[:6], mass_kg]))
        found = fall(course.world, point, TUMBLING_DRAG * area_m2, self.air)
        course.note(event, **impact_data(found))
        where = f"{math.degrees(found.latitude_rad):.2f} N {math.degrees(found.longitude_rad):.2f} E" if found else "not within hours"
        course.part(module, (module,), Gone("falls to the Earth", where))

    def burns(self, group: int, rows: Array, whole: Craft) -> list[Burn]:
        """The burn of one group of engines in these rows, if it burned; thrust is that which its flow would have in vacuum."""
        burner, steps = self.parts.burners[group], np.diff(rows[:, 0])
        spent = -np.diff(rows[:, TANKS + group])
        on = np.flatnonzero((spent > 0.0) & (steps > 0.0))
        if not on.size:
            return []
        self.burned[group] += 1
        engine = whole.module(burner.module).engine(burner.engine)
        thrusts, axes = engine.exhaust_speed_m_s * spent[on] / steps[on], rows[on + 1, 9:12]
        first, last, used = rows[on[0]], rows[on[-1] + 1], float(rows[0, TANKS + group] - rows[-1, TANKS + group])
        delta_v = float(np.sum(thrusts * steps[on] / (0.5 * (rows[on, 7] + rows[on + 1, 7]))))
        turn = sweep(axes[0], float(first[0]), axes[-1], float(last[0]))
        return [
            Burn(
                BURNS[group].format(self.burned[group]),
                self.course.phase,
                whole.name,
                burner.module,
                burner.engine,
                "earth",
                float(first[0]),
                float(last[0]),
                engine.exhaust_speed_m_s * used / float(last[0] - first[0]),
                engine.isp_s,
                float(first[7]),
                used,
                delta_v,
                Attitude(turn.axis, turn.toward, turn.rate_rad_s, turn.reference_s),
                Throttled(rows[on, 0].copy(), thrusts, axes.copy()),
            )
        ]

    def note_orbit(self) -> None:
        """The parking orbit, with what the way there took."""
        rows = self.rows
        worst = int(rows[:, PRESSURE].argmax())
        self.course.note(
            "parking_orbit",
            duration_s=float(rows[-1, 0] - rows[0, 0]),
            propellant_left_kg=float(rows[-1, TANKS + UPPER]),
            highest_load_g=float(rows[:, LOAD].max()) / STANDARD_GRAVITY_M_S2,
            highest_dynamic_pressure_pa=float(rows[worst, PRESSURE]),
            highest_dynamic_pressure_after_s=float(rows[worst, 0] - rows[0, 0]),
        )


def unbroken(rows: Array) -> list[tuple[int, int]]:
    """The stretches of rows (first, last + 1) without a parting or a change of thrust in them: those have two rows at one epoch."""
    cuts = [k for k in range(1, len(rows)) if rows[k, 0] == rows[k - 1, 0]]
    ends = [0, *cuts, len(rows)]
    return list(itertools.pairwise(ends))


def impact_data(found: Fall | None) -> dict[str, Any]:
    """Where a body falls, and the ellipse around it, as an event tells it; nothing for one that stays up."""
    if found is None:
        return {}
    return {
        "impact_latitude_deg": math.degrees(found.latitude_rad),
        "impact_longitude_deg": math.degrees(found.longitude_rad),
        "impact_along_km": found.along_m / 1e3,
        "impact_across_km": found.across_m / 1e3,
        "impact_azimuth_deg": math.degrees(found.azimuth_rad),
        "impact_speed_m_s": found.speed_m_s,
    }
