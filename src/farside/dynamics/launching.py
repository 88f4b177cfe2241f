"""The closed loop from the pad into a parking orbit: a launcher of parallel and serial stages through the air of a turning Earth.

*Model*. Truth: the gravity of `forces` (J2 to J6, Moon, Sun), thrust in vacuum less the air's pressure on the nozzles' mouths, drag along
the air-relative velocity by Mach number, air that turns with the Earth plus a wind by height; the axis turns towards where guidance wants
it within limits; classical Runge-Kutta of fourth order at the guidance step, axis and throttle being held within a step, which ends
early where a tank is empty, a wait is over or guidance cuts off. The sequencer throttles engines that can be throttled to the load limit,
parts stages, and drops the fairing when the heating by free molecules is low enough. Knowledge: an inertial estimate whose error drifts
by the accelerometers and the gravity gradient. `guide` is chosen by the type of the guidance law and is given the estimate only.

*Limits*: three degrees of freedom and a pointing direction; no lift (the angle of attack is near zero where there is air); engines start
and stop at once; the sequencer sees the truth. *How we know*: closed forms without air and turning, the sum of energies, the recorded
history flown again by another integrator.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import height_above_ellipsoid
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.basis.kernel import kernel
from farside.craft.launcher import Launcher
from farside.dynamics.closed_loop import DRY, LANDED, TIME_OUT, moved, turned_axis
from farside.dynamics.forces import gravity
from farside.dynamics.insertion import INSERTED, SUNK_M
from farside.environment.ephemeris import sky_at
from farside.environment.standard_air import AirTable, density_pressure_sound, standard_air

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
TIMED, GUIDED = -1, -2  # segments that end with no tank: by the clock, by guidance
BOOSTERS, CORE, UPPER = 0, 1, 2  # groups of engines
TOGETHER, PARTING, ALONE, CORE_WAIT, IGNITION_WAIT, UPPER_BURN = range(6)  # segments of a launcher with boosters, core and upper stage
EMPTY_KG = 0.01  # less than this is rounding of the epochs, 1e-7 s of flow

# Columns of the rows of `launch_loop`; those before are `dynamics.insertion`'s: epoch, y (7), thrust, axis (3), mode, error (6), height.
SEGMENT, FAIRING, THROTTLE, PRESSURE, MACH, LOAD = range(20, 26)
RATE = 26
TANKS = 33
WIDTH = 36


class Stack(NamedTuple):
    """A launcher as the loop takes it. Per group of engines (g,): thrust in vacuum, mouths, flow, least throttle, propellant.

    Per segment: which groups fire (s, g); the group whose empty tank ends it, or TIMED or GUIDED (s,); how long a timed one lasts; the
    mass that is dropped at its end; the area in front. `mach` and `drag` (k,): the drag coefficient.
    """

    thrust_n: Array
    mouth_m2: Array
    flow_kg_s: Array
    throttle_min: Array
    tanks_kg: Array
    fires: Array
    ends_with: NDArray[np.int64]
    seconds: Array
    drop_kg: Array
    front_m2: Array
    fairing_kg: float
    fairing_from: int
    fairing_w_m2: float
    load_m_s2: float
    mach: Array
    drag: Array


class Air(NamedTuple):
    """The air of this run: its table, how fast it turns with the Earth, and the wind every `wind_step_m` of height: towards east, north."""

    table: AirTable
    spin_rad_s: float
    wind_step_m: float
    east_m_s: Array
    north_m_s: Array


def still_air(density: float = 1.0) -> Air:
    """The standard air without wind, its density times a factor (its pressure is left)."""
    table = standard_air()
    return Air(table._replace(log_density=table.log_density + math.log(density)), EARTH_ROTATION_RATE_RAD_S, 1e3, np.zeros(2), np.zeros(2))


def stack(launcher: Launcher) -> Stack:
    """A launcher of boosters, core, upper stage and fairing as the loop takes it."""
    stages, wait = (launcher.boosters, launcher.core, launcher.upper), launcher.sequence
    count = np.array([float(stage.count) for stage in stages])
    nose = max(launcher.core.front_m2, launcher.fairing.front_m2)
    beside = launcher.boosters.front_m2 + nose
    return Stack(
        count * [stage.engine.thrust_vacuum_n for stage in stages],
        count * [stage.engine.mouth_m2 for stage in stages],
        count * [stage.engine.flow_kg_s for stage in stages],
        np.array([stage.engine.throttle_min for stage in stages]),
        count * [stage.propellant_kg for stage in stages],
        np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0, 0.0, 1.0]]),
        np.array([BOOSTERS, TIMED, CORE, TIMED, TIMED, GUIDED]),
        np.array([0.0, wait.booster_wait_s, 0.0, wait.core_wait_s, wait.ignition_wait_s, 0.0]),
        np.array([0.0, count[0] * launcher.boosters.dry_kg, 0.0, launcher.core.dry_kg, 0.0, 0.0]),
        np.array([beside, beside, nose, nose, nose, nose]),
        launcher.fairing.mass_kg,
        ALONE,
        wait.fairing_w_m2,
        wait.load_m_s2,
        np.array(launcher.mach),
        np.array(launcher.drag),
    )


def guide(t: float, place: Triple, velocity: Triple, sensed: Triple, segment: int, memory: Array, law: Any) -> tuple[float, ...]:
    """What guidance wants, from what the launcher knows alone; chosen at compile time by the type of `law`.

    `place`, `velocity`: about the Earth, ICRF axes, as estimated; `sensed`: the acceleration [m/s2] that the accelerometers read;
    `segment`: what the sequencer is at; `memory`: guidance's own (n,) numbers, the first being its mode. Answers the direction of thrust
    (three numbers, unit, ICRF) and for which share of this step a guided engine is to burn.
    """
    raise TypeError(f"{type(law).__name__} is not a guidance law")


@kernel
def between(x, xs, ys):
    """The value at x of the line through points (k,) with rising xs, held beyond their ends."""
    if x <= xs[0]:
        return ys[0]
    for k in range(1, xs.size):
        if x < xs[k]:
            return ys[k - 1] + (x - xs[k - 1]) / (xs[k] - xs[k - 1]) * (ys[k] - ys[k - 1])
    return ys[-1]


@kernel
def wind_at(height, air):
    """Wind [m/s] towards east and north at a height; the table's ends are held."""
    place = min(max(height / air.wind_step_m, 0.0), air.east_m_s.size - 1.0)
    k = min(math.floor(place), air.east_m_s.size - 2)
    x = place - k
    east = air.east_m_s[k] + x * (air.east_m_s[k + 1] - air.east_m_s[k])
    return east, air.north_m_s[k] + x * (air.north_m_s[k + 1] - air.north_m_s[k])


