"""The world a craft moves in, and the two ways to move in it: `coast` and `burn`. Nothing else takes a craft from epoch to epoch.

A `Point` is a craft as the propagator sees it: centre, epoch, state (position, velocity, mass). A coast may pass from the Earth's
surroundings into the Moon's or back; it is then two arcs, each about its own centre, joined where the Moon is 66,000 km away. The
equations are the same on both sides (no patched conics), the change of centre only keeps the numbers small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2, GM_MOON_M3_S2, GM_SUN_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import cross
from farside.craft.module import Center, Landed, Vector
from farside.dynamics import forces as f
from farside.dynamics import propagate as p
from farside.dynamics.arcs import Arc, Mode
from farside.environment.ephemeris import Sky, moon_matrix, moon_state, sky_at
from farside.environment.gravity import Harmonics
from farside.environment.orientation import moon_rotation_rate

Array = NDArray[np.float64]
CODES: dict[Center, int] = {"earth": f.EARTH, "moon": f.MOON}
# Distance from the Moon at which a coast changes its centre; another moves a flight by what the ephemeris has and the forces lack.
BOUNDARY_M = 6.6e7


@dataclass(frozen=True)
class Point:
    """A craft as the propagator sees it: `y` (7,) position [m] and velocity [m/s] about `center` in ICRF axes, mass [kg]."""

    center: Center
    epoch_s: float
    y: Array

    @property
    def r_m(self) -> Array:
        return self.y[:3]

    @property
    def v_m_s(self) -> Array:
        return self.y[3:6]

    @property
    def mass_kg(self) -> float:
        return float(self.y[6])


@dataclass(frozen=True)
class Steering:
    """Thrust direction of a burn: `cos(w) axis + sin(w) toward`, `w = rate_rad_s (t - reference_s)`; orthogonal unit vectors, ICRF."""

    axis: Vector
    toward: Vector
    rate_rad_s: float
    reference_s: float

    def direction(self, epoch_s: float) -> Array:
        w = self.rate_rad_s * (epoch_s - self.reference_s)
        return np.asarray(math.cos(w) * np.array(self.axis) + math.sin(w) * np.array(self.toward))


@dataclass(frozen=True)
class Flown:
    """What a motion left: where it ended, how (`status` of the propagator) and, if kept, its arcs."""

    point: Point
    status: int
    arcs: tuple[Arc, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class World:
    """Ephemerides, gravity and sunlight as the forces take them; frozen for a whole flight."""

    sky: Sky
    moon_field: Harmonics
    me_from_table: Array = field(default_factory=lambda: np.eye(3), repr=False)
    reflecting_area_m2: float = 0.0
    tolerance: float = p.TOLERANCE

    def forces(self, center: Center) -> f.Forces:
        """The forces about a centre."""
        return f.Forces(CODES[center], self.sky, self.moon_field, GM_EARTH_M3_S2, GM_MOON_M3_S2, GM_SUN_M3_S2, self.reflecting_area_m2)

    def moon(self, epoch_s: float) -> Array:
        """The Moon's geocentric position [m] and velocity [m/s] (6,), ICRF."""
        return np.array(moon_state(epoch_s, self.sky))

    def moon_me(self, epoch_s: float) -> Array:
        """Rotation (3, 3) from ICRF to the Moon's mean-Earth axes at an epoch."""
        sky = sky_at(epoch_s, self.sky)
        return np.asarray(self.me_from_table @ np.array(moon_matrix(sky[6], sky[7], sky[8])).reshape(3, 3))

    def earth_pole(self, epoch_s: float) -> Array:
        """Unit vector of the Earth's true pole of date, ICRF."""
        x, y = sky_at(epoch_s, self.sky)[9:11]
        return np.array([x, y, math.sqrt(1.0 - x * x - y * y)])

    def about(self, point: Point, center: Center) -> Point:
        """The same point told about another centre."""
        if point.center == center:
            return point
        moon = self.moon(point.epoch_s)
        y = point.y.copy()
        y[:6] += moon if center == "earth" else -moon
        return Point(center, point.epoch_s, y)


def _fly(world: World, point: Point, until_s: float, model: f.Coast | f.Burn, keep: bool, thrust_n: float) -> Flown:
    path = p.propagate(point.epoch_s, point.y, until_s, model, world.tolerance, keep)
    end = Point(point.center, float(path.times_s[-1]), path.states[-1])
    mode: Mode = "burn" if thrust_n else "coast"
    arcs = (Arc(point.center, mode, path.times_s, path.states, path.dense, thrust_n),) if keep and path.times_s.size > 1 else ()
    return Flown(end, path.status, arcs)


def coast(world: World, point: Point, until_s: float, stop: f.Stop = f.no_stop, center: Center | None = None, keep: bool = False) -> Flown:
    """Coast to an epoch, either way in time, or to a stop about `center` (by default the present one).

    On the way to another centre the arc ends at the Moon's boundary and goes on about the new centre; a point beyond it is told about
    the new centre at once. `status` is the propagator's.
    """
    wanted = center or point.center
    if wanted == point.center:
        return _fly(world, point, until_s, f.Coast(world.forces(point.center), stop), keep, 0.0)
    if _across(world, point, wanted):
        return _fly(world, world.about(point, wanted), until_s, f.Coast(world.forces(wanted), stop), keep, 0.0)
    boundary = f.Stop(f.MOON_DISTANCE, BOUNDARY_M, -1 if wanted == "moon" else 1, 0.0)
    first = _fly(world, point, until_s, f.Coast(world.forces(point.center), boundary), keep, 0.0)
    if first.status != p.STOPPED:
        return first
    then = _fly(world, world.about(first.point, wanted), until_s, f.Coast(world.forces(wanted), stop), keep, 0.0)
    return replace(then, arcs=first.arcs + then.arcs)


