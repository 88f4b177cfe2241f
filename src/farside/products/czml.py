"""CZML: the flight for Cesium, a packet for each module, one for the Moon.

*Model*: CZML knows two sorts of axes, both about the Earth. `INERTIAL` (ICRF) is what craft in space are told in, those at the Moon and
on it too: their place about the Moon plus where the Moon is by the flight's ephemeris. `FIXED` (ITRF) is for craft on the Earth's ground
and in its air. Each arc is an interval of its own: no interpolation (Lagrange, degree 7) looks across a jump of thrust, or across a change
from close nodes to wide ones, where it would make metres of the digits that are left out. Times are UTC; seconds within an interval are
those of TT, which run like those of UTC.
*Limits*: within a metre with the nodes of the flight, with a step as good as that step is. Cesium turns ICRF to the Earth's ground by data
that it loads itself, and draws its own Moon kilometres away from the one that was flown by: hence the packet `moon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tt_from_tdb, utc_from_tdb
from farside.environment.ephemeris import Sky, sky_at
from farside.products.recorded import Recorded
from farside.products.stretches import IN_SPACE, Stretch, stepped
from farside.products.tracks import DEGREE

Array = NDArray[np.float64]
Packet = dict[str, Any]

MOON_STEP_S = 3600.0  # of the Moon's packet; it moves 0.5 deg in that time, and degree 7 finds it again to centimetres
COLORS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (213, 94, 0), (204, 121, 167), (0, 114, 178))
"""Told apart by everyone: Okabe & Ito 2008, jfly.uni-koeln.de/color."""
MILLIMETRES = 3  # decimals of a metre


def czml_packets(flown: Recorded, modules: Sequence[str], step_s: float | None = None) -> list[Packet]:
    """The packets of some modules, the document first; nodes are the flight's, or every `step_s` in arcs that are long enough for that."""
    parts = {module: list(stepped(flown.stretches[module], step_s, DEGREE + 1)) for module in modules}
    ends = [epoch for stretches in parts.values() for one in stretches for epoch in (one.start_s, one.end_s)]
    first_s, last_s = min(ends), max(ends)
    clock = {"interval": _interval(first_s, last_s), "currentTime": _utc(first_s), "multiplier": 600}
    packets: list[Packet] = [{"id": "document", "version": "1.0", "name": flown.mission, "clock": clock}]
    if any(one.center == "moon" for stretches in parts.values() for one in stretches):
        packets.append(moon_packet(first_s, last_s, flown.sky))
    for module, stretches in parts.items():
        color = COLORS[flown.modules.index(module) % len(COLORS)]
        packets.append(module_packet(flown.mission, module, stretches, flown.sky, color))
    return packets


def module_packet(mission: str, module: str, stretches: Sequence[Stretch], sky: Sky, color: tuple[int, int, int]) -> Packet:
    """Where a module is, from its first epoch to its last."""
    paint = {"rgba": [*color, 255]}
    return {
        "id": f"{mission}/{module}",
        "name": module,
        "availability": _interval(stretches[0].start_s, stretches[-1].end_s),
        "position": [_samples(stretch, sky) for stretch in stretches],
        "point": {"color": paint, "pixelSize": 8},
        "label": {"text": module, "fillColor": paint, "font": "12px sans-serif", "pixelOffset": {"cartesian2": [10, -10]}},
        "path": {"material": {"solidColor": {"color": paint}}, "width": 1.5, "leadTime": 0, "trailTime": 86400, "resolution": 600},
    }


def moon_packet(first_s: float, last_s: float, sky: Sky) -> Packet:
    """Where the Moon is, by the ephemeris that was flown by: a ball of its radius."""
    count = max(DEGREE + 1, int(np.ceil((last_s - first_s) / MOON_STEP_S)) + 1)
    times = np.linspace(first_s, last_s, count)
    ball = {"radii": {"cartesian": [MOON_RADIUS_M] * 3}, "material": {"solidColor": {"color": {"rgba": [150, 150, 150, 255]}}}}
    return {
        "id": "moon",
        "name": "Moon",
        "availability": _interval(first_s, last_s),
        "position": _property("INERTIAL", times, moon_from_earth(times, sky)),
        "ellipsoid": ball,
        "label": {"text": "Moon", "font": "12px sans-serif", "pixelOffset": {"cartesian2": [10, -10]}},
    }


def _samples(stretch: Stretch, sky: Sky) -> Packet:
    """One interval of a position."""
    frame, places = earth_frame(stretch, stretch.times_s, stretch.states[:, :3], sky)
    return {"interval": _interval(stretch.start_s, stretch.end_s), **_property(frame, stretch.times_s, places)}


def earth_frame(stretch: Stretch, times_s: Array, r_m: Array, sky: Sky) -> tuple[str, Array]:
    """The axes that CZML is told a stretch in, and its places (k, 3) [m] about the Earth in them; `r_m` (k, 3) about its centre, ICRF."""
    if stretch.center == "moon":
        return "INERTIAL", r_m + moon_from_earth(times_s, sky)
    if stretch.mode not in IN_SPACE:
        return "FIXED", np.einsum("kij,kj->ki", icrf_to_itrf(times_s), r_m)
    return "INERTIAL", r_m


def moon_from_earth(times_s: Array, sky: Sky) -> Array:
    """The Moon's place (k, 3) [m] from the Earth's centre, ICRF axes."""
    return np.array([sky_at(epoch, sky)[:3] for epoch in times_s.tolist()])


def _property(frame: str, times_s: Array, places_m: Array) -> Packet:
    """A sampled position: seconds since the first sample, x, y, z in turn."""
    seconds = _tt(times_s) - _tt(times_s[:1])
    rows = np.column_stack([np.round(seconds, 6), np.round(places_m, MILLIMETRES)])
    sampled: Mapping[str, Any] = {
        "referenceFrame": frame,
        "interpolationAlgorithm": "LAGRANGE",
        "interpolationDegree": min(DEGREE, times_s.size - 1),
        "epoch": _utc(float(times_s[0])),
        "cartesian": rows.ravel().tolist(),
    }
    return dict(sampled)


def _tt(times_s: Array) -> Array:
    return np.asarray(tt_from_tdb(times_s))


def _utc(epoch_s: float) -> str:
    return utc_from_tdb(epoch_s, 6)


def _interval(first_s: float, last_s: float) -> str:
    return f"{_utc(first_s)}/{_utc(last_s)}"


def czml_lines(packets: Sequence[Packet]) -> Iterator[str]:
    """The document as text, a packet a line."""
    import json

    for number, packet in enumerate(packets):
        ending = "]\n" if number == len(packets) - 1 else ",\n"
        yield ("[" if number == 0 else "") + json.dumps(packet, ensure_ascii=False, separators=(",", ":")) + ending