@kernel
def in_air(t, y, air, forces):
    """Height [m], density, pressure, sound, and the velocity relative to the air (three numbers, ICRF axes)."""
    sky = sky_at(t, forces.sky)
    px, py = sky[9], sky[10]
    pz = math.sqrt(1.0 - px * px - py * py)
    height = height_above_ellipsoid(y[0], y[1], y[2], px, py, pz)
    density, pressure, sound = density_pressure_sound(height, air.table)
    ex, ey, ez = py * y[2] - pz * y[1], pz * y[0] - px * y[2], px * y[1] - py * y[0]  # east, as long as the distance from the axis
    rho, r = math.sqrt(ex * ex + ey * ey + ez * ez), math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    east, north = wind_at(height, air)
    k, n = air.spin_rad_s + east / rho, north / (r * rho)
    nx, ny, nz = y[1] * ez - y[2] * ey, y[2] * ex - y[0] * ez, y[0] * ey - y[1] * ex
    relative = (y[3] - k * ex - n * nx, y[4] - k * ey - n * ny, y[5] - k * ez - n * nz)
    return height, density, pressure, sound, relative


@kernel
def launch_rate(t, y, axis, throttles, front, craft, air, forces):
    """Derivative of (r, v, m), what the accelerometers feel (three numbers) and the thrust [N], axis and throttles being held."""
    gx, gy, gz = gravity(t, y, forces)
    _, density, pressure, sound, (vx, vy, vz) = in_air(t, y, air, forces)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    drag = 0.5 * density * speed * between(speed / sound, craft.mach, craft.drag) * front / y[6]
    thrust = flow = 0.0
    for g in range(throttles.size):
        if throttles[g] > 0.0:
            thrust += max(0.0, throttles[g] * craft.thrust_n[g] - pressure * craft.mouth_m2[g])
            flow += throttles[g] * craft.flow_kg_s[g]
    push = thrust / y[6]
    fx, fy, fz = push * axis[0] - drag * vx, push * axis[1] - drag * vy, push * axis[2] - drag * vz
    return (y[3], y[4], y[5], gx + fx, gy + fy, gz + fz, -flow), (fx, fy, fz), thrust