def _across(world: World, point: Point, wanted: Center) -> bool:
    """Whether a point is on the wanted centre's side of the boundary already."""
    near_moon = float(np.linalg.norm(world.about(point, "moon").r_m)) < BOUNDARY_M
    return near_moon if wanted == "moon" else not near_moon


def burn_seconds(mass_kg: float, delta_v_m_s: float, thrust_n: float, exhaust_m_s: float) -> float:
    """How long a constant thrust must last for a velocity change (Tsiolkovsky)."""
    return mass_kg * -math.expm1(-delta_v_m_s / exhaust_m_s) * exhaust_m_s / thrust_n


def burn(world: World, point: Point, seconds: float, thrust_n: float, exhaust_m_s: float, steering: Steering, keep: bool = False) -> Flown:
    """Fire for so many seconds, from where the point is."""
    model = f.Burn(
        world.forces(point.center),
        f.no_stop,
        thrust_n,
        exhaust_m_s,
        steering.axis,
        steering.toward,
        steering.rate_rad_s,
        steering.reference_s,
    )
    return _fly(world, point, point.epoch_s + seconds, model, keep, thrust_n)


def apsis(rising: bool, guard_s: float = 60.0) -> f.Stop:
    """Stop at periapsis (`rising`: the distance begins to rise) or at apoapsis."""
    return f.Stop(f.APSIS, 0.0, 1 if rising else -1, guard_s)


def descent_through(height_m: float) -> f.Stop:
    """Stop at the first way down through a height above the centre's ellipsoid or sphere."""
    return f.Stop(f.HEIGHT, height_m, -1, 0.0)


def ascending_node(guard_s: float = 60.0) -> f.Stop:
    """Stop at the next passage of the Moon's equator northwards."""
    return f.Stop(f.NODE, 0.0, 1, guard_s)


def periapsis_height(point: Point) -> float:
    """Osculating periapsis height above the Moon's mean sphere [m]; for points about the Moon."""
    return float(apsides(point)[0]) - MOON_RADIUS_M


def apsides(point: Point) -> tuple[float, float]:
    """Osculating periapsis and apoapsis radius [m] (apoapsis negative for a hyperbola)."""
    mu = GM_MOON_M3_S2 if point.center == "moon" else GM_EARTH_M3_S2
    r, v = point.r_m, point.v_m_s
    a = 1.0 / (2.0 / float(np.linalg.norm(r)) - float(v @ v) / mu)
    h = np.cross(r, v)
    e = math.sqrt(max(0.0, 1.0 - float(h @ h) / (mu * a)))
    return a * (1.0 - e), a * (1.0 + e)


def hermite_arc(center: Center, mode: Mode, times_s: Array, states: Array, rates: Array, thrust_n: float = 0.0) -> Arc:
    """An arc through given states (n+1, 7) with given rates (n+1, 7): cubic between them, in the form of the propagator's dense output."""
    h = np.diff(times_s)[:, None]
    delta, early, late = np.diff(states, axis=0), h * rates[:-1], h * rates[1:]
    dense = np.zeros((len(times_s) - 1, 7, 7))
    dense[:, 0], dense[:, 1], dense[:, 2] = delta, early - delta, 2.0 * delta - late - early
    return Arc(center, mode, np.asarray(times_s, float), np.asarray(states, float), dense, thrust_n)


STAY_S: dict[Center, float] = {"moon": 3600.0, "earth": 120.0}
"""Between two nodes of a stay; the cubic between them errs by 0.04 mm on the Moon and by 0.1 mm on the Earth."""


def landed_states(world: World, place: Landed, epochs_s: Array, mass_kg: float) -> tuple[Array, Array]:
    """States and rates (k, 7) about its body of a craft at rest: on the Moon in `moon_me` axes, on the Earth in ITRF.

    The Earth turns at its mean rate about the pole of date; the pole itself stands still, as it does to a tenth of a millimetre a second.
    """
    states, rates = np.empty((len(epochs_s), 7)), np.zeros((len(epochs_s), 7))
    turns = icrf_to_itrf(np.asarray(epochs_s)) if place.center == "earth" else [world.moon_me(float(epoch)) for epoch in epochs_s]
    for k, epoch in enumerate(epochs_s):
        r, spin = turns[k].T @ np.array(place.r_fixed_m), spinning(world, place.center, float(epoch))
        v = cross(spin, r)
        states[k] = [*r, *v, mass_kg]
        rates[k, :3], rates[k, 3:6] = v, cross(spin, v)
    return states, rates


def turning(world: World, center: Center, epoch_s: float) -> tuple[Array, Array]:
    """The rotation (3, 3) from ICRF to the axes fixed in a body, and its rate of turning (3,) [rad/s], ICRF."""
    return icrf_to_itrf(epoch_s) if center == "earth" else world.moon_me(epoch_s), spinning(world, center, epoch_s)


def spinning(world: World, center: Center, epoch_s: float) -> Array:
    """The rate of turning (3,) of a body [rad/s], ICRF."""
    return EARTH_ROTATION_RATE_RAD_S * world.earth_pole(epoch_s) if center == "earth" else np.array(moon_rotation_rate(epoch_s, world.sky))


def stay(world: World, place: Landed, from_s: float, until_s: float, mass_kg: float) -> Arc:
    """The arc of a craft at rest on a body, cubic between its nodes."""
    epochs = np.linspace(from_s, until_s, max(2, math.ceil((until_s - from_s) / STAY_S[place.center]) + 1))
    states, rates = landed_states(world, place, epochs, mass_kg)
    return hermite_arc(place.center, "landed", epochs, states, rates)
