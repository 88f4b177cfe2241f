"""Coasts side by side: lanes of an array, moved by one mesh of steps that is good for each of them. `many.coast_many` is the way in.

*Model*: the equations and the method of `propagate` (DOP853, forces of `forces.gravity`) for many states about one centre from one epoch to
another. What does not depend on the craft is worked out once for all: where the bodies are, how the Moon is turned, the size of a step.
What does is written as loops over LANES numbers that lie side by side, which the compiler turns into vector instructions. A step is made
only if the embedded error of *every* lane is within the tolerance; the mesh is that of the most demanding lane.

*Limits*: no stop conditions. A lane that asks for less than half the step that serves nearly all others is taken out (`ALONE`) for the
caller to fly by itself; one that is found inside its central body after a step has `STRUCK`, and ends there. Terms of the Moon's figure
whose degree pulls less than 1e-16 m/s2 on every lane of a block are left out there (10 um in five days). Results differ from those of
`propagate` by what the tolerance allows, not to the bit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.dynamics.dop853 import E3, E5, A, B, C
from farside.dynamics.forces import EARTH, MOON, below_surface, sunlight_acceleration, tide
from farside.environment.ephemeris import moon_matrix, moon_state, sky_at
from farside.environment.gravity import zonal_acceleration

LANES = 72  # in a block: a row of them is 9 cache lines, so that rows do not fall on each other in the cache, as those of 64 would
ROWS = 6 * LANES  # position and velocity of a block, component by component
SHARED = 20  # numbers of the sky that all lanes share at an epoch
SCRATCH = 18  # rows that the Moon's figure works on
NEGLIGIBLE_M_S2 = 1e-16
FLYING, ALONE, STRUCK = 0, 1, 2


class Lanes(NamedTuple):
    """Lanes on their way, in blocks.

    `y` (blocks, ROWS): the states; `first`: their rates; `new` and `last`: the same at the end of the step that is tried; `masses` (blocks,
    LANES) [kg]; `fate` (blocks, LANES): FLYING, ALONE or STRUCK; `ends` (blocks, LANES, 8): centre, epoch, position and velocity of those
    that struck.
    """

    y: NDArray[np.float64]
    first: NDArray[np.float64]
    new: NDArray[np.float64]
    last: NDArray[np.float64]
    masses: NDArray[np.float64]
    fate: NDArray[np.int64]
    ends: NDArray[np.float64]


class Bench(NamedTuple):
    """What a step is worked out on.

    `k` (13, ROWS): the stages of a block; `sky` (13, SHARED): the sky at each; `errors` (LANES,); `strong`: how much each degree of the
    Moon's figure pulls; the rest is scratch.
    """

    k: NDArray[np.float64]
    sky: NDArray[np.float64]
    scratch: NDArray[np.float64]
    five: NDArray[np.float64]
    three: NDArray[np.float64]
    errors: NDArray[np.float64]
    strong: NDArray[np.float64]


class About(NamedTuple):
    """The centre that lanes are about now, EARTH or MOON."""

    center: int


@kernel
def strengths(field):
    """What each degree of a field can pull at most [m/s2] times r^2 (r / R)^n: |grad V_n| <= (2n + 1)^1.5 |coefficients of degree n|."""
    out = np.zeros(field.degree + 1)
    for n in range(1, field.degree + 1):
        total = 0.0
        for m in range(n + 1):
            total += field.c[n, m] ** 2 + field.s[n, m] ** 2
        out[n] = field.mu_m3_s2 * math.sqrt(total) * (2.0 * n + 1.0) ** 1.5
    return out


@kernel
def needed_degree(strong, radius_m, r):
    """The highest degree that pulls more than what is negligible at the distance r."""
    q = radius_m / r
    for n in range(strong.size - 1, 0, -1):
        if strong[n] / (r * r) * q**n > NEGLIGIBLE_M_S2:
            return n
    return 0


@kernel
def share(t, forces, out):
    """What all lanes share at an epoch: Moon and Sun from the Earth, the Earth's pole, the rotation from ICRF to the axes of the field."""
    sky = sky_at(t, forces.sky)
    for i in range(6):
        out[i] = sky[i]
    out[6], out[7], out[8] = sky[9], sky[10], math.sqrt(1.0 - sky[9] * sky[9] - sky[10] * sky[10])
    turn, axes = moon_matrix(sky[6], sky[7], sky[8]), forces.field.axes
    for i in range(3):
        for j in range(3):
            out[9 + 3 * i + j] = axes[i, 0] * turn[j] + axes[i, 1] * turn[3 + j] + axes[i, 2] * turn[6 + j]


