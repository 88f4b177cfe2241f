"""A flight flown again by other means: from `burns.json` alone, by other mathematics and separately written forces.

*Model*: Taylor series of order 20 (heyoka) instead of Runge-Kutta. The Moon's and the Earth's figures are heyoka's own spherical
harmonics (in the body's axes, the central term included) instead of Pines' recursion. DE421 is read record by record with jplephem; its
polynomials are summed inside the Taylor expansion. The Moon's axes are IAU WGCCRE 2015 in closed form, the
Earth's pole the X, Y series of IAU 2006 (`erfa.xy06`). A closed-loop burn is flown entry by entry of its history; a craft on the ground
turns with the Moon's axes, or with ITRF on the Earth; a docking is inelastic. Nothing of `farside.dynamics`, `.environment` or
`.guidance` runs here: numbers of nature come from `farside.basis.constants`, the Moon's coefficients from the table of
`farside.environment.gravity`: values, not code. ITRF is that of `farside.basis.axes`, which `erfa` tests elsewhere.

*Limits*: no air (what flies in it is not flown again); no solar radiation pressure; DE421 and the Moon's built-in field to degree 6 only.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import erfa
import heyoka as hy
import numpy as np
import skyfield_data
from jplephem.spk import SPK
from numpy.polynomial import chebyshev
from numpy.polynomial.polynomial import polyder, polyval

from farside.basis import constants as number
from farside.basis.axes import icrf_to_itrf
from farside.environment.gravity import _LUNAR, LUNAR_RADIUS_M

DE421 = Path(skyfield_data.__file__).parent / "data" / "de421.bsp"
RECORD_S = 4 * 86400.0
BODY_TERMS, POLE_TERMS = 13, 6
G0_M_S2 = 9.80665  # 3rd CGPM 1901
ARCSECOND = math.pi / 648000.0

# IAU WGCCRE 2015 (Archinal et al. 2018, CMDA 130:22), as in NAIF's pck00010.tpc: E1..E13 [deg, deg/day]; terms of pole and meridian [deg].
E_DEG = (125.045, 250.089, 260.008, 176.625, 357.529, 311.589, 134.963, 276.617, 34.226, 15.134, 119.743, 239.961, 25.053)
E_RATE = (-0.0529921, -0.1059842, 13.0120009, 13.3407154, 0.9856003, 26.4057084, 13.0649930, 0.3287146, 1.7484877, -0.1589763, 0.0036096,
          0.1643573, 12.9590088)  # fmt: skip
POLE_RA = {1: -3.8787, 2: -0.1204, 3: 0.0700, 4: -0.0172, 6: 0.0072, 10: -0.0052, 13: 0.0043}
POLE_DEC = {1: 1.5419, 2: 0.0239, 3: -0.0278, 4: 0.0068, 6: -0.0029, 7: 0.0009, 10: 0.0008, 13: -0.0009}
PRIME_MERIDIAN = {1: 3.5610, 2: 0.1208, 3: -0.0642, 4: 0.0158, 5: 0.0252, 6: -0.0066, 7: -0.0047, 8: -0.0046, 9: 0.0028, 10: 0.0052,
                  11: 0.0040, 12: 0.0019, 13: -0.0044}  # fmt: skip
ME_TO_PA_ARCSEC = (67.92, 78.56, 0.30)  # about 3, 2, 1 for DE421; NAIF moon_080317.tf


# --- the sky, one record of four days at a time -----------------------------------------------------------------------------------------


@functools.cache
def spk_segments() -> dict[tuple[int, int], tuple[float, float, np.ndarray]]:
    """DE421: (centre, target) -> first epoch [TDB s], record length [s], Chebyshev coefficients [m] (3, records, terms)."""
    found = {}
    with SPK.open(str(DE421)) as kernel:
        for pair in ((0, 3), (0, 10), (3, 301), (3, 399)):
            first_jd, days, coefficients = kernel[pair].load_array()
            found[pair] = ((first_jd - 2451545.0) * 86400.0, days * 86400.0, 1e3 * np.asarray(coefficients))
    return found


def record_start_s(epoch_s: float) -> float:
    """Where the record of four days that holds an epoch begins."""
    first = spk_segments()[3, 301][0]
    return first + RECORD_S * math.floor((epoch_s - first) / RECORD_S)


def series(pair: tuple[int, int], start_s: float) -> np.ndarray:
    """Coefficients (3, 13) of one body over [start, start + 4 days], cut out of its own, possibly longer, record."""
    first, length, coefficients = spk_segments()[pair]
    record = int((start_s + 0.5 * RECORD_S - first) // length)
    own = coefficients[:, record, :]
    share = RECORD_S / length
    middle = 2.0 * (start_s + 0.5 * RECORD_S - first - record * length) / length - 1.0
    nodes = chebyshev.chebpts1(BODY_TERMS)
    return np.array([chebyshev.chebfit(nodes, chebyshev.chebval(middle + share * nodes, axis), BODY_TERMS - 1) for axis in own])


@functools.cache
def record_parameters(start_s: float) -> np.ndarray:
    """All numbers of one record that the equations of motion read, in the order in which `Parameters` hands them out."""
    moon = series((3, 301), start_s) - series((3, 399), start_s)
    sun = series((0, 10), start_s) - series((0, 3), start_s) - series((3, 399), start_s)
    nodes = chebyshev.chebpts1(POLE_TERMS)
    tt_days = (start_s + 0.5 * RECORD_S * (1.0 + nodes)) / 86400.0  # TDB - TT is 2 ms: the pole moves 1e-14 rad
    pole = [chebyshev.chebfit(nodes, xy, POLE_TERMS - 1) for xy in erfa.xy06(2451545.0, tt_days)]
    days = start_s / 86400.0
    arguments = [math.radians(math.fmod(e + rate * days, 360.0)) for e, rate in zip(E_DEG, E_RATE, strict=True)]
    meridian = math.radians(math.fmod(38.3213 + math.fmod(13.0 * days, 360.0) + 0.17635815 * days - 1.4e-12 * days**2, 360.0))
    powers = [chebyshev.cheb2poly(c) for c in (*moon, *sun, *pole)]
    return np.concatenate([*powers, arguments, [meridian, days]])


class Parameters:
    """Hands out heyoka's runtime parameters one after another."""

    def __init__(self) -> None:
        self.used = 0

    def take(self, count: int) -> list[Any]:
        self.used += count
        return [hy.par[i] for i in range(self.used - count, self.used)]


