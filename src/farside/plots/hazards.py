"""The ground at the landing site: relief and slopes, the places that are too steep or too rough, and the spot that was chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farside.environment.landing_spot import Limits
from farside.environment.orientation import Ground
from farside.environment.site_terrain import site_terrain
from farside.environment.terrain import Terrain, footing_map, height_at
from farside.phases.descent import Descent
from farside.plots.drawing import Labels, drawn, svg_of
from farside.plots.look import value
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.plots.story import Record, Story

Array = NDArray[np.float64]
NAME, TITLE = "hazards", "Where to land"
SHOWN = 1.3  # of the reach, on either side
STEP_M, FINE_M = 1.0, 0.5  # of the judged places and of the drawn ground
LIGHT_RAD = (math.radians(315.0), math.radians(35.0))  # from where the drawn ground is lit, as on maps: azimuth, height


def hazards(story: Story) -> Picture | Absent:
    """The ground from above, lit as on a map; what a lander cannot stand on; the site, the spot, the touchdown."""
    mission = story.flight.mission
    touch = story.first("touchdown")
    phase = next((phase for phase, _ in story.flown("descent")), None)
    if not isinstance(phase, Descent) or touch is None or "safe_spot_east_m" not in touch["data"]:
        return Absent(NAME, TITLE, "no craft of this flight comes as far as choosing a spot on the Moon")
    site = mission.landing_site
    terrain = site_terrain(mission.terrain, mission.seed, Ground(site.latitude_rad, site.longitude_rad, site.altitude_m))
    limits = Limits(slope_rad=phase.tilt_max_rad)
    with drawn(4.14) as (figure, (axes,)):
        bad = _ground(axes, terrain, limits, phase.footpad_radius_m)
        svg = svg_of(figure, NAME, _marks(axes, touch, limits, landed_at(story, touch)))
    return Picture(NAME, TITLE, svg, *_caption(phase, terrain, limits, touch, landed_at(story, touch), bad))


def _ground(axes: Axes, terrain: Terrain, limits: Limits, feet_m: float) -> float:
    """The relief, and over it what is too steep or too rough; the share of that within reach."""
    reach = SHOWN * limits.reach_m
    extent = (-reach, reach, -reach, reach)
    fine = np.arange(-reach, reach + FINE_M, FINE_M)
    bright = shaded(height_at(terrain, *np.meshgrid(fine, fine)), FINE_M)
    axes.imshow(bright, cmap="gray", vmin=0.0, vmax=1.0, origin="lower", extent=extent)
    steps = np.arange(-reach, reach + STEP_M, STEP_M)
    east, north = np.meshgrid(steps, steps)
    slope, rough = footing_map(terrain, east.ravel(), north.ravel(), feet_m)
    bad = ~((slope <= limits.slope_rad) & (rough <= limits.roughness_m)).reshape(east.shape)
    tint = np.zeros((*bad.shape, 4))
    tint[bad] = (*(int(value("bad")[k : k + 2], 16) / 255.0 for k in (1, 3, 5)), 0.45)
    axes.imshow(tint, origin="lower", extent=extent)
    axes.set(xlabel="m east of the site", ylabel="m north", xlim=(-reach, reach), ylim=(-reach, reach))
    axes.grid(False)
    return float(bad[np.hypot(east, north) <= limits.reach_m].mean())


def shaded(heights_m: Array, step_m: float) -> Array:
    """How bright the ground is drawn, 0 to 1: Lambert's cosine of a light from the north-west."""
    north, east = np.gradient(heights_m, step_m)
    azimuth, high = LIGHT_RAD
    light = np.array([math.sin(azimuth) * math.cos(high), math.cos(azimuth) * math.cos(high), math.sin(high)])
    bright = (light[2] - light[0] * east - light[1] * north) / np.sqrt(1.0 + east**2 + north**2)
    return np.asarray(np.clip(bright, 0.0, 1.0))


def landed_at(story: Story, touch: Record) -> tuple[float, float]:
    """Where the craft stands, metres east and north of the site."""
    site = story.flight.mission.landing_site
    north, east = math.radians(touch["latitude_deg"]) - site.latitude_rad, math.radians(touch["longitude_deg"]) - site.longitude_rad
    east = (east + math.pi) % (2.0 * math.pi) - math.pi
    radius = math.sqrt(sum((1e3 * x) ** 2 for x in touch["position_km"]))
    return radius * east * math.cos(site.latitude_rad), radius * north


def _marks(axes: Axes, touch: Record, limits: Limits, at: tuple[float, float]) -> Labels:
    """Site, reach, spot and touchdown."""
    from matplotlib.patches import Circle

    spot = (touch["data"]["safe_spot_east_m"], touch["data"]["safe_spot_north_m"])
    axes.add_patch(Circle((0.0, 0.0), limits.reach_m, fill=False, ec=value("ink"), lw=0.8, ls=(0, (3, 2))))
    axes.plot([0.0], [0.0], "+", color=value("ink"), ms=9, mew=1.4)
    axes.plot(*[[x] for x in spot], "s", mfc="none", mec=value("good"), ms=9, mew=1.6)
    axes.plot(*[[x] for x in at], "o", color=value("lander"), ms=4)
    places = [(0.0, 0.0, "site", "ink"), (*spot, "spot", "good"), (*at, "touchdown", "lander"), (0.0, limits.reach_m, "reach", "ink")]
    return Labels(axes, places)


def _caption(
    phase: Descent, terrain: Terrain, limits: Limits, touch: Record, at: tuple[float, float], bad: float
) -> tuple[str, dict[str, Fact]]:
    """What was chosen and why."""
    text = (
        "Ground: {ground}. Red: steeper than {slope_deg:.0f}° or rougher than {rough_m:.1f} m under feet {feet_m:.1f} m out;"
        " {bad:.1f} % of what is within {reach_m:.0f} m. The spot lies {spot_m:.1f} m from the site, the touchdown {off_m:.1f} m from the"
        " spot, on a slope of {tilt_deg:.1f}°."
    )
    data = touch["data"]
    spot = np.array([data["safe_spot_east_m"], data["safe_spot_north_m"]])
    facts: dict[str, Fact] = {
        "ground": terrain.label,
        "slope_deg": math.degrees(limits.slope_rad),
        "rough_m": limits.roughness_m,
        "feet_m": phase.footpad_radius_m,
        "bad": 100.0 * bad,
        "reach_m": limits.reach_m,
        "spot_m": float(np.hypot(*spot)),
        "off_m": float(np.hypot(*(spot - np.array(at)))),
        "tilt_deg": data["tilt_deg"] if data["tilt_deg"] is not None else math.nan,
    }
    return text, facts