@kernel
def about_earth(y, out, s, forces):
    """Rates of lanes about the Earth by Earth, Moon and Sun, without the Moon's figure."""
    mx, my, mz, sx, sy, sz, px, py, pz = s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]
    gm_earth, gm_moon, gm_sun = forces.gm_earth_m3_s2, forces.gm_moon_m3_s2, forces.gm_sun_m3_s2
    for i in range(LANES):
        x, yy, z = y[i], y[LANES + i], y[2 * LANES + i]
        r2 = x * x + yy * yy + z * z
        k = -gm_earth / (r2 * math.sqrt(r2))
        ax, ay, az = tide(x, yy, z, mx, my, mz, gm_moon)
        bx, by, bz = tide(x, yy, z, sx, sy, sz, gm_sun)
        cx, cy, cz = zonal_acceleration(x, yy, z, px, py, pz)
        out[i], out[LANES + i], out[2 * LANES + i] = y[3 * LANES + i], y[4 * LANES + i], y[5 * LANES + i]
        out[3 * LANES + i], out[4 * LANES + i], out[5 * LANES + i] = k * x + ax + bx + cx, k * yy + ay + by + cy, k * z + az + bz + cz


@kernel
def about_moon(y, out, s, forces):
    """Rates of lanes about the Moon by Earth, Moon and Sun, without the Moon's figure."""
    mx, my, mz, sx, sy, sz, px, py, pz = s[0], s[1], s[2], s[3] - s[0], s[4] - s[1], s[5] - s[2], s[6], s[7], s[8]
    gm_earth, gm_moon, gm_sun = forces.gm_earth_m3_s2, forces.gm_moon_m3_s2, forces.gm_sun_m3_s2
    ox, oy, oz = zonal_acceleration(mx, my, mz, px, py, pz)
    for i in range(LANES):
        x, yy, z = y[i], y[LANES + i], y[2 * LANES + i]
        r2 = x * x + yy * yy + z * z
        k = -gm_moon / (r2 * math.sqrt(r2))
        ax, ay, az = tide(x, yy, z, -mx, -my, -mz, gm_earth)
        bx, by, bz = tide(x, yy, z, sx, sy, sz, gm_sun)
        cx, cy, cz = zonal_acceleration(x + mx, yy + my, z + mz, px, py, pz)
        out[i], out[LANES + i], out[2 * LANES + i] = y[3 * LANES + i], y[4 * LANES + i], y[5 * LANES + i]
        out[3 * LANES + i] = k * x + ax + bx + cx - ox
        out[4 * LANES + i] = k * yy + ay + by + cy - oy
        out[5 * LANES + i] = k * z + az + bz + cz - oz


@kernel
def nearest(y, x, yy, z):
    """Distance [m] of the nearest lane from a place."""
    least = math.inf
    for i in range(LANES):
        dx, dy, dz = y[i] - x, y[LANES + i] - yy, y[2 * LANES + i] - z
        least = min(least, dx * dx + dy * dy + dz * dz)
    return math.sqrt(least)


