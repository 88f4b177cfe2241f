"""Two-body motion: Kepler's problem, the hyperbola's B-plane, Lambert's problem. Seeds of the planning; no recorded arc is made of it.

Sources: universal variables and Stumpff functions as in Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed. 2013, 2.3; the
B-plane as in Kizner 1961 (JPL EP 674); Lambert as in Izzo, *Revisiting Lambert's problem*, Celest. Mech. Dyn. Astron. 121 (2015), with
Householder iterations and all branches. SI units; vectors are arrays (3,).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel

Array = NDArray[np.float64]


@kernel
def cross(a, b):
    """Vector product of two arrays (3,); `np.cross` takes forty times as long for one."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def unit(vector: Array) -> Array:
    """The vector over its length."""
    return vector / math.sqrt(float(vector @ vector))


def angle_between(a: Array, b: Array) -> float:
    """Angle [rad] between two vectors, exact near 0 and pi."""
    return math.atan2(float(np.linalg.norm(cross(a, b))), float(a @ b))


def turned(vector: Array, axis: Array, angle_rad: float) -> Array:
    """The vector turned about a unit axis by the right-hand rule (Rodrigues)."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return vector * c + cross(axis, vector) * s + axis * float(axis @ vector) * (1.0 - c)


@kernel
def stumpff(psi):
    """The functions c2 and c3 of Vallado 2.3; by their series where the closed forms cancel."""
    if psi > 1.0:
        s = math.sqrt(psi)
        return (1.0 - math.cos(s)) / psi, (s - math.sin(s)) / (s * psi)
    if psi < -1.0:
        s = math.sqrt(-psi)
        return (1.0 - math.cosh(s)) / psi, (math.sinh(s) - s) / (s * -psi)
    c2 = c3 = 1.0
    for k in range(9, 0, -1):
        c2 = 1.0 - psi * c2 / ((2 * k + 1) * (2 * k + 2))
        c3 = 1.0 - psi * c3 / ((2 * k + 2) * (2 * k + 3))
    return 0.5 * c2, c3 / 6.0


@kernel
def kepler(r, v, seconds, mu):
    """State (r, v) after `seconds` (either sign) of two-body motion: universal variables, Newton with bisection."""
    r0, vr = math.sqrt(np.sum(r * r)), np.sum(r * v)
    alpha = 2.0 / r0 - np.sum(v * v) / mu
    if seconds == 0.0:
        return r.copy(), v.copy()
    root = math.sqrt(mu)
    target = root * seconds
    if alpha > 0.0:
        guess = target * alpha
    else:
        guess = math.copysign(
            math.sqrt(-1.0 / min(alpha, -1e-30)) * math.log(1.0 + 2.0 * abs(target) * math.sqrt(-min(alpha, -1e-30)) / r0), seconds
        )
    chi = guess
    size = max(abs(guess), 1.0)
    low, high = chi - size, chi + size
    for _ in range(200):  # bracket: the time is a rising function of chi
        if universal_time(low, alpha, r0, vr, root) - target <= 0.0 <= universal_time(high, alpha, r0, vr, root) - target:
            break
        size *= 2.0
        low, high = chi - size, chi + size
    for _ in range(200):
        c2, c3 = stumpff(chi * chi * alpha)
        f = universal_time(chi, alpha, r0, vr, root) - target
        slope = chi * chi * c2 + vr / root * chi * (1.0 - chi * chi * alpha * c3) + r0 * (1.0 - chi * chi * alpha * c2)
        if f > 0.0:
            high = chi
        else:
            low = chi
        new = chi - f / slope
        if not low <= new <= high:
            new = 0.5 * (low + high)
        if abs(new - chi) <= 4e-16 * abs(new):
            chi = new
            break
        chi = new
    z = chi * chi * alpha
    c2, c3 = stumpff(z)
    f = 1.0 - chi * chi * c2 / r0
    g = seconds - chi**3 * c3 / root
    rn = f * r + g * v
    rm = math.sqrt(np.sum(rn * rn))
    fd = root / (rm * r0) * chi * (z * c3 - 1.0)
    gd = 1.0 - chi * chi * c2 / rm
    return rn, fd * r + gd * v


@kernel
def universal_time(chi, alpha, r0, vr, root):
    """sqrt(mu) times the time that belongs to the universal variable."""
    c2, c3 = stumpff(chi * chi * alpha)
    return chi**3 * c3 + vr / root * chi * chi * c2 + r0 * chi * (1.0 - chi * chi * alpha * c3)


class Arrival(NamedTuple):
    """A hyperbola from its incoming asymptote: B-plane components [m], excess speed [m/s], periapsis radius [m], seconds to periapsis."""

    b_t_m: float
    b_r_m: float
    excess_m_s: float
    periapsis_m: float
    to_periapsis_s: float


def bplane_axes(asymptote: Array, pole: Array) -> tuple[Array, Array]:
    """T (in the plane normal to `pole`) and R = S x T of the B-plane of a unit incoming asymptote."""
    t = unit(cross(asymptote, pole))
    return t, cross(asymptote, t)


def incoming_asymptote(r: Array, v: Array, mu: float) -> Array:
    """Unit vector along which the craft comes in from far away; `ValueError` for a closed orbit."""
    h, energy = cross(r, v), 0.5 * float(v @ v) - mu / float(np.linalg.norm(r))
    if energy <= 0.0:
        raise ValueError(f"no asymptote: the orbit is closed (energy {energy:.4g} m2/s2)")
    e = cross(v, h) / mu - r / np.linalg.norm(r)
    size = float(np.linalg.norm(e))
    p, q = e / size, unit(cross(h, e))
    return (p + math.sqrt(size * size - 1.0) * q) / size


def arrival(r: Array, v: Array, mu: float, pole: Array) -> Arrival:
    """The B-plane of a hyperbolic state."""
    s = incoming_asymptote(r, v, mu)
    h = cross(r, v)
    excess = math.sqrt(float(v @ v) - 2.0 * mu / float(np.linalg.norm(r)))
    b = cross(s, h) / excess
    t, rr = bplane_axes(s, pole)
    a = mu / excess**2
    e = math.sqrt(1.0 + float(h @ h) * excess**2 / mu**2)
    sinh_f = float(r @ v) / (math.sqrt(mu * a) * e)
    mean = e * sinh_f - math.asinh(sinh_f)
    return Arrival(float(b @ t), float(b @ rr), excess, a * (e - 1.0), -mean * math.sqrt(a**3 / mu))


def hyperbola_periapsis(excess: Array, angle_rad: float, periapsis_m: float, mu: float, pole: Array) -> tuple[Array, Array]:
    """Periapsis state of the hyperbola coming in with the excess velocity (3,), B at `angle_rad` from T towards R in the B-plane."""
    speed2 = float(excess @ excess)
    s = unit(excess)
    t, r = bplane_axes(s, pole)
    b = math.cos(angle_rad) * t + math.sin(angle_rad) * r
    e = 1.0 + periapsis_m * speed2 / mu
    h = cross(b, s)
    p = (s - math.sqrt(e * e - 1.0) * cross(h, s)) / e
    return periapsis_m * p, math.sqrt(speed2 + 2.0 * mu / periapsis_m) * cross(h, p)


def impact_parameter(periapsis_m: float, excess_m_s: float, mu: float) -> float:
    """|B| [m] of a hyperbola of that periapsis and excess speed."""
    return periapsis_m * math.sqrt(1.0 + 2.0 * mu / (periapsis_m * excess_m_s**2))


@kernel
def _lambert_time(x, lam, revolutions):
    """Izzo's non-dimensional time of flight T(x): Battin's series near x = 1, Lagrange's form elsewhere."""
    y = math.sqrt(1.0 - lam * lam * (1.0 - x * x))
    if revolutions == 0 and math.sqrt(0.6) < x < math.sqrt(1.4):
        eta = y - lam * x
        s1 = 0.5 * (1.0 - lam - x * eta)
        q = 4.0 / 3.0 * _hyp2f1(s1)
        return 0.5 * (eta**3 * q + 4.0 * lam * eta)
    if x < 1.0:
        psi = math.acos(max(-1.0, min(1.0, x * y + lam * (1.0 - x * x))))
    else:
        psi = math.asinh((y - x * lam) * math.sqrt(x * x - 1.0))
    root = math.sqrt(abs(1.0 - x * x))
    return ((psi + revolutions * math.pi) / root - x + lam * y) / (1.0 - x * x)


