"""Through the air: an entry at constant bank that skips, and a capsule under its parachute; by farside and by what else would do it.

    python -m benchmarks.air

The entry is that of Chang'e-6's capsule from 120 km, lift up all the way, 900 s: out of the air and in again. The fall is 310 kg under
39 m2 of drag area from 5 km, full at once, US 1976 and no wind, to sea level. RocketPy flies it as a rocket that is under its parachute
from the first moment, with its own gravity, atmosphere and added mass of air in the canopy. Errors are from each one's own answer at the
tightest.
"""

from __future__ import annotations

import functools
import logging
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.coast import loosest
from benchmarks.measure import CHECKOUT, Entrant, Row, contest, machine, metres, show
from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.craft.aeroshell import Shell
from farside.craft.parachute import Opening
from farside.dynamics.flying import Body, Gliding, gliding_rate
from farside.dynamics.forces import no_stop
from farside.dynamics.hanging import HEIGHT, STEPS_A_ROW, above_ground, at_height, fall_loop, fall_rate
from farside.dynamics.propagate import propagate
from farside.environment.atmosphere import standard_profile
from farside.environment.wind import calm
from farside.phases.entry_alone import read_alone, world_of

Array = NDArray[np.float64]
SKIP_S = 900.0
TOLERANCES = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11)
MASS_KG, AREA_M2, FROM_M, SPEED_M_S = 310.0, 39.0, 5000.0, 15.0
GOOD_S = 0.01  # of the time of a fall: ten centimetres of height
OPEN = Opening(AREA_M2, AREA_M2, 1.0, 1.0, 1.0)  # full from the first moment
LATITUDE_DEG = -90.0  # where nothing turns


@dataclass(frozen=True)
class Skip:
    """An entry without guidance."""

    epoch_s: float
    y: Array
    model: Gliding


def skip() -> Skip:
    """Chang'e-6's capsule at 120 km, lift up all the way."""
    alone = read_alone(CHECKOUT / "missions" / "entries" / "change6.toml")
    begins = alone.begins
    point, body = begins.interface.point(begins.epoch_s, begins.mass_kg), Body(alone.entry.shell.shell(), standard_profile(), calm())
    return Skip(begins.epoch_s, point.y, Gliding(world_of(begins.epoch_s).forces("earth"), no_stop, body, 0.0, 0.0, begins.epoch_s))


def by_farside(one: Skip, seconds: float, tolerance: float) -> Array:
    return propagate(one.epoch_s, one.y, one.epoch_s + seconds, one.model, tolerance).states[-1, :3]


def by_scipy(one: Skip, seconds: float, method: str, tolerance: float) -> Array:
    """SciPy driving farside's compiled equations."""
    from scipy.integrate import solve_ivp

    def slope(elapsed_s: float, y: Array) -> tuple[float, ...]:
        return tuple(gliding_rate(one.epoch_s + elapsed_s, y, one.model))

    near = tolerance * np.array([1e4, 1e4, 1e4, 10.0, 10.0, 10.0, 1.0])
    return np.asarray(solve_ivp(slope, (0.0, seconds), one.y, method=method, rtol=tolerance, atol=near).y[:3, -1])


def skips(seconds: float, rounds: int) -> list[Row]:
    """The entry, to a metre at its end."""
    one = skip()
    truth, entrants = by_farside(one, seconds, 1e-13), []
    ways = {"farside": functools.partial(by_farside, one, seconds)}
    ways |= {f"SciPy {name}, farside's equations": functools.partial(by_scipy, one, seconds, name) for name in ("DOP853", "LSODA")}
    for tool, fly in ways.items():
        good, error_m = loosest(fly, truth, TOLERANCES)
        entrants.append(Entrant(tool, f"{good:.0e}", functools.partial(fly, good), metres(error_m), "0"))
    return contest(entrants, rounds)


@dataclass(frozen=True)
class Fall:
    """A capsule under its open canopy above the South pole."""

    epoch_s: float
    y: Array
    body: Body
    forces: Any
    opening: Opening

    @property
    def start(self) -> Array:
        return np.append(self.y, 10.0)  # of its way through the air: the canopy is full


def falling() -> Fall:
    """Down at 15 m/s, at rest with the turning Earth otherwise."""
    begins = read_alone(CHECKOUT / "missions" / "entries" / "change6.toml").begins
    epoch_s, shell = begins.epoch_s, Shell(1.0, np.array([0.0, 30.0]), np.zeros(2), np.zeros(2))
    down = icrf_to_itrf(epoch_s).T @ np.array(itrf_from_geodetic(np.radians(LATITUDE_DEG), 0.0, FROM_M))
    spin = EARTH_ROTATION_RATE_RAD_S * icrf_to_itrf(epoch_s)[2]
    v = np.cross(spin, down) - SPEED_M_S * down / np.linalg.norm(down)
    return Fall(epoch_s, np.array([*down, *v, MASS_KG]), Body(shell, standard_profile(), calm()), world_of(epoch_s).forces("earth"), OPEN)