# --- the equations of motion ------------------------------------------------------------------------------------------------------------


def polynomial(coefficients: list[Any], x: Any) -> Any:
    """The polynomial with these coefficients, lowest order first, at x (Horner)."""
    value = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        value = c + x * value
    return value


def rows_times(matrix: Any, vector: Any) -> list[Any]:
    return [hy.sum([matrix[i][k] * vector[k] for k in range(3)]) for i in range(3)]


def columns_times(matrix: Any, vector: Any) -> list[Any]:
    return [hy.sum([matrix[k][i] * vector[k] for k in range(3)]) for i in range(3)]


def turn(axis: int, c: Any, s: Any) -> list[list[Any]]:
    """Rotation of the axes about one of them by the angle with cosine c and sine s."""
    i, j = axis % 3, (axis + 1) % 3
    matrix: list[list[Any]] = [[0.0] * 3 for _ in range(3)]
    matrix[axis - 1][axis - 1] = 1.0
    matrix[i][i], matrix[i][j], matrix[j][i], matrix[j][j] = c, s, -s, c
    return matrix


def product(a: Any, b: Any) -> list[list[Any]]:
    return [[a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j] for j in range(3)] for i in range(3)]


def mean_earth_axes(arguments: list[Any], meridian: Any, days: Any, time: Any = hy.time) -> list[list[Any]]:
    """ICRF to the Moon's mean-Earth axes, as expressions of time (seconds since the record's start)."""
    elapsed = time / 86400.0
    e = [a + math.radians(rate) * elapsed for a, rate in zip(arguments, E_RATE, strict=True)]
    centuries = (days + elapsed) / 36525.0
    radians = math.radians
    ra = radians(269.9949) + radians(0.0031) * centuries + hy.sum([radians(a) * hy.sin(e[k - 1]) for k, a in POLE_RA.items()])
    dec = radians(66.5392) + radians(0.0130) * centuries + hy.sum([radians(a) * hy.cos(e[k - 1]) for k, a in POLE_DEC.items()])
    w = meridian + radians(13.17635815) * elapsed - radians(1.4e-12) * (2.0 * days + elapsed) * elapsed
    w = w + hy.sum([radians(a) * hy.sin(e[k - 1]) for k, a in PRIME_MERIDIAN.items()])
    # R3(w) R1(90 deg - dec) R3(90 deg + ra): cosines and sines of the complements
    return product(turn(3, hy.cos(w), hy.sin(w)), product(turn(1, hy.sin(dec), hy.cos(dec)), turn(3, -hy.sin(ra), hy.cos(ra))))