@kernel
def figure(y, out, w, mx, my, mz, turn, degree, field):
    """Add the pull of the Moon's figure to the rates of lanes: Pines' sums as in `environment.gravity`, term by term over the lanes.

    Rows of `w`: s t u q | polar part, ax, ay, radial | cosine and sine of m and of m - 1 times the longitude | A(m, m) | A and its
    derivative by u at n and at n - 1 | scale.
    """
    a, b, c, d, e, f, g, h, k = turn[0], turn[1], turn[2], turn[3], turn[4], turn[5], turn[6], turn[7], turn[8]
    for i in range(LANES):
        x, yy, z = y[i] - mx, y[LANES + i] - my, y[2 * LANES + i] - mz
        inverse = 1.0 / math.sqrt(x * x + yy * yy + z * z)
        w[i] = (a * x + b * yy + c * z) * inverse
        w[LANES + i] = (d * x + e * yy + f * z) * inverse
        w[2 * LANES + i] = (g * x + h * yy + k * z) * inverse
        w[3 * LANES + i] = field.radius_m * inverse
        w[4 * LANES + i] = w[5 * LANES + i] = w[6 * LANES + i] = w[7 * LANES + i] = 0.0
        w[8 * LANES + i], w[9 * LANES + i], w[10 * LANES + i], w[11 * LANES + i] = 1.0, 0.0, 0.0, 0.0
        w[12 * LANES + i] = 1.0
        w[17 * LANES + i] = field.mu_m3_s2 * inverse * inverse
    terms, at = field.terms, 0
    for m in range(degree + 1):
        _start_column(w, terms[at, 0], terms[at, 2], terms[at, 3], float(m))
        for n in range(m + 1, degree + 1):
            row = at + n - m
            _next_term(w, terms[row, 0], terms[row, 1], terms[row, 2], terms[row, 3], float(m), float(n + m + 1))
        _end_column(w)
        at += field.degree + 1 - m
    for i in range(LANES):
        radial = w[7 * LANES + i] + w[2 * LANES + i] * w[4 * LANES + i]
        gx = w[17 * LANES + i] * (w[5 * LANES + i] - radial * w[i])
        gy = w[17 * LANES + i] * (w[6 * LANES + i] - radial * w[LANES + i])
        gz = w[17 * LANES + i] * (w[4 * LANES + i] - radial * w[2 * LANES + i])
        out[3 * LANES + i] += a * gx + d * gy + g * gz
        out[4 * LANES + i] += b * gx + e * gy + h * gz
        out[5 * LANES + i] += c * gx + f * gy + k * gz


@kernel
def _start_column(w, first, c, s, order):
    """The diagonal term of an order."""
    for i in range(LANES):
        v = w[12 * LANES + i] * first
        co, si, cb, sb = w[8 * LANES + i], w[9 * LANES + i], w[10 * LANES + i], w[11 * LANES + i]
        w[12 * LANES + i] = w[13 * LANES + i] = v
        w[14 * LANES + i] = w[15 * LANES + i] = w[16 * LANES + i] = 0.0
        w[5 * LANES + i] += order * v * (c * cb + s * sb)
        w[6 * LANES + i] += order * v * (s * cb - c * sb)
        w[7 * LANES + i] += (2.0 * order + 1.0) * v * (c * co + s * si)


@kernel
def _next_term(w, first, second, c, s, order, weight):
    """The next degree of an order."""
    for i in range(LANES):
        u, q = w[2 * LANES + i], w[3 * LANES + i]
        co, si, cb, sb = w[8 * LANES + i], w[9 * LANES + i], w[10 * LANES + i], w[11 * LANES + i]
        p, p2 = q * first, q * q * second
        v, d = w[13 * LANES + i], w[15 * LANES + i]
        new = p * u * v - p2 * w[14 * LANES + i]
        slope = p * (v + u * d) - p2 * w[16 * LANES + i]
        w[14 * LANES + i], w[13 * LANES + i] = v, new
        w[16 * LANES + i], w[15 * LANES + i] = d, slope
        along = c * co + s * si
        w[4 * LANES + i] += slope * along
        w[5 * LANES + i] += order * new * (c * cb + s * sb)
        w[6 * LANES + i] += order * new * (s * cb - c * sb)
        w[7 * LANES + i] += weight * new * along


