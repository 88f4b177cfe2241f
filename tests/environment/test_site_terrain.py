"""The ground as declared: the user's own, or synthetic; one object for the same words; refused when it cannot be that of the site."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from farside.environment import store
from farside.environment.declared import GIGAYEAR_S, SiteTerrain
from farside.environment.lunar_site import moon_site
from farside.environment.site_terrain import GroundError, check_ground, site_terrain
from farside.environment.synthetic_terrain import synthetic_terrain
from farside.environment.terrain import height_at

SITE = moon_site(-41.6385, 206.0148, -5256.0)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))


def plane(folder: Path, west: float = -60.0, east: float = 60.0, step: float = 1.0, level: float = 0.0) -> SiteTerrain:
    """A plane that rises by a tenth to the east, added to the store, as declared."""
    along = np.arange(west, east + step / 2, step)
    lines = [f"{e},{n},{level + 0.1 * e}" for e in along for n in along]
    (folder / "plane.csv").write_text("east_m,north_m,height_m\n" + "\n".join(lines))
    store.add(folder / "plane.csv")
    return SiteTerrain(file="plane.csv")


def test_without_a_word_it_is_the_synthetic_patch_of_the_seed() -> None:
    ground = site_terrain(SiteTerrain(), 7, SITE)
    assert np.array_equal(ground.relief.heights_m, synthetic_terrain(7).relief.heights_m)
    assert ground.label == "synthetic terrain, seed 7: not a map"


def test_the_same_words_are_the_same_ground_and_other_words_another() -> None:
    ground = site_terrain(SiteTerrain(), 7, SITE)
    assert site_terrain(SiteTerrain(), 7, moon_site(10.0, 20.0, 0.0)) is ground  # no count: it is of no place
    assert site_terrain(SiteTerrain(), 8, SITE) is not ground


def test_age_and_slopes_are_those_declared() -> None:
    young = site_terrain(SiteTerrain(age_s=0.1 * GIGAYEAR_S, slope_east_rad=math.radians(3.0)), 7, SITE)
    again = synthetic_terrain(7, age_ga=0.1, slope_east_rad=math.radians(3.0))
    assert np.allclose(young.relief.heights_m, again.relief.heights_m, rtol=0.0, atol=1e-12)  # 0.1 Gyr to and from seconds
    assert "at 0.1 Ga" in young.source


def test_an_elevation_model_is_the_ground_as_it_is(tmp_path: Path) -> None:
    declared = plane(tmp_path)
    ground = site_terrain(declared, 7, SITE)
    assert ground.label == "plane.csv"
    assert height_at(ground, 20.0, -3.0) == pytest.approx(2.0)
    check_ground(declared, SITE, 2.5, 50.0)


def test_a_file_replaced_under_its_name_is_another_ground(tmp_path: Path) -> None:
    ground = site_terrain(plane(tmp_path), 7, SITE)
    other = site_terrain(plane(tmp_path, level=5.0), 7, SITE)
    assert height_at(other, 0.0, 0.0) - height_at(ground, 0.0, 0.0) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"west": 10.0}, "the landing site is not in it: it runs from 10 to 60 m east"),
        ({"west": -52.0}, "0.5 m too small: it runs from -52 to 60 m east.*needs 52.5 m all round"),
        ({"east": 52.0}, "0.5 m too small"),
        ({"step": 2.0}, "steps of 2 m are too coarse for feet 2.5 m out; 1.25 m would do"),
        ({"level": -5256.0}, "at -5256 m, and heights count from the declared altitude of the site: add 5256 m everywhere"),
    ],
)
def test_a_model_that_cannot_be_the_ground_says_why_and_what_would_do(tmp_path: Path, words: dict[str, float], said: str) -> None:
    declared = plane(tmp_path, **words)
    with pytest.raises(GroundError, match=rf"plane\.csv: .*{said}"):
        check_ground(declared, SITE, 2.5, 50.0)


def test_a_name_that_nobody_added_is_refused() -> None:
    for declared in (SiteTerrain(file="a.nc"), SiteTerrain(craters="a.scc")):
        with pytest.raises(store.NotStoredError, match="there: none yet; add one with `farside data add FILE`"):
            check_ground(declared, SITE, 2.5, 50.0)
        with pytest.raises(store.NotStoredError):
            site_terrain(declared, 0, SITE)


def test_a_file_damaged_in_the_store_is_refused(tmp_path: Path) -> None:
    declared = plane(tmp_path)
    store.find("terrain", "plane.csv").path.write_text("nothing")
    with pytest.raises(GroundError, match="it was whole when it was added: add it again"):
        check_ground(declared, SITE, 2.5, 50.0)


def test_a_count_somewhere_else_is_refused_by_how_far(shared_data: Path) -> None:
    """The easternmost crater of the count at Chang'e-6 lies 3.2 km east of it; a site 2 deg further east is 42 km away."""
    store.add(shared_data / "ce6_vicinity_craters.scc")
    declared = SiteTerrain(craters="ce6_vicinity_craters.scc")
    check_ground(declared, SITE, 2.5, 50.0)
    with pytest.raises(GroundError, match=r"is 4\d\.\d km from its nearest crater; a count about it would do"):
        check_ground(declared, moon_site(-41.6385, 208.0148, -5256.0), 2.5, 50.0)


def test_counted_craters_are_in_the_ground_where_they_were_counted(tmp_path: Path) -> None:
    """Of five craters of 60 m one is 50 m east of the site: a pit there in every seed, as deep as drawn; the others are out of sight."""
    degrees_north = math.degrees(1.0 / 1.7374e6)
    degrees_east = degrees_north / math.cos(SITE.latitude_rad)
    places = [(50.0, 0.0), (5e3, 5e3), (-5e3, 5e3), (5e3, -5e3), (-5e3, -5e3)]
    rows = [f"0.06 1 {206.0148 + e * degrees_east:.9f} {-41.6385 + n * degrees_north:.9f}" for e, n in places]
    (tmp_path / "near.scc").write_text("\n".join(["Total_area = 100.0 <km^2>", "crater = {diam, fraction, lon, lat", *rows, "}"]))
    store.add(tmp_path / "near.scc")
    ring, drops = np.linspace(0.0, 2.0 * math.pi, 60), []
    for seed in range(5):
        ground = site_terrain(SiteTerrain(craters="near.scc"), seed, SITE)
        rim = height_at(ground, 50.0 + 30.0 * np.cos(ring), 30.0 * np.sin(ring)).mean()
        drops.append(float(rim - height_at(ground, 50.0, 0.0)))
    assert "(larger craters where they were counted)" in ground.label
    assert np.mean(drops) == pytest.approx(0.067 * 60.0, rel=0.7)  # depths are drawn: 0.03 to 0.2 of the diameter, and relief is added
    assert min(drops) > 0.0