def moon_axes(arguments: list[Any], meridian: Any, days: Any) -> list[list[Any]]:
    """ICRF to the Moon's principal axes of DE421, as expressions of time (seconds since the record's start)."""
    mean_earth = mean_earth_axes(arguments, meridian, days)
    tilts = [turn(axis, math.cos(a * ARCSECOND), math.sin(a * ARCSECOND)) for axis, a in zip((3, 2, 1), ME_TO_PA_ARCSEC, strict=True)]
    return product(product(product(tilts[0], tilts[1]), tilts[2]), mean_earth)


def pole_axes(x: Any, y: Any) -> list[list[Any]]:
    """ICRF to axes whose third is the unit vector with those first two components (the first two do not matter to zonal terms)."""
    z = hy.sqrt(1.0 - x * x - y * y)
    k = 1.0 / (1.0 + z)
    return [[1.0 - k * x * x, -k * x * y, -x], [-k * x * y, 1.0 - k * y * y, -y], [x, y, z]]


def normalised_moon(degree: int) -> list[list[float]]:
    """[C, S] of the Moon by degree, then order, fully normalised, the central term being 1."""
    table = {(n, m): (c, s) for n, m, c, s in _LUNAR}
    out = []
    for n in range(degree + 1):
        for m in range(n + 1):
            c, s = table.get((n, m), (1.0 if n == 0 else 0.0, 0.0))
            k = math.sqrt(math.factorial(n + m) / ((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m)))
            out.append([c * k, s * k])
    return out


def normalised_earth() -> list[list[float]]:
    j = (-1.0, 0.0, number.EARTH_J2, number.EARTH_J3, number.EARTH_J4, number.EARTH_J5, number.EARTH_J6)
    return [[-j[n] / math.sqrt(2 * n + 1) if m == 0 else 0.0, 0.0] for n in range(7) for m in range(n + 1)]


def earth_pull(r: list[Any], axes: Any) -> list[Any]:
    """Acceleration at r from the Earth by its mass and its zonal harmonics J2-J6."""
    body = hy.model.sh_gravity_acc(
        rows_times(axes, r),
        normalised_earth(),
        hy.expression(number.GM_EARTH_M3_S2),
        hy.expression(number.EARTH_RADIUS_M),
        max_degree=6,
        max_order=0,  # the zonal terms
    )
    return columns_times(axes, body)


def moon_pull(r: list[Any], axes: Any, degree: int) -> list[Any]:
    """Acceleration at r from the Moon by its mass and its harmonics."""
    body = hy.model.sh_gravity_acc(
        rows_times(axes, r), normalised_moon(degree), hy.expression(number.GM_MOON_M3_S2), hy.expression(LUNAR_RADIUS_M)
    )
    return columns_times(axes, body)


def point_pull(r: list[Any], gm: float) -> list[Any]:
    """Acceleration at r from a point mass."""
    k = -gm * hy.sum([c * c for c in r]) ** -1.5
    return [k * c for c in r]