@kernel
def launch_step(t, y, h, axis, throttles, front, craft, air, forces):
    """One Runge-Kutta step with axis and throttles held."""
    k1 = launch_rate(t, y, axis, throttles, front, craft, air, forces)[0]
    k2 = launch_rate(t + 0.5 * h, moved(y, k1, 0.5 * h), axis, throttles, front, craft, air, forces)[0]
    k3 = launch_rate(t + 0.5 * h, moved(y, k2, 0.5 * h), axis, throttles, front, craft, air, forces)[0]
    k4 = launch_rate(t + h, moved(y, k3, h), axis, throttles, front, craft, air, forces)[0]
    out = y.copy()
    for i in range(7):
        out[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return out


@kernel
def throttled(mass, pressure, tanks, segment, h, craft):
    """Throttles (g,) of a segment: full, or what keeps the acceleration at the end of the step under the limit."""
    out = np.zeros(tanks.size)
    firm = loose = mouths = least = flow = 0.0
    for g in range(tanks.size):
        if craft.fires[segment, g] > 0.0 and tanks[g] > EMPTY_KG:
            out[g] = 1.0
            flow += craft.flow_kg_s[g]
            if craft.throttle_min[g] < 1.0:
                loose += craft.thrust_n[g]
                mouths += pressure * craft.mouth_m2[g]
                least = max(least, craft.throttle_min[g])
            else:
                firm += craft.thrust_n[g] - pressure * craft.mouth_m2[g]
    if loose > 0.0:
        allowed = (craft.load_m_s2 * (mass - flow * h) - firm + mouths) / loose
        for g in range(tanks.size):
            if out[g] > 0.0 and craft.throttle_min[g] < 1.0:
                out[g] = min(1.0, max(least, allowed))
    return out


@kernel
def step_length(h, share, elapsed, tanks, throttles, segment, craft):
    """How long this step may be: until a tank is empty, a wait is over or guidance cuts off."""
    if craft.ends_with[segment] == GUIDED:
        h *= share
    if craft.ends_with[segment] == TIMED:
        h = min(h, craft.seconds[segment] - elapsed)
    for g in range(tanks.size):
        if throttles[g] > 0.0:
            h = min(h, tanks[g] / (throttles[g] * craft.flow_kg_s[g]))
    return max(h, 0.0)


@kernel
def drifted(error, y, h, felt, inertial, gm):
    """The error (6,) of the estimate after a step: accelerometer bias and scale, and the gravity gradient acting on it."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    k = gm / (r2 * math.sqrt(r2))
    along = (y[0] * error[0] + y[1] * error[1] + y[2] * error[2]) / r2
    out = error.copy()
    for i in range(3):
        pull = inertial.bias_m_s2[i] + inertial.scale * felt[i] - k * (error[i] - 3.0 * along * y[i])
        out[3 + i] += h * pull
        out[i] += h * error[3 + i] + 0.5 * h * h * pull
    return out


@kernel
def write(row, t, y, thrust, axis, mode, error, segment, fairing, throttle, felt, rate, tanks, air, forces):
    """Fill one row."""
    height, density, _, sound, (vx, vy, vz) = in_air(t, y, air, forces)
    square = vx * vx + vy * vy + vz * vz
    row[0] = t
    row[1:8] = y
    row[8] = thrust
    row[9:12] = axis
    row[12] = mode
    row[13:19] = error
    row[19] = height
    row[SEGMENT], row[FAIRING], row[THROTTLE] = segment, fairing, throttle
    row[PRESSURE], row[MACH] = 0.5 * density * square, math.sqrt(square) / sound
    row[LOAD] = math.sqrt(felt[0] * felt[0] + felt[1] * felt[1] + felt[2] * felt[2])
    for i in range(7):
        row[RATE + i] = rate[i]
    for g in range(3):
        row[TANKS + g] = tanks[g]


@kernel
def segment_over(segment, elapsed, tanks, craft):
    """Whether the sequencer goes on to the next segment."""
    ends = craft.ends_with[segment]
    if ends >= 0:
        return tanks[ends] <= EMPTY_KG
    return ends == TIMED and elapsed >= craft.seconds[segment] - 1e-6


@kernel
def launch_loop(t, y, axis, error, memory, step, limit_s, law, craft, turning, inertial, air, forces):
    """Fly until guidance has cut off in a guided segment, its tank is dry, the launcher is down, or the time is over.

    Rows (k, WIDTH): those of `dynamics.insertion`, then segment, fairing (1 on, 0 gone), least throttle, dynamic pressure [Pa], Mach, load
    [m/s2], the derivative of y (7,) at the row, propellant (3,). A parting has two rows at one epoch: before and after.
    """
    rows = np.empty((math.ceil(limit_s / step) + 40, WIDTH))
    y, axis, error, tanks = y.copy(), axis.copy(), error.copy(), craft.tanks_kg.copy()
    level = in_air(t, y, air, forces)[0]
    begun, elapsed, spin, thrust, felt = t, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0)
    segment, fairing, n, status, least = 0, 1.0, 0, TIME_OUT, 1.0
    throttles = np.zeros(tanks.size)
    while n < rows.shape[0] - 4:
        height, density, pressure, _, (vx, vy, vz) = in_air(t, y, air, forces)
        front = craft.front_m2[segment]
        old, felt, thrust = launch_rate(t, y, axis, throttles, front, craft, air, forces)
        if height < level - SUNK_M or t - begun > limit_s:
            status = LANDED if height < level - SUNK_M else TIME_OUT
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            break
        heat = 0.5 * density * (vx * vx + vy * vy + vz * vz) ** 1.5
        if fairing > 0.0 and segment >= craft.fairing_from and heat < craft.fairing_w_m2:
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            y[6] -= craft.fairing_kg
            fairing = 0.0
        place = (y[0] + error[0], y[1] + error[1], y[2] + error[2])
        velocity = (y[3] + error[3], y[4] + error[4], y[5] + error[5])
        scale, bias = 1.0 + inertial.scale, inertial.bias_m_s2
        sensed = (scale * felt[0] + bias[0], scale * felt[1] + bias[1], scale * felt[2] + bias[2])
        wx, wy, wz, share = guide(t, place, velocity, sensed, segment, memory, law)
        before = axis
        axis, spin = turned_axis(axis, np.array([wx, wy, wz]), spin, step, turning)
        throttles = throttled(y[6], pressure, tanks, segment, step, craft)
        h = step_length(step, share, elapsed, tanks, throttles, segment, craft)
        rate, _, _ = launch_rate(t, y, axis, throttles, front, craft, air, forces)
        write(rows[n], t, y, thrust, before, memory[0], error, segment, fairing, least, felt, rate, tanks, air, forces)
        n += 1
        later = t + h
        y = launch_step(t, y, later - t, axis, throttles, front, craft, air, forces)
        error = drifted(error, y, later - t, felt, inertial, forces.gm_earth_m3_s2)
        elapsed += later - t
        least = 1.0
        for g in range(tanks.size):
            if throttles[g] > 0.0:
                tanks[g] -= throttles[g] * craft.flow_kg_s[g] * (later - t)
                least = min(least, throttles[g])
        t = later
        over = segment_over(segment, elapsed, tanks, craft)
        if craft.ends_with[segment] == GUIDED:
            dry = False
            for g in range(tanks.size):
                dry = dry or (throttles[g] > 0.0 and tanks[g] <= EMPTY_KG)
            if share < 1.0 or dry:
                status = INSERTED if share < 1.0 else DRY
                over = True
        if over:
            old, felt, thrust = launch_rate(t, y, axis, throttles, front, craft, air, forces)
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            if status != TIME_OUT:
                break
            if craft.ends_with[segment] >= 0:
                y[6] -= tanks[craft.ends_with[segment]]
                tanks[craft.ends_with[segment]] = 0.0
            y[6] -= craft.drop_kg[segment]
            segment += 1
            elapsed = 0.0
    return status, rows[:n].copy()
