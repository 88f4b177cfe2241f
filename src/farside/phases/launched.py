"""What a launch leaves on its course: the rows of the closed loop as arcs, events, burns, and what fell off on the way."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.craft.launcher import TUMBLING_DRAG, Launcher
from farside.craft.module import STANDARD_GRAVITY_M_S2, Craft, Gone, Orbit
from farside.dynamics.arcs import Mode
from farside.dynamics.falling import Fall, fall
from farside.dynamics.launching import FAIRING, LOAD, PRESSURE, RATE, SEGMENT, TANKS
from farside.dynamics.rocket import CORE_WAIT, PARTING, UPPER, Air
from farside.dynamics.world import Point, hermite_arc
from farside.guidance.command import sweep, vector
from farside.phases.course import Course
from farside.phases.departure import Burner
from farside.phases.leg import Attitude, Burn, Throttled
from farside.planning.launch import LaunchAscent

Array = NDArray[np.float64]
BURNS = ("liftoff", "core_burn", "upper_burn")  # of boosters, core and upper stage; the core lights with the boosters


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
    gone: list[Craft] = field(default_factory=list)

    def tell(self, ascent: LaunchAscent) -> None:
        """Everything that happened, onto the course."""
        rows, course = self.rows, self.course
        course.note("liftoff", heading_deg=math.degrees(ascent.heading_rad), pitch_over_deg=math.degrees(ascent.pitch_over_rad))
        whole = course.craft
        for first, last in unbroken(rows):
            part = rows[first:last]
            if len(part) > 1:
                thrust = float(part[1:, 8].mean())
                mode: Mode = "burn" if thrust > 0.0 else "coast"
                course.arcs.append(hermite_arc("earth", mode, part[:, 0], part[:, 1:8], part[:, RATE : RATE + 7], thrust))
            self.arrive(part[-1])
            if last < len(rows):
                self.parting(last)
        course.burns.extend(burn for g in range(3) for burn in self.burned(g, whole))
        course.after = (course.craft, *self.gone)

    def arrive(self, row: Array) -> None:
        """The craft as it is at a row: place, epoch, tanks."""
        craft = replace(self.course.craft, epoch_s=float(row[0]), place=Orbit("earth", vector(row[1:4]), vector(row[4:7])))
        for burner, left in zip(self.parts.burners, row[TANKS : TANKS + 3], strict=True):
            if burner.module in craft.module_names:
                craft = craft.with_module(replace(craft.module(burner.module), propellant_kg=float(left)))
        self.course.craft = craft

    def parting(self, k: int) -> None:
        """What was left behind between row k - 1 and row k, which are at one epoch."""
        before, after, boosters, core = self.rows[k - 1], self.rows[k], self.launcher.boosters, self.launcher.core
        if before[FAIRING] > after[FAIRING]:
            shell = self.launcher.fairing
            self.leave("fairing_separation", self.parts.fairing, 0.5 * shell.mass_kg, shell.tumbling_m2)
        elif before[SEGMENT] == PARTING:
            self.leave("booster_separation", self.parts.burners[0].module, boosters.dry_kg, boosters.tumbling_m2)
        elif before[SEGMENT] == CORE_WAIT:
            self.leave("core_separation", self.parts.burners[1].module, core.dry_kg, core.tumbling_m2)

    def leave(self, event: str, module: str, mass_kg: float, area_m2: float) -> None:
        """Note the separation, with where one body of what was left falls; the craft goes on without the module."""
        course = self.course
        point = Point("earth", course.craft.epoch_s, np.array([*course.point.y[:6], mass_kg]))
        found = fall(course.world, point, TUMBLING_DRAG * area_m2, self.air)
        course.note(event, **impact_data(found))
        where = f"{math.degrees(found.latitude_rad):.2f} N {math.degrees(found.longitude_rad):.2f} E" if found else "not within hours"
        craft = course.craft
        self.gone.append(Craft(module, (craft.module(module),), craft.epoch_s, Gone("falls to the Earth", where)))
        course.craft = replace(craft, modules=tuple(m for m in craft.modules if m.name != module))

    def burned(self, group: int, whole: Craft) -> list[Burn]:
        """The burn of one group of engines, if it burned; thrust is that which its flow would have in vacuum."""
        rows, burner, steps = self.rows, self.parts.burners[group], np.diff(self.rows[:, 0])
        spent = -np.diff(rows[:, TANKS + group])
        on = np.flatnonzero((spent > 0.0) & (steps > 0.0))
        if not on.size:
            return []
        engine = whole.module(burner.module).engine(burner.engine)
        thrusts, axes = engine.exhaust_speed_m_s * spent[on] / steps[on], rows[on + 1, 9:12]
        first, last, used = rows[on[0]], rows[on[-1] + 1], float(spent[on].sum())
        delta_v = float(np.sum(thrusts * steps[on] / (0.5 * (rows[on, 7] + rows[on + 1, 7]))))
        turn = sweep(axes[0], float(first[0]), axes[-1], float(last[0]))
        return [
            Burn(
                BURNS[group],
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