@dataclass(frozen=True)
class Equations:
    """Position and velocity symbols, acceleration by gravity, thrust over mass, and how many parameters they read."""

    r: list[Any]
    v: list[Any]
    gravity: list[Any]
    push: list[Any]
    parameters: int


def equations(center: str, moon_degree: int) -> Equations:
    """The equations of motion about one centre; time runs in seconds since the start of a record."""
    r, v = [hy.make_vars(x, y, z) for x, y, z in (("x", "y", "z"), ("vx", "vy", "vz"))]
    p = Parameters()
    x = 2.0 * hy.time / RECORD_S - 1.0
    moon, sun = ([polynomial(p.take(BODY_TERMS), x) for _ in range(3)] for _ in range(2))
    pole = [polynomial(p.take(POLE_TERMS), x) for _ in range(2)]
    to_pole, to_moon = pole_axes(*pole), moon_axes(p.take(13), *p.take(2))
    if center == "earth":
        from_earth, from_moon, from_sun = r, minus(r, moon), minus(r, sun)
        drag = plus(point_pull(negative(moon), number.GM_MOON_M3_S2), point_pull(negative(sun), number.GM_SUN_M3_S2))
    else:
        from_earth, from_moon, from_sun = plus(r, moon), r, minus(plus(r, moon), sun)
        drag = plus(earth_pull(moon, to_pole), point_pull(minus(moon, sun), number.GM_SUN_M3_S2))
    pulls = [earth_pull(from_earth, to_pole), moon_pull(from_moon, to_moon, moon_degree), point_pull(from_sun, number.GM_SUN_M3_S2)]
    gravity = [hy.sum([pull[i] for pull in pulls]) - drag[i] for i in range(3)]
    push = thrust_expression(p)
    return Equations(r, v, gravity, push, p.used)


@functools.cache
def motion(center: str, moon_degree: int) -> hy.taylor_adaptive:
    """The compiled integrator about one centre."""
    e = equations(center, moon_degree)
    system = [*zip(e.r, e.v, strict=True), *zip(e.v, plus(e.gravity, e.push), strict=True)]
    return hy.taylor_adaptive(system, [1e7, 0.0, 0.0, 0.0, 1e3, 0.0], pars=[0.0] * e.parameters, compact_mode=True)


@functools.cache
def gravity_function(center: str, moon_degree: int) -> Any:
    """The compiled acceleration by gravity alone."""
    e = equations(center, moon_degree)
    return hy.cfunc(e.gravity, e.r)


def gravity(center: str, epoch_s: float, r_m: np.ndarray, moon_degree: int = 6) -> np.ndarray:
    """Acceleration (3,) [m/s2] by gravity at a position about a centre."""
    start = record_start_s(epoch_s)
    return np.asarray(gravity_function(center, moon_degree)(r_m, pars=record_parameters(start), time=epoch_s - start))


def thrust_expression(p: Parameters) -> list[Any]:
    """Thrust over mass: parameters are time of ignition, mass then, flow, thrust, rate and time of reference, axis, toward."""
    ignition, mass, flow, thrust, rate, reference = p.take(6)
    axis, toward = p.take(3), p.take(3)
    w = rate * (hy.time - reference)
    push = thrust / (mass - flow * (hy.time - ignition))
    return [push * (hy.cos(w) * a + hy.sin(w) * b) for a, b in zip(axis, toward, strict=True)]


def minus(a: list[Any], b: list[Any]) -> list[Any]:
    return [x - y for x, y in zip(a, b, strict=True)]


def plus(a: list[Any], b: list[Any]) -> list[Any]:
    return [x + y for x, y in zip(a, b, strict=True)]


def negative(a: list[Any]) -> list[Any]:
    return [-x for x in a]


# --- flying -----------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Here:
    """A state: TDB s past J2000, centre, position [m] and velocity [m/s] in ICRF axes, mass [kg]."""

    epoch_s: float
    center: str
    r_m: np.ndarray
    v_m_s: np.ndarray
    mass_kg: float