@kernel
def _hyp2f1(z):
    """Gauss's hypergeometric function F(3, 1; 5/2; z) by its series."""
    total, term = 1.0, 1.0
    for n in range(500):
        term *= (3.0 + n) * (1.0 + n) / (2.5 + n) * z / (n + 1.0)
        total += term
        if abs(term) <= 1e-17 * abs(total):
            break
    return total


@kernel
def _lambert_slopes(x, t, lam):
    """First three derivatives of T(x) at a value t = T(x)."""
    y = math.sqrt(1.0 - lam * lam * (1.0 - x * x))
    w = 1.0 - x * x
    d1 = (3.0 * t * x - 2.0 + 2.0 * lam**3 * x / y) / w
    d2 = (3.0 * t + 5.0 * x * d1 + 2.0 * (1.0 - lam * lam) * lam**3 / y**3) / w
    d3 = (7.0 * x * d2 + 8.0 * d1 - 6.0 * (1.0 - lam * lam) * lam**5 * x / y**5) / w
    return d1, d2, d3


@kernel
def _householder(x, target, lam, revolutions):
    """Root of T(x) = target by third-order Householder steps."""
    for _ in range(60):
        t = _lambert_time(x, lam, revolutions)
        d1, d2, d3 = _lambert_slopes(x, t, lam)
        f = t - target
        step = f * (d1 * d1 - 0.5 * f * d2) / (d1 * (d1 * d1 - f * d2) + d3 * f * f / 6.0)
        x -= step
        if abs(step) < 1e-14:
            break
    return x


