"""Elevation models: read as they were written, and refused with what is missing."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from farside.environment.dem import DemError, read_dem


def test_a_dem_is_read_as_it_was_written(tmp_path: Path) -> None:
    along_e, along_n = np.arange(-3.0, 5.0, 0.5), np.arange(-2.0, 2.1, 0.5)
    heights = np.random.default_rng(0).normal(size=(along_n.size, along_e.size))
    table = tmp_path / "site.csv"
    lines = [f"{e},{n},{float(heights[i, j])!r}" for j, e in enumerate(along_e) for i, n in enumerate(along_n)]
    table.write_text("# a real place\neast_m,north_m,height_m\n" + "\n".join(reversed(lines)))
    grid = tmp_path / "site.nc"
    with netCDF4.Dataset(grid, "w") as file:
        file.createDimension("north_m", along_n.size)
        file.createDimension("east_m", along_e.size)
        file.createVariable("east_m", "f8", ("east_m",))[:] = along_e
        file.createVariable("north_m", "f8", ("north_m",))[:] = along_n[::-1]
        file.createVariable("height_m", "f8", ("north_m", "east_m"))[:] = heights[::-1]
    for path in (table, grid):
        ground = read_dem(path)
        assert np.array_equal(ground.relief.heights_m, heights)
        assert np.array_equal(ground.east_m, along_e) and np.array_equal(ground.north_m, along_n)
        assert ground.label == path.name and "synthetic" not in ground.label


def test_columns_may_stand_in_any_order_beside_others_and_places_may_be_rounded(tmp_path: Path) -> None:
    """Steps of a third of a metre, written to the millimetre."""
    path = tmp_path / "site.csv"
    lines = [f"x,{i / 3:.3f},{10 * j + i},{j / 3:.3f}" for i in range(7) for j in range(4)]
    path.write_text("\ufeffname, north_m,height_m, east_m\r\n# a comment\r\n\r\n" + "\r\n".join(lines), encoding="utf-8")
    relief = read_dem(path).relief
    assert relief.spacing_m == pytest.approx(1.0 / 3.0, abs=1e-3)
    assert np.array_equal(relief.heights_m, 10.0 * np.arange(4)[None, :] + np.arange(7)[:, None])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("east_m,north_m\n0,0\n", "height_m"),
        ("east_m,north_m,height_m\n", "no points"),
        ("east_m,north_m,height_m\n0,0,1\n1,0,1\n0,1,1\n", "1 of 4 points have no height"),
        ("east_m,north_m,height_m\n0,0,1\n1,0,1\n0,2,1\n1,2,1\n", "one and the same step"),
        ("east_m,north_m,height_m\n0,0,1\n1,0,1\n0,1,1\n1,1,1\n1,1,2\n", "1 of 5 points stand there more than once"),
        ("east_m,north_m,height_m\n0,0,1\n1,0,high\n", "high"),
        ("east_m,north_m,height_m\n0,0,1\n1,0\n", "each line is `east_m,north_m,height_m` in numbers"),
        ("east_m,north_m,height_m\n0,0,1\n0,1,1\n", "1 by 2 points; a terrain has at least two each way"),
        ("east_m,north_m,height_m\n" + "".join(f"{n},{n * n},1\n" for n in range(40)), "40 points at 40 eastings and 40 northings"),
        ("", "no column east_m, north_m, height_m"),
    ],
)
def test_a_file_that_is_no_dem_says_what_is_missing(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "site.csv"
    path.write_text(text)
    with pytest.raises(DemError, match=said):
        read_dem(path)