def fly(here: Here, end_s: float, burn: dict[str, Any] | None = None, moon_degree: int = 6) -> Here:
    """The state at `end_s`, with the burn (a record of `burns.json`) pushing all the way, or without."""
    if burn is not None and burn["throttle_history"] is not None:
        return fly_held(here, end_s, burn, moon_degree)
    integrator = motion(here.center, moon_degree)
    epoch, state = here.epoch_s, np.concatenate([here.r_m, here.v_m_s])
    while epoch < end_s:
        start = record_start_s(epoch)
        stop = min(end_s, start + RECORD_S)
        integrator.pars[:] = np.concatenate([record_parameters(start), thrust_parameters(burn, start)])
        integrator.time, integrator.state[:] = epoch - start, state
        outcome = integrator.propagate_until(stop - start)[0]
        if outcome != hy.taylor_outcome.time_limit:
            raise RuntimeError(f"the second opinion broke off at {start + integrator.time} TDB s past J2000: {outcome}")
        epoch, state = stop, integrator.state.copy()
    flow = burn["thrust_n"] / (G0_M_S2 * burn["isp_s"]) if burn else 0.0
    return Here(end_s, here.center, state[:3], state[3:], here.mass_kg - flow * (end_s - here.epoch_s))


def fly_held(here: Here, end_s: float, burn: dict[str, Any], moon_degree: int) -> Here:
    """A closed-loop burn: thrust and axis of each entry of its history are held until the next."""
    held = burn["throttle_history"]
    for start, end, thrust, axis in zip(held["tdb_s"], [*held["tdb_s"][1:], end_s], held["thrust_n"], held["axis"], strict=True):
        law = {"axis": axis, "toward": [0.0, 0.0, 0.0], "rate_rad_s": 0.0, "reference_tdb_s": start}
        piece = {"ignition_tdb_s": start, "ignition_mass_kg": here.mass_kg, "thrust_n": thrust, "isp_s": burn["isp_s"]}
        here = fly(here, end, {**piece, "attitude": law, "throttle_history": None}, moon_degree)
    return here


def thrust_parameters(burn: dict[str, Any] | None, start_s: float) -> list[float]:
    if burn is None:
        return [0.0, 1.0] + 10 * [0.0]
    law, flow = burn["attitude"], burn["thrust_n"] / (G0_M_S2 * burn["isp_s"])
    first = [burn["ignition_tdb_s"] - start_s, burn["ignition_mass_kg"], flow, burn["thrust_n"]]
    return [*first, law["rate_rad_s"], law["reference_tdb_s"] - start_s, *law["axis"], *law["toward"]]


def about(here: Here, center: str) -> Here:
    """The same state about the other centre, if it is another."""
    if here.center == center:
        return here
    start = record_start_s(here.epoch_s)
    coefficients = record_parameters(start)[: 3 * BODY_TERMS].reshape(3, BODY_TERMS)
    x = 2.0 * (here.epoch_s - start) / RECORD_S - 1.0
    moon = np.array([polyval(x, c) for c in coefficients])
    speed = np.array([polyval(x, polyder(c)) for c in coefficients]) * 2.0 / RECORD_S
    sign = -1.0 if center == "moon" else 1.0
    return Here(here.epoch_s, center, here.r_m + sign * moon, here.v_m_s + sign * speed, here.mass_kg)


@functools.cache
def ground_function() -> Any:
    """The compiled rotation from ICRF to the Moon's mean-Earth axes and its rate: 18 numbers, row by row."""
    p, time = Parameters(), hy.expression("t")
    p.take(6 * BODY_TERMS + 2 * POLE_TERMS)
    axes = mean_earth_axes(p.take(13), *p.take(2), time)
    flat = [axes[i][j] for i in range(3) for j in range(3)]
    return hy.cfunc([*flat, *(hy.diff(e, time) for e in flat)], vars=[time])