def fall_seconds(one: Fall, step_s: float) -> float:
    """Seconds to sea level by farside's loop, with steps of that length."""
    never, rows = at_height(-np.inf), round(800.0 / (step_s * STEPS_A_ROW))
    _, found = fall_loop(one.epoch_s, one.start, step_s, STEPS_A_ROW, rows, np.inf, 0.0, never, one.body, one.opening, one.forces)
    assert abs(found[-1, HEIGHT]) < 1e-3
    return float(found[-1, 0] - one.epoch_s)


def fall_by_scipy(one: Fall, tolerance: float) -> float:
    """The same by SciPy's DOP853 and its event."""
    from scipy.integrate import solve_ivp

    def slope(elapsed_s: float, y: Array) -> tuple[float, ...]:
        return tuple(fall_rate(one.epoch_s + elapsed_s, y, one.body, one.opening, one.forces))

    def height(elapsed_s: float, y: Array) -> float:
        return float(above_ground(one.epoch_s + elapsed_s, y, 0.0, one.body, one.forces))

    height.terminal = True  # type: ignore[attr-defined]
    near = tolerance * np.array([1e3, 1e3, 1e3, 10.0, 10.0, 10.0, 1.0, 1e3])
    return float(solve_ivp(slope, (0.0, 800.0), one.start, method="DOP853", rtol=max(tolerance, 3e-14), atol=near, events=height).t[-1])


def rocket() -> Any:
    """RocketPy's fall of the same capsule, as a function of its tolerance."""
    import rocketpy

    logging.getLogger("rocketpy").setLevel(logging.ERROR)  # it warns that the parachute opens with the flight, which is meant
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        air = rocketpy.Environment(latitude=LATITUDE_DEG, longitude=0.0, elevation=0.0)
        air.set_atmospheric_model(type="standard_atmosphere")
        capsule = rocketpy.Rocket(
            radius=0.6, mass=MASS_KG, inertia=(50.0, 50.0, 50.0), power_off_drag=0.0, power_on_drag=0.0, center_of_mass_without_motor=0.0
        )
        capsule.add_parachute("main", cd_s=AREA_M2, trigger=lambda p, h, y: True, sampling_rate=100, lag=0.0)

    def fly(tolerance: float) -> float:
        begin = [0.0, 0.0, 0.0, FROM_M, 0.0, 0.0, -SPEED_M_S, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        return float(
            rocketpy.Flight(
                rocket=capsule, environment=air, rail_length=1.0, inclination=90.0, initial_solution=begin,
                rtol=tolerance, atol=tolerance, max_time=2000.0,
            ).t_final
        )  # fmt: skip

    return fly


def falls(rounds: int) -> list[Row]:
    """The fall, its time to a hundredth of a second."""
    one, entrants = falling(), []
    truth = fall_seconds(one, 0.01)
    ways: dict[str, tuple[Any, tuple[float, ...], float]] = {
        "farside": (functools.partial(fall_seconds, one), (0.5, 0.25, 0.1, 0.05, 0.025), 0.01),
        "SciPy DOP853, farside's equations": (functools.partial(fall_by_scipy, one), TOLERANCES, 1e-13),
    }
    absent = ""
    try:
        ways["RocketPy"] = (rocket(), TOLERANCES, 1e-11)
    except ImportError as missing:
        absent = f"not here: {missing}"
    for tool, (fly, grades, tight) in ways.items():
        own = fly(tight)
        good = next(x for x in (*grades, tight) if abs(fly(x) - own) < GOOD_S)
        how = f"{good:g} s" if tool == "farside" else f"{good:.0e}"
        entrants.append(Entrant(tool, how, functools.partial(fly, good), f"{abs(fly(good) - own):.1g} s", f"{own - truth:+.3f} s"))
    if absent:
        entrants.append(Entrant("RocketPy", absent=absent))
    return contest(entrants, rounds)


def tables(small: bool = False) -> dict[str, list[Row]]:
    rounds = 1 if small else 5
    return {
        "a skip entry at constant bank, 900 s": skips(200.0 if small else SKIP_S, rounds),
        "a fall under a parachute, 5 km": falls(rounds),
    }


def main() -> None:
    print(machine())
    for title, rows in tables().items():
        show(title, rows)


if __name__ == "__main__":
    main()