@kernel
def _end_column(w):
    """Cosine and sine of the next order, and A(m, m) q^m times q."""
    for i in range(LANES):
        s, t, co, si = w[i], w[LANES + i], w[8 * LANES + i], w[9 * LANES + i]
        w[10 * LANES + i], w[11 * LANES + i] = co, si
        w[8 * LANES + i], w[9 * LANES + i] = s * co - t * si, s * si + t * co
        w[12 * LANES + i] *= w[3 * LANES + i]


@kernel
def sunlight(y, out, s, center, masses, area):
    """Add solar radiation pressure to the rates of lanes; one by one, for the shadows have cases."""
    k = 0.0 if center == EARTH else 1.0
    for i in range(LANES):
        x, yy, z = y[i] + k * s[0], y[LANES + i] + k * s[1], y[2 * LANES + i] + k * s[2]
        ax, ay, az = sunlight_acceleration(x, yy, z, s[0], s[1], s[2], s[3], s[4], s[5], area, masses[i])
        out[3 * LANES + i] += ax
        out[4 * LANES + i] += ay
        out[5 * LANES + i] += az


@kernel
def rates(y, out, w, s, center, masses, forces, strong):
    """Time derivative of the lanes of a block; `s` (SHARED,) is the sky at the epoch, `w` scratch."""
    mx = my = mz = 0.0
    if center == EARTH:
        mx, my, mz = s[0], s[1], s[2]
        about_earth(y, out, s, forces)
    else:
        about_moon(y, out, s, forces)
    degree = needed_degree(strong, forces.field.radius_m, nearest(y, mx, my, mz))
    if degree > 0:
        figure(y, out, w, mx, my, mz, s[9:], degree, forces.field)
    if forces.reflecting_area_m2 > 0.0:
        sunlight(y, out, s, center, masses, forces.reflecting_area_m2)


@kernel
def combine(y, k, weights, h, out):
    """`out` = y + h sum of weights[j] k[j], four rows at a time; weights that are zero cost nothing."""
    used, count = np.empty(16, np.int64), 0
    for j in range(weights.size):
        if weights[j] != 0.0:
            used[count] = j
            count += 1
    out[:] = y
    done = 0
    while done + 4 <= count:
        p, q, r, s = used[done], used[done + 1], used[done + 2], used[done + 3]
        _add_four(out, k[p], k[q], k[r], k[s], h * weights[p], h * weights[q], h * weights[r], h * weights[s])
        done += 4
    while done < count:
        _add_one(out, k[used[done]], h * weights[used[done]])
        done += 1


@kernel
def _add_four(out, p, q, r, s, wp, wq, wr, ws):
    for i in range(ROWS):
        out[i] += (wp * p[i] + wq * q[i]) + (wr * r[i] + ws * s[i])


@kernel
def _add_one(out, p, wp):
    for i in range(ROWS):
        out[i] += wp * p[i]


@kernel
def attempt(bench, y, new, h, center, masses, forces):
    """One step of a block into `new`; the first stage and the sky at all of them are there."""
    for row in range(1, 12):
        combine(y, bench.k, A[row, :row], h, new)
        rates(new, bench.k[row], bench.scratch, bench.sky[row], center, masses, forces, bench.strong)
    combine(y, bench.k, B[:12], h, new)
    rates(new, bench.k[12], bench.scratch, bench.sky[12], center, masses, forces, bench.strong)


