"""Launchers: stages as a table, in the order in which they burn, and the one that flies here.

*Model*: boosters and core burn together from the pad, the core on alone, then the upper stage; thrust is that in vacuum less the air's
pressure on the nozzles' mouths, whose area follows from the thrust at sea level. *Limits*: all propellant of a stage can be burned (lines
keep some of it in truth, up to a percent), engines start and stop at once. The numbers were settled before the first flight, reasons in
`design/launcher.md`, and are not fitted to any flight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from farside.craft.module import STANDARD_GRAVITY_M_S2

SEA_LEVEL_PA = 101325.0  # exact, standard atmosphere


@dataclass(frozen=True, slots=True)
class RocketEngine:
    """All engines of one stage together. `throttle_min`: the least share of full thrust; 1 for engines that are not throttled."""

    thrust_vacuum_n: float
    thrust_sea_level_n: float
    isp_vacuum_s: float
    throttle_min: float = 1.0

    @property
    def exhaust_m_s(self) -> float:
        """Exhaust speed in vacuum."""
        return self.isp_vacuum_s * STANDARD_GRAVITY_M_S2

    @property
    def flow_kg_s(self) -> float:
        """Mass flow at full thrust; the same in air and in vacuum."""
        return self.thrust_vacuum_n / self.exhaust_m_s

    @property
    def mouth_m2(self) -> float:
        """Area of the nozzles' mouths on which the air presses."""
        return (self.thrust_vacuum_n - self.thrust_sea_level_n) / SEA_LEVEL_PA

    @property
    def isp_sea_level_s(self) -> float:
        return self.thrust_sea_level_n / (self.flow_kg_s * STANDARD_GRAVITY_M_S2)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, or `count` of a kind that burn together; masses, diameter and length are of one, the engine is that of one."""

    count: int
    gross_kg: float
    propellant_kg: float
    engine: RocketEngine
    diameter_m: float
    length_m: float

    @property
    def dry_kg(self) -> float:
        return self.gross_kg - self.propellant_kg

    @property
    def front_m2(self) -> float:
        """The area that all of them turn to the wind, flying nose first."""
        return 0.25 * math.pi * self.count * self.diameter_m**2

    @property
    def tumbling_m2(self) -> float:
        """The mean area that one of them turns to the wind as it tumbles: a quarter of the surface (Cauchy), as of any convex body."""
        return 0.25 * math.pi * self.diameter_m * (self.length_m + 0.5 * self.diameter_m)

    @property
    def burn_s(self) -> float:
        """How long the propellant lasts at full thrust."""
        return self.propellant_kg / self.engine.flow_kg_s


@dataclass(frozen=True, slots=True)
class Fairing:
    """The shells around the payload."""

    mass_kg: float
    diameter_m: float
    length_m: float

    @property
    def front_m2(self) -> float:
        return 0.25 * math.pi * self.diameter_m**2

    @property
    def tumbling_m2(self) -> float:
        """The mean area that one of its two shells turns to the wind: a quarter of its two faces."""
        return 0.25 * math.pi * self.diameter_m * self.length_m


@dataclass(frozen=True, slots=True)
class Sequence:
    """What the sequencer of a launcher does by itself: waits after a burn-out, and two limits.

    The fairing goes when the heating of free molecules, half density times speed cubed, has fallen below `fairing_w_m2`, boosters having
    gone; boosters throttle so that the acceleration stays below `load_m_s2`.
    """

    booster_wait_s: float
    core_wait_s: float
    ignition_wait_s: float
    fairing_w_m2: float
    load_m_s2: float


@dataclass(frozen=True, slots=True)
class Launcher:
    """A launcher without its payload. `mach` and `drag`: the drag coefficient by Mach number, of the area in front."""

    name: str
    boosters: Stage
    core: Stage
    upper: Stage
    fairing: Fairing
    sequence: Sequence
    mach: tuple[float, ...]
    drag: tuple[float, ...]
    source: str

    def liftoff_kg(self, payload_kg: float) -> float:
        """The mass on the pad."""
        stages = (self.boosters, self.core, self.upper)
        return sum(stage.count * stage.gross_kg for stage in stages) + self.fairing.mass_kg + payload_kg


TUMBLING_DRAG = 1.0  # assumed: a blunt body in fast air, at every attitude
MACH = (0.0, 0.6, 0.9, 1.1, 1.5, 2.0, 3.0, 5.0, 8.0, 20.0)
DRAG = (0.32, 0.32, 0.42, 0.55, 0.50, 0.42, 0.33, 0.26, 0.22, 0.20)
"""assumed: the curve of a slender rocket at no angle of attack (that of the V-2, Sutton & Biblarz, Rocket Propulsion Elements, figure 4-3,
has the same shape and peaks at 0.4), a third higher for noses side by side."""

LONG_MARCH_5 = Launcher(
    "long_march_5",
    boosters=Stage(
        4,
        gross_kg=156.6e3,  # facts 3.1, newer
        propellant_kg=142.8e3,  # facts 3.1, newer
        engine=RocketEngine(2680e3, 2400e3, 335.0, 0.65),  # facts 3.1; throttle assumed: YF-100 goes down to 65 %, from memory
        diameter_m=3.35,  # facts 3.1
        length_m=27.6,  # facts 3.1
    ),
    core=Stage(
        1,
        gross_kg=186.9e3,  # facts 3.1, newer
        propellant_kg=165.3e3,  # facts 3.1, newer
        engine=RocketEngine(1400e3, 1020e3, 428.0),  # facts 3.1: of 428 to 430 s the one nearer to its 310 s at sea level
        diameter_m=5.0,  # facts 3.1
        length_m=33.2,  # facts 3.1, newer
    ),
    upper=Stage(
        1,
        gross_kg=36.0e3,  # facts 3.1, newer: the older ones cannot be
        propellant_kg=29.1e3,  # facts 3.1, newer
        engine=RocketEngine(176.5e3, 176.5e3, 442.0),  # facts 3.1; it never burns in air, so no mouth is needed
        diameter_m=5.0,  # facts 3.1
        length_m=11.5,  # facts 3.1, newer
    ),
    fairing=Fairing(3.2e3, 5.2, 12.3),  # facts 3.1: the middle of 2.4 to 4 t; length assumed: the short one, from memory
    sequence=Sequence(
        booster_wait_s=0.5,  # assumed: bolts and small rockets that push aside, after the thrust has gone
        core_wait_s=3.0,  # assumed: the thrust of a hydrogen engine tails off before the stages part
        ignition_wait_s=5.0,  # assumed: two stages' distance, and the propellants settled
        fairing_w_m2=1135.0,  # assumed: what satellites are commonly promised (0.1 BTU a square foot and second)
        load_m_s2=5.0 * STANDARD_GRAVITY_M_S2,  # assumed: satellites of this class are built for five to six times their weight
    ),
    mach=MACH,
    drag=DRAG,
    source="facts 3.1, the newer of its two tables; assumed: throttling, drag, sequence, the fairing's length",
)

LAUNCHERS = {LONG_MARCH_5.name: LONG_MARCH_5}
"""The stage tables by the name that mission files call them."""
