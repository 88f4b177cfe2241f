"""Where a returning capsule comes down to the side, before entry is flown: a level flight over the turning Earth.

*Model*: a capsule 70 km up over a sphere, braked against the velocity of the air (which turns with the Earth) and pushed sideways by
nothing: a first braking at 2.5 g from the gate's speed to that of the skip, a skip without drag that lasts until the declared range is
covered, a second braking at 2 g to 300 m/s. Drag along the relative velocity takes the capsule's northward motion and gives it the
ground's eastward one, so that it leaves the plane of its orbit by some 70 km, while the site turns under it: neither that plane nor the
great circle along the first heading leads to the site (both are 100 to 150 km beside it; design/cross_range.md). *Limits*: no lift, no
wind, the skip's height is left out; brakings half or twice as hard move the answer by 25 km, a skip at 7.0 or 7.8 km/s by 5: told as the
spread. *How we know*: without drag it is the plane of the orbit; with air all the way and no turning, the great circle.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.basis.kernel import kernel
from farside.basis.twobody import cross

Array = NDArray[np.float64]

HEIGHT_M = 70e3  # where a capsule brakes hardest
RADIUS_M = 6.371e6 + HEIGHT_M
FIRST_M_S2, SECOND_M_S2 = 2.5 * 9.80665, 2.0 * 9.80665  # assumed: mean brakings of a skip entry
SKIP_M_S = 7400.0  # assumed: relative speed of the skip
SLOW_M_S = 300.0  # at which a capsule falls and turns with the Earth
STEPS = 60  # of each stretch


@kernel
def relative_velocity(up, v, pole):
    """Velocity relative to the air that turns with the Earth."""
    return v - EARTH_ROTATION_RATE_RAD_S * RADIUS_M * cross(pole, up)


@kernel
def stretch(up, v, pole, seconds, braking):
    """Direction and velocity after so many seconds over the sphere, braked against the air."""
    h = seconds / STEPS
    for _ in range(STEPS):
        w = relative_velocity(up, v, pole)
        slower = v - braking * h / math.sqrt(np.sum(w * w)) * w
        speed = math.sqrt(np.sum(slower * slower))
        c, s = math.cos(speed * h / RADIUS_M), math.sin(speed * h / RADIUS_M)
        ahead = slower / speed
        up, v = c * up + s * ahead, speed * (c * ahead - s * up)
    return up, v


@kernel
def comes_down(up, v, pole, skip_m_s, skip_s):
    """(direction, relative velocity, seconds) where the capsule has slowed."""
    level = v - np.sum(v * up) * up
    v = level * math.sqrt(np.sum(v * v) / np.sum(level * level))
    w = relative_velocity(up, v, pole)
    first_s = max(0.0, (math.sqrt(np.sum(w * w)) - skip_m_s) / FIRST_M_S2)
    up, v = stretch(up, v, pole, first_s, FIRST_M_S2)
    up, v = stretch(up, v, pole, skip_s, 0.0)
    w = relative_velocity(up, v, pole)
    last_s = max(0.0, (math.sqrt(np.sum(w * w)) - SLOW_M_S) / SECOND_M_S2)
    up, v = stretch(up, v, pole, last_s, SECOND_M_S2)
    return up, relative_velocity(up, v, pole), first_s + skip_s + last_s


@kernel
def side_of(r, v, pole, site, range_m, skip_m_s):
    """Metres by which a site (3,), where it is at the gate's epoch, will lie to the left of where the capsule comes down.

    `r`, `v`: the gate's state about the Earth, `pole` its axis, all in axes that do not turn; the skip is as long as `range_m` along the
    ground asks for (secants; none when the brakings alone fly further).
    """
    began = r / math.sqrt(np.sum(r * r))
    low, high = 0.0, 400.0
    short_low = ground_m(began, v, pole, skip_m_s, low) - range_m
    for _ in range(6):
        short_high = ground_m(began, v, pole, skip_m_s, high) - range_m
        if short_high == short_low:
            break
        low, high, short_low = high, max(0.0, high - short_high * (high - low) / (short_high - short_low)), short_high
        if high == low:
            break
    up, w, seconds = comes_down(began, v, pole, skip_m_s, high)
    left = cross(up, w)
    there = turned_with_earth(site, pole, seconds)
    return RADIUS_M * math.asin(np.sum(left * there) / math.sqrt(np.sum(left * left)))


@kernel
def ground_m(began, v, pole, skip_m_s, skip_s):
    """Metres along the ground that the capsule covers, the Earth's turning taken off."""
    up, _, seconds = comes_down(began, v, pole, skip_m_s, skip_s)
    back = turned_with_earth(up, pole, -seconds)
    across = cross(began, back)
    return 6.371e6 * math.atan2(math.sqrt(np.sum(across * across)), np.sum(began * back))


@kernel
def turned_with_earth(direction, pole, seconds):
    """A direction fixed to the Earth, so many seconds later."""
    w = EARTH_ROTATION_RATE_RAD_S * seconds
    c, s = math.cos(w), math.sin(w)
    return c * direction + s * cross(pole, direction) + (1.0 - c) * np.sum(pole * direction) * pole