def mean_earth(epoch_s: float) -> tuple[np.ndarray, np.ndarray]:
    """The rotation (3, 3) from ICRF to the Moon's mean-Earth axes, and its rate."""
    start = record_start_s(epoch_s)
    found = ground_function()(np.array([epoch_s - start]), pars=record_parameters(start)).reshape(2, 3, 3)
    return found[0], found[1]


def earth_fixed(epoch_s: float) -> tuple[np.ndarray, np.ndarray]:
    """The rotation (3, 3) from ICRF to ITRF, and its rate: the slope of the rotation itself over two seconds."""
    before, here, after = (icrf_to_itrf(epoch_s + second) for second in (-1.0, 0.0, 1.0))
    return here, 0.5 * (after - before)


FIXED_AXES = {"moon": mean_earth, "earth": earth_fixed}
"""From ICRF to the axes that turn with a body, and the rate of that."""


def stay(here: Here, end_s: float, mass_kg: float) -> Here:
    """At rest on a body until `end_s`, heavier by what is gathered."""
    turning = FIXED_AXES[here.center]
    place = turning(here.epoch_s)[0] @ here.r_m
    axes, rate = turning(end_s)
    return Here(end_s, here.center, axes.T @ place, rate.T @ place, mass_kg)


def joined(active: Here, passive: Here) -> Here:
    """Two craft as one: where the active one is, with the momentum of both."""
    other, mass = about(passive, active.center), active.mass_kg + passive.mass_kg
    return dataclasses.replace(active, v_m_s=(active.mass_kg * active.v_m_s + other.mass_kg * other.v_m_s) / mass, mass_kg=mass)