@kernel
def _least_time(lam, revolutions):
    """(x, T) of the fastest transfer with so many full revolutions (Halley)."""
    x = 0.0
    for _ in range(60):
        t = _lambert_time(x, lam, revolutions)
        d1, d2, d3 = _lambert_slopes(x, t, lam)
        step = 2.0 * d1 * d2 / (2.0 * d2 * d2 - d1 * d3)
        x -= step
        if abs(step) < 1e-13:
            break
    return x, _lambert_time(x, lam, revolutions)


@kernel
def _lambert(r1, r2, seconds, mu, prograde_normal, revolutions, low_path):
    n1, n2 = math.sqrt(np.sum(r1 * r1)), math.sqrt(np.sum(r2 * r2))
    c = math.sqrt(np.sum((r2 - r1) ** 2))
    s = 0.5 * (n1 + n2 + c)
    i1, i2 = r1 / n1, r2 / n2
    ih = np.array([i1[1] * i2[2] - i1[2] * i2[1], i1[2] * i2[0] - i1[0] * i2[2], i1[0] * i2[1] - i1[1] * i2[0]])
    size = math.sqrt(np.sum(ih * ih))
    nothing = np.full(3, np.nan)
    if size < 1e-12:
        return nothing, nothing
    ih = ih / size
    lam = math.sqrt(max(0.0, 1.0 - c / s))
    if np.sum(ih * prograde_normal) < 0.0:
        lam, ih = -lam, -ih
    t1 = np.array([ih[1] * i1[2] - ih[2] * i1[1], ih[2] * i1[0] - ih[0] * i1[2], ih[0] * i1[1] - ih[1] * i1[0]])
    t2 = np.array([ih[1] * i2[2] - ih[2] * i2[1], ih[2] * i2[0] - ih[0] * i2[2], ih[0] * i2[1] - ih[1] * i2[0]])
    target = math.sqrt(2.0 * mu / s**3) * seconds
    if revolutions == 0:
        t00 = math.acos(lam) + lam * math.sqrt(1.0 - lam * lam)
        parabola = 2.0 / 3.0 * (1.0 - lam**3)
        if target >= t00:
            x = (t00 / target) ** (2.0 / 3.0) - 1.0
        elif target < parabola:
            x = 2.5 * parabola * (parabola - target) / (target * (1.0 - lam**5)) + 1.0
        else:
            x = (t00 / target) ** (math.log(2.0) / math.log(t00 / parabola)) - 1.0
    else:
        _, least = _least_time(lam, revolutions)
        if target < least:
            return nothing, nothing
        if low_path:
            k = ((8.0 * target) / (revolutions * math.pi)) ** (2.0 / 3.0)
        else:
            k = ((revolutions + 1.0) * math.pi / (8.0 * target)) ** (2.0 / 3.0)
        x = (k - 1.0) / (k + 1.0)
    x = _householder(x, target, lam, revolutions)
    y = math.sqrt(1.0 - lam * lam + lam * lam * x * x)
    gamma, rho = math.sqrt(0.5 * mu * s), (n1 - n2) / c
    sigma = math.sqrt(max(0.0, 1.0 - rho * rho))
    vr1, vr2 = gamma * ((lam * y - x) - rho * (lam * y + x)) / n1, -gamma * ((lam * y - x) + rho * (lam * y + x)) / n2
    vt = gamma * sigma * (y + lam * x)
    return vr1 * i1 + vt / n1 * t1, vr2 * i2 + vt / n2 * t2


def lambert(
    r1: Array, r2: Array, seconds: float, mu: float, normal: Array, revolutions: int = 0, low_path: bool = True
) -> tuple[Array, Array]:
    """Velocities [m/s] at both ends of the two-body path from r1 to r2 [m] in `seconds`, turning about the side of `normal` (3,).

    `revolutions` full turns on the way; with one or more there are two paths, `low_path` chooses. `ValueError` when the points lie on one
    line through the centre (the plane is open) or when no path with so many turns is that fast.
    """
    if seconds <= 0.0:
        raise ValueError(f"time of flight {seconds} s: must be positive")
    v1, v2 = _lambert(
        np.asarray(r1, float), np.asarray(r2, float), float(seconds), float(mu), np.asarray(normal, float), revolutions, low_path
    )
    if not np.isfinite(v1).all():
        raise ValueError(f"no path of {revolutions} turns in {seconds:.6g} s; fewer turns, more time, or points not on one line would do")
    return v1, v2