@kernel
def block_error(bench, y, new, h, tolerance):
    """Estimated error of each lane over what is allowed, as `propagate.step_error`, into `errors`; infinite where it is no number.

    Answers the largest of them.
    """
    five, three, worst = bench.five, bench.three, 0.0
    five[:] = 0.0
    three[:] = 0.0
    combine(five, bench.k, E5[:13], 1.0, five)
    combine(three, bench.k, E3[:13], 1.0, three)
    for i in range(LANES):
        bench.errors[i] = 0.0
        for part in (0, 3 * LANES):
            p, q, r = part + i, part + LANES + i, part + 2 * LANES + i
            e5 = five[p] * five[p] + five[q] * five[q] + five[r] * five[r]
            e3 = three[p] * three[p] + three[q] * three[q] + three[r] * three[r]
            before = y[p] * y[p] + y[q] * y[q] + y[r] * y[r]
            after = new[p] * new[p] + new[q] * new[q] + new[r] * new[r]
            if e5 != 0.0:
                error = abs(h) * e5 / math.sqrt((e5 + 0.01 * e3) * max(before, after)) / tolerance
                bench.errors[i] = max(bench.errors[i], error) if error == error else math.inf
        worst = max(worst, bench.errors[i])
    return worst


@kernel
def take_out(block, lane, lanes, fate):
    """Mark a lane and put one that still flies in its place; False when there is none."""
    lanes.fate[block, lane] = fate
    for other in range(lanes.fate.shape[0]):
        for i in range(LANES):
            if lanes.fate[other, i] == FLYING:
                for row in range(6):
                    lanes.y[block, row * LANES + lane] = lanes.y[other, row * LANES + i]
                    lanes.first[block, row * LANES + lane] = lanes.first[other, row * LANES + i]
                lanes.masses[block, lane] = lanes.masses[other, i]
                return True
    return False


