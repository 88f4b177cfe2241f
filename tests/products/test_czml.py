"""CZML: as its guide lays it down, the flight again by another interpolation, and by Cesium itself where it is installed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from test_oem import neville

from farside.basis.axes import icrf_to_itrf
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.environment.ephemeris import sky_at
from farside.products.czml import czml_lines, czml_packets, earth_frame
from farside.products.recorded import recorded

UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
POSITION = {
    "type": "object",
    "required": ["referenceFrame", "epoch", "cartesian", "interpolationAlgorithm", "interpolationDegree"],
    "properties": {
        "interval": {"type": "string", "pattern": f"^{UTC}/{UTC}$"},
        "referenceFrame": {"enum": ["INERTIAL", "FIXED"]},
        "epoch": {"type": "string", "pattern": f"^{UTC}$"},
        "interpolationAlgorithm": {"enum": ["LAGRANGE", "LINEAR", "HERMITE"]},
        "interpolationDegree": {"type": "integer", "minimum": 1},
        "cartesian": {"type": "array", "items": {"type": "number"}, "minItems": 4},
    },
    "additionalProperties": False,
}
PACKET = {
    "type": "object",
    "required": ["id", "name", "availability", "position"],
    "properties": {
        "id": {"type": "string"},
        "availability": {"type": "string", "pattern": f"^{UTC}/{UTC}$"},
        "position": {"anyOf": [POSITION, {"type": "array", "items": {**POSITION, "required": [*POSITION["required"], "interval"]}}]},
        **{part: {"type": "object"} for part in ("point", "label", "path", "ellipsoid")},
        "name": {"type": "string"},
    },
    "additionalProperties": False,
}
DOCUMENT = {
    "type": "object",
    "required": ["id", "version"],
    "properties": {
        "id": {"const": "document"},
        "version": {"const": "1.0"},
        "name": {"type": "string"},
        "clock": {
            "type": "object",
            "required": ["interval", "currentTime"],
            "properties": {"interval": {"pattern": f"^{UTC}/{UTC}$"}, "currentTime": {"pattern": f"^{UTC}$"}},
        },
    },
    "additionalProperties": False,
}
SCHEMA = {"type": "array", "prefixItems": [DOCUMENT], "items": PACKET, "minItems": 2}
"""What the CZML Guide (czml-writer wiki: CZML Structure, Packet, Position, Clock) says of the parts that are written here."""


def written(flown, modules, step_s=None):
    return json.loads("".join(czml_lines(czml_packets(flown, modules, step_s))))


@pytest.fixture(scope="module", params=["flight", "lunar"])
def flown(request):
    return recorded(request.getfixturevalue(request.param))


def test_it_is_laid_out_as_the_guide_says(flown):
    scene = written(flown, flown.modules)
    jsonschema.validate(scene, SCHEMA)
    assert [packet["id"] for packet in scene] == ["document", "moon", *(f"change6/{module}" for module in flown.modules)]
    for packet in scene[2:]:
        parts = packet["position"]
        ends = [part["interval"].split("/") for part in parts]
        assert [a[1] for a in ends[:-1]] == [b[0] for b in ends[1:]], "an interval begins where the one before ends"
        assert packet["availability"] == f"{ends[0][0]}/{ends[-1][1]}"
        for part in parts:
            assert len(part["cartesian"]) % 4 == 0
            assert (np.diff(part["cartesian"][::4]) > 0.0).all()


def place_at(parts, utc):
    """What a reader makes of a position at an epoch: the interval, seconds since its epoch, Lagrange interpolation."""
    epoch = tdb_from_utc(utc)
    part = next(p for p in parts if tdb_from_utc(p["interval"].split("/")[0]) <= epoch <= tdb_from_utc(p["interval"].split("/")[1]))
    rows = np.array(part["cartesian"]).reshape(-1, 4)
    assert part["interpolationDegree"] == 7
    return part["referenceFrame"], neville(rows[:, 0], rows[:, 1:], epoch - tdb_from_utc(part["epoch"]))


@pytest.mark.parametrize("step_s", [None, 120.0])
def test_places_are_those_of_the_flight_about_the_earth(flown, step_s):
    """Of a craft at the Moon the Moon's place is added. Steps of 2 minutes in an orbit of 2 h are as good as nodes, and arcs too short for
    them keep theirs."""
    scene = {packet["id"]: packet for packet in written(flown, flown.modules, step_s)}
    rng = np.random.default_rng(4)
    for module in flown.modules:
        for stretch in flown.stretches[module]:
            for epoch in rng.uniform(stretch.start_s + 1e-3, stretch.end_s - 1e-3, 3):
                frame, found = place_at(scene[f"change6/{module}"]["position"], utc_from_tdb(epoch, 9))
                moon = np.array(sky_at(epoch, flown.sky)[:3]) if stretch.center == "moon" else 0.0
                assert frame == "INERTIAL"
                assert np.linalg.norm(found - stretch.at(np.array([epoch]))[0, :3] - moon) < 1.0


def test_the_moon_is_where_it_was(flown):
    scene = written(flown, (flown.modules[-1],))
    part = {**scene[1]["position"], "interval": scene[1]["availability"]}
    first, last = (tdb_from_utc(end) for end in part["interval"].split("/"))
    for epoch in np.random.default_rng(6).uniform(first, last, 20):
        assert np.linalg.norm(place_at([part], utc_from_tdb(epoch, 9))[1] - sky_at(epoch, flown.sky)[:3]) < 1.0


def test_what_stands_on_the_earth_or_flies_in_its_air_is_told_in_its_axes(flown):
    """The ground does not move in FIXED axes; a craft on the Moon is told in INERTIAL ones."""
    from dataclasses import replace

    stretch = flown.stretches[flown.modules[0]][0]
    times = stretch.times_s[0] + np.array([0.0, 21600.0])
    ground = np.array([icrf_to_itrf(t).T @ [-2.1e6, 4.4e6, 4.2e6] for t in times])
    stands = replace(stretch, center="earth", mode="landed", times_s=times)
    frame, places = earth_frame(stands, times, ground, flown.sky)
    assert frame == "FIXED"
    np.testing.assert_allclose(places, [[-2.1e6, 4.4e6, 4.2e6]] * 2, atol=1e-6)
    assert earth_frame(replace(stands, mode="flying"), times, ground, flown.sky)[0] == "FIXED"
    assert earth_frame(replace(stands, mode="coast"), times, ground, flown.sky)[0] == "INERTIAL"
    assert earth_frame(replace(stands, center="moon"), times, ground, flown.sky)[0] == "INERTIAL"


def test_cesium_reads_it(flown, tmp_path):
    """The program that CZML is made for, with its own interpolation and its own clock."""
    home = Path(sys.prefix) / "cesium"
    if shutil.which("node") is None or not home.is_dir():
        pytest.skip("needs node and Cesium, which tools/setup installs where npm is")
    asked, wanted = [], []
    rng = np.random.default_rng(8)
    for module in flown.modules:
        for stretch in flown.stretches[module]:
            for epoch in rng.uniform(stretch.start_s, stretch.end_s, 3):
                frame, places = earth_frame(stretch, np.array([epoch]), stretch.at(np.array([epoch]))[:, :3], flown.sky)
                asked.append((f"change6/{module}", utc_from_tdb(epoch, 6), frame))
                wanted.append(places[0])
    (tmp_path / "x.czml").write_text("".join(czml_lines(czml_packets(flown, flown.modules))))
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    reader = Path(__file__).parent / "cesium" / "read.mjs"
    words = ["node", str(reader), str(home), str(tmp_path / "x.czml"), str(tmp_path / "asked.json")]
    answer = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout)
    assert answer["ids"] == ["moon", *(f"change6/{module}" for module in flown.modules)]
    assert np.linalg.norm(np.array(answer["found"]) - wanted, axis=1).max() < 0.1  # microseconds of epochs, millimetres of places