# --- the checks -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One motion flown again; `what` is "coast", "stay", "docking", "burn" or the burn's name.

    `error_m`, `error_m_s` and `error_kg` are its distance from the recorded end, in position, velocity and mass.
    """

    craft: str
    phase: str
    what: str
    from_s: float
    to_s: float
    end: Here
    error_m: float
    error_m_s: float
    error_kg: float


def here_from(record: dict[str, Any], mass_kg: float | None = None) -> Here:
    """A state as `burns.json` and `flight.json` write it."""
    mass = record["mass_kg"] if mass_kg is None else mass_kg
    return Here(record["epoch_tdb_s"], record["center"], np.array(record["r_m"]), np.array(record["v_m_s"]), mass)


def compared(craft: str, phase: str, what: str, start_s: float, end: Here, recorded: Here) -> Row:
    same = about(end, recorded.center)
    gap, slip = np.linalg.norm(same.r_m - recorded.r_m), np.linalg.norm(same.v_m_s - recorded.v_m_s)
    return Row(craft, phase, what, start_s, recorded.epoch_s, same, float(gap), float(slip), abs(end.mass_kg - recorded.mass_kg))


NOT_FLOWN_AGAIN = ("flying", "carried")
"""The modes of arcs that more than gravity and burns move."""


def replay_arcs(flight: dict[str, Any], burns: dict[str, Any], moon_degree: int = 6) -> list[Row]:
    """Every arc of `flight.json` flown again from its own recorded start, with the burns of `burns.json`, but those in the air or on a way
    over the ground."""
    rows = []
    for leg in flight["legs"]:
        for arc in (arc for arc in leg["arcs"] if arc["mode"] not in NOT_FLOWN_AGAIN):
            start, recorded = here_from(arc["start"]), here_from(arc["end"])
            burn = burn_at(burns, leg["craft"], arc) if arc["mode"] == "burn" else None
            if arc["mode"] == "landed":
                end = stay(start, recorded.epoch_s, start.mass_kg)
            else:
                end = fly(start, recorded.epoch_s, burn, moon_degree)
            rows.append(compared(leg["craft"], leg["phase"], arc["mode"], start.epoch_s, end, recorded))
    return rows


def burn_at(burns: dict[str, Any], craft: str, arc: dict[str, Any]) -> dict[str, Any]:
    middle = 0.5 * (arc["start"]["epoch_tdb_s"] + arc["end"]["epoch_tdb_s"])
    return next(b for b in burns["burns"] if b["craft"] == craft and b["ignition_tdb_s"] <= middle <= b["cutoff_tdb_s"])


def replay(burns: dict[str, Any], anew: bool = True, moon_degree: int = 6) -> Iterator[Row]:
    """The whole flight from `burns.json` alone, craft by craft: a row per coast or stay (from one burn to the next), docking and burn.

    `anew`: every motion starts where the flight's own start of it was recorded, so that a row is the error of that motion. Otherwise no
    recorded state is read after the first ones: errors go on, and every passage of the Moon multiplies them. The centre is changed
    when the flight changed it. What is not replayed is the air: a flight goes on from where one through it was recorded to end.
    """
    reached: dict[int, Here] = {}
    first = iter(burns["first_states"])
    for index, life in enumerate(burns["crafts"]):
        here = here_from(life["start"] if life["parents"] else next(first))
        if life["parents"]:
            before = [here_from(burns["crafts"][k]["end"]) if anew else reached[k] for k in life["parents"]]
            born = joined(*before) if len(before) == 2 else before[0]
            if len(before) == 2:
                yield compared(life["craft"], "", "docking", born.epoch_s, born, here)
            here = here if anew else dataclasses.replace(born, mass_kg=here.mass_kg)
        for start, end, burn in doings(life, burns["burns"]):
            for there, what, fired in ((start, "coast", None), (end, burn["event"], burn)) if burn else ((start, "coast", None),):
                if burn or there["epoch_tdb_s"] > here.epoch_s:
                    row = next_row(here, life, what, here_from(there), fired, moon_degree)
                    yield row
                    here = here_from(there) if anew else row.end
            here = here if burn else here_from(end)
        if here.epoch_s < life["end"]["epoch_tdb_s"]:
            row = next_row(here, life, "coast", here_from(life["end"]), None, moon_degree)
            yield row
            here = row.end
        reached[index] = here


def doings(life: dict[str, Any], burns: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]]:
    """What a life does besides coasting: the states before and after each burn, with it, and before and after each flight in air."""
    fired = [(burn["ignition_state"], burn["cutoff_state"], burn) for burn in burns if burns_on(life, burn) and not in_air(life, burn)]
    return sorted([*fired, *((span["start"], span["end"], None) for span in life["in_air"])], key=lambda doing: doing[0]["epoch_tdb_s"])


def in_air(life: dict[str, Any], burn: dict[str, Any]) -> bool:
    """Whether a burn is one of a flight in air, of which the files do not tell enough."""
    return any(span["start"]["epoch_tdb_s"] <= burn["ignition_tdb_s"] < span["end"]["epoch_tdb_s"] for span in life["in_air"])


def burns_on(life: dict[str, Any], burn: dict[str, Any]) -> bool:
    """Whether a burn belongs to this life of a craft."""
    mine = burn["craft"] == life["craft"] and burn["modules"] == life["modules"]
    return mine and life["start"]["epoch_tdb_s"] <= burn["ignition_tdb_s"] < life["end"]["epoch_tdb_s"]


def next_row(here: Here, life: dict[str, Any], what: str, recorded: Here, burn: dict[str, Any] | None, moon_degree: int) -> Row:
    """Go on to a recorded state, by a burn, a coast or a stay on the ground, and compare."""
    start_s = here.epoch_s
    for rest in life["stays"] if burn is None else ():
        if here.epoch_s <= rest["from_tdb_s"] < recorded.epoch_s:
            here, what = stay(fly(here, rest["from_tdb_s"], None, moon_degree), rest["until_tdb_s"], rest["mass_kg"]), "stay"
    for change in life["centers"]:
        if here.epoch_s < change["from_tdb_s"] < recorded.epoch_s:
            here = about(fly(here, change["from_tdb_s"], burn, moon_degree), change["center"])
    end = fly(about(here, recorded.center), recorded.epoch_s, burn, moon_degree)
    return compared(life["craft"], "", what, start_s, end, recorded)
