"""Winds: seasons, soundings read and refused, the profile of kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from farside.basis.epochs import tdb_from_utc
from farside.environment.wind import WindError, calm, read_sounding, seasonal_wind, stronger, wind_at

JANUARY, JULY = tdb_from_utc("2024-01-15T00:00:00Z"), tdb_from_utc("2024-07-15T00:00:00Z")


def test_the_jet_is_strongest_in_winter_and_the_stratosphere_turns_round() -> None:
    winter, summer = seasonal_wind(JANUARY), seasonal_wind(JULY)
    assert wind_at(12e3, winter)[0] == pytest.approx(45.0, abs=0.1)
    assert wind_at(12e3, summer)[0] == pytest.approx(22.0, abs=0.1)
    assert wind_at(60e3, winter)[0] > 50.0 > -40.0 > wind_at(60e3, summer)[0]


def test_the_seasons_are_turned_round_in_the_south() -> None:
    assert np.allclose(seasonal_wind(JANUARY, southern=True).east_m_s, seasonal_wind(JULY).east_m_s, atol=0.1)  # half a year to two days


def test_wind_is_linear_between_nodes_held_below_and_none_above() -> None:
    wind = seasonal_wind(JULY)
    low, high = wind_at(9e3, wind)[0], wind_at(12e3, wind)[0]
    assert wind_at(10e3, wind)[0] == pytest.approx(low + (high - low) / 3.0)
    assert wind_at(-100.0, wind) == wind_at(0.0, wind)
    assert wind_at(2e5, wind) == (0.0, 0.0)
    assert wind_at(3e4, calm()) == (0.0, 0.0)


def test_stronger_wind() -> None:
    east, north = wind_at(12e3, stronger(seasonal_wind(JULY), 2.0, 5.0))
    assert east == pytest.approx(2.0 * wind_at(12e3, seasonal_wind(JULY))[0])
    assert north == 5.0


def test_a_sounding_in_components_and_one_by_direction_are_one(tmp_path: Path) -> None:
    """A wind from 270 degrees blows eastwards, one from 180 northwards."""
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("height_m,east_m_s,north_m_s\n1100,5,0\n12000,0,30\n30000,0,0\n")
    other.write_text("height_m,speed_m_s,from_deg\n1100,5,270\n12000,30,180\n30000,0,0\n")
    for a, b in zip(read_sounding(one), read_sounding(other), strict=True):
        assert np.allclose(a, b, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("height,east\n1,2\n", "the header must name height_m"),
        ("height_m,east_m_s,north_m_s\n1,2,3\n2,x,3\n", "line 3: 2,x,3 are not numbers"),
        ("height_m,east_m_s,north_m_s\n1,2\n3,4,5\n", "line 2"),
        ("height_m,east_m_s,north_m_s\n1,nan,3\n2,2,3\n", "line 2: every number must be finite"),
        ("height_m,east_m_s,north_m_s\n5,2,3\n5,2,3\n", "each above the one before"),
        ("height_m,east_m_s,north_m_s\n5,2,3\n", "two heights or more"),
    ],
)
def test_what_is_no_sounding_is_told_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "sounding.csv"
    path.write_text(text)
    with pytest.raises(WindError, match=words):
        read_sounding(path)