@kernel
def strays(block, errors, lanes):
    """Take out the lanes of a block that ask for less than half the step (2^8 of the error) where nearly all others do not, and at most
    one in twenty of all; how many were taken."""
    count = 0
    for i in range(LANES):
        count += errors[i] > 256.0
    if count > min(LANES // 16, lanes.fate.size // 20 - (lanes.fate == ALONE).sum()):
        return 0
    for i in range(LANES):
        if errors[i] > 256.0:
            take_out(block, i, lanes, ALONE)
    return count


@kernel
def struck(t, lanes, center):
    """Take out the lanes that are inside their central body, and keep where they are; whether any is left."""
    place, left = np.empty(3), True
    for block in range(lanes.fate.shape[0]):
        for i in range(LANES):
            if lanes.fate[block, i] == FLYING:
                for j in range(3):
                    place[j] = lanes.y[block, j * LANES + i]
                if below_surface(place, About(center)):
                    end = lanes.ends[block, i]
                    end[0], end[1] = center, t
                    for row in range(6):
                        end[2 + row] = lanes.y[block, row * LANES + i]
                    left = take_out(block, i, lanes, STRUCK)
    return left


@kernel
def crosses(lanes, sky, center, wanted, boundary_m):
    """Whether it is time to change to the wanted centre: the first lane is within the Moon's boundary, or the last one is beyond it."""
    if center == wanted:
        return False
    near, c = math.inf, 1.0 if center == EARTH else 0.0
    for block in range(lanes.fate.shape[0]):
        near = min(near, nearest(lanes.y[block], c * sky[0], c * sky[1], c * sky[2]))
    return (wanted == MOON) == (near < boundary_m)


@kernel
def begin_about(lanes, t, forces, sign, center, bench):
    """Tell all lanes about the centre, to which the Moon's state is added `sign` times, and work out their rates there."""
    moon = moon_state(t, forces.sky)
    for block in range(lanes.fate.shape[0]):
        for row in range(6):
            for i in range(LANES):
                lanes.y[block, row * LANES + i] += sign * moon[row]
        rates(lanes.y[block], lanes.first[block], bench.scratch, bench.sky[0], center, lanes.masses[block], forces, bench.strong)


@kernel
def try_step(lanes, t, h, t_new, center, forces, tolerance, bench):
    """Try a step with all lanes into `new` and `last`; the largest error over what is allowed, or -1 when strays were taken out."""
    for row in range(1, 12):
        share(t + C[row] * h, forces, bench.sky[row])
    share(t_new, forces, bench.sky[12])
    worst = 0.0
    for block in range(lanes.fate.shape[0]):
        bench.k[0] = lanes.first[block]
        attempt(bench, lanes.y[block], lanes.new[block], h, center, lanes.masses[block], forces)
        lanes.last[block] = bench.k[12]
        worst = max(worst, block_error(bench, lanes.y[block], lanes.new[block], h, tolerance))
        if not worst < 1.0:
            return -1.0 if strays(block, bench.errors, lanes) > 0 else worst
    return worst


@kernel
def first_step(y):
    """The smallest of the blocks' first steps [s]: as that of `propagate`, by the first lane of each."""
    h = math.inf
    for block in range(y.shape[0]):
        r2 = v2 = 0.0
        for i in range(3):
            r2 += y[block, i * LANES] ** 2
            v2 += y[block, (3 + i) * LANES] ** 2
        h = min(h, 0.02 * math.sqrt(r2 / v2))
    return h


@kernel
def fly_lanes(t0, states, masses, t1, forces, wanted, boundary_m, tolerance):
    """Move blocks of lanes (blocks, ROWS) from t0 to t1 (TDB s past J2000, either way), to the `wanted` centre where they come across.

    Returns the lanes as they are then, the centre they are about, steps made and steps tried.
    """
    empty, ends = np.empty_like(states), np.empty(masses.shape + (8,))  # noqa: RUF005 (as in `grown`)
    lanes = Lanes(states.copy(), empty, empty.copy(), empty.copy(), masses.copy(), np.zeros(masses.shape, np.int64), ends)
    one, sky = np.empty(ROWS), np.empty((13, SHARED))
    bench = Bench(np.empty((13, ROWS)), sky, np.empty(SCRATCH * LANES), one, one.copy(), np.empty(LANES), strengths(forces.field))
    center, t, way, made, tried = forces.center, t0, 1.0 if t1 >= t0 else -1.0, 0, 0
    h, h_before, error_before = way * first_step(states), 0.0, 0.0
    share(t, forces, sky[0])
    begin_about(lanes, t, forces, 0.0, center, bench)
    while t != t1:
        if crosses(lanes, sky[0], center, wanted, boundary_m):
            center, error_before = wanted, 0.0
            begin_about(lanes, t, forces, -1.0 if wanted == MOON else 1.0, center, bench)
        ends = abs(t1 - t) <= abs(h) * 1.0000001
        h = t1 - t if ends else (t + h) - t
        t_new = t1 if ends else t + h
        error, tried = try_step(lanes, t, h, t_new, center, forces, tolerance, bench), tried + 1
        if abs(h) < 1e-6 * (error >= 1.0) or tried > 2_000_000:
            for block in range(lanes.fate.shape[0]):
                for i in range(LANES):
                    lanes.fate[block, i] = max(lanes.fate[block, i], ALONE)
            break
        if error < 0.0:
            continue
        if error >= 1.0:
            h, error_before = h * max(0.2, 0.9 * error**-0.125), 0.0
            continue
        t, made = t_new, made + 1
        lanes.y[:], lanes.first[:], sky[0] = lanes.new, lanes.last, sky[12]
        if not struck(t, lanes, center):
            break
        grow = 0.9 * error**-0.125 if error > 1e-12 else 6.0
        if error_before > 0.0:  # errors rise from step to step: they will go on to (Gustafsson's prediction)
            grow = min(grow, grow * (h / h_before) * (error_before / max(error, 1e-12)) ** 0.125)
        h_before, error_before = h, error
        h *= min(6.0, grow)
    return lanes, center, made, tried
