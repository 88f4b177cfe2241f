"""The store takes whole files of three kinds only, knows them by name and leaves nothing half-made."""

from __future__ import annotations

import os
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from farside.environment import store
from farside.environment.gravity import GravityFileError, moon_gravity, read_gravity_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def moon(tmp_path: Path) -> Path:
    """A gravity file of the Moon to degree 6."""
    field = moon_gravity()
    lines = ["1738.0, 4902.800118"]
    lines += [f"{n}, {m}, {field.c[n, m]:.15e}, {field.s[n, m]:.15e}" for n in range(2, 7) for m in range(n + 1)]
    path = tmp_path / "moon.tab"
    path.write_text("\n".join(lines))
    return path


def test_added_then_found_by_name(moon: Path) -> None:
    added = store.add(moon)
    assert (added.kind, added.name, len(added.sha256)) == ("gravity", "moon.tab", 64)
    assert store.about(added) == "gravity field, degree 6"
    assert store.key_of(added) == 'moon_gravity_file = "moon.tab" in [environment]'
    assert store.find("gravity", "moon.tab") == added
    assert store.stored() == (added,)
    assert np.array_equal(read_gravity_file(added.path).c, read_gravity_file(moon).c)


def test_added_under_another_name_and_replaced(moon: Path) -> None:
    store.add(moon, "grail")
    first = store.find("gravity", "grail").sha256
    moon.write_text(moon.read_text() + "\n")
    assert store.add(moon, "grail").sha256 != first
    assert store.names("gravity") == ("grail",)


def test_a_bad_file_leaves_nothing(moon: Path, folder: Path) -> None:
    moon.write_text(moon.read_text()[:-200])
    with pytest.raises(GravityFileError, match=r"moon\.tab"):
        store.add(moon)
    assert list(folder.rglob("*")) == []


def test_an_interrupted_copy_leaves_nothing(moon: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.add(moon)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_unknown_name_lists_the_known(moon: Path) -> None:
    with pytest.raises(store.NotStoredError, match="there: none yet; add one with `farside data add FILE`"):
        store.find("gravity", "grail")
    store.add(moon)
    with pytest.raises(KeyError, match=r"there: moon\.tab"):
        store.find("gravity", "grail")


@pytest.mark.parametrize("name", ["../moon", "a/b", "", ".hidden"])
def test_a_name_is_a_plain_file_name(moon: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a data file"):
        store.add(moon, name)


HEIGHTS = "east_m,north_m,height_m\n" + "\n".join(f"{e},{n},{0.1 * e}" for e in (0, 2, 4) for n in (0, 2))
COUNT = "Total_area = 4.0 <km^2>\ncrater = {diam, fraction, lon, lat\n0.2 1 206.0 -41.6\n0.05 1 206.1 -41.7\n}\n"


def test_each_kind_is_told_by_the_end_of_its_name_and_checked_by_its_content(tmp_path: Path, moon: Path) -> None:
    (tmp_path / "site.csv").write_text(HEIGHTS)
    (tmp_path / "site.SCC").write_text(COUNT)
    added = [store.add(path) for path in (moon, tmp_path / "site.csv", tmp_path / "site.SCC")]
    assert [one.kind for one in added] == ["gravity", "terrain", "craters"]
    assert [store.about(one) for one in added[1:]] == ["elevation model, 3 by 2 points every 2 m", "crater count, 2 craters of 50 to 200 m"]
    assert [store.key_of(one) for one in added[1:]] == ['file = "site.csv" in [terrain]', 'craters = "site.SCC" in [terrain]']
    assert store.stored() == tuple(added)
    assert store.names("terrain") == ("site.csv",)


def test_a_name_belongs_to_its_kind(tmp_path: Path, moon: Path) -> None:
    (tmp_path / "a.csv").write_text(HEIGHTS)
    store.add(moon, "site")
    added = store.add(tmp_path / "a.csv", "site")  # the content is what it is, whatever it is called
    assert store.find("terrain", "site") == added != store.find("gravity", "site")
    with pytest.raises(store.NotStoredError, match=r"no crater count 'site' in .*; there: none yet"):
        store.find("craters", "site")
    store.remove("gravity", "site")
    assert store.stored() == (added,)


def test_a_netcdf_file_is_known_by_its_first_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    with netCDF4.Dataset(tmp_path / "site.nc", "w") as file:
        for name, size in (("north_m", 2), ("east_m", 3)):
            file.createDimension(name, size)
            file.createVariable(name, "f8", (name,))[:] = 0.5 * np.arange(size)
        file.createVariable("height_m", "f4", ("north_m", "east_m"))[:] = 1.0
    added = store.add(tmp_path / "site.nc", "shelf")
    assert store.about(added) == "elevation model, 3 by 2 points every 0.5 m"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("site.csv", b"x,y,z\n0,0,0\n", "no column east_m, north_m, height_m"),
        ("site.csv", b"\xff\xd8\xff\xe0\x00\x10JFIF", "neither text nor NetCDF"),
        ("site.nc", b"\x89HDF\r\n\x1a\n but no more", "cannot be read as NetCDF"),
        ("site.scc", b"\xff\xfe", "no craters"),
        ("site.tif", b"II*\x00", "an elevation model ends in .csv or .nc, a crater count in .scc"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(tmp_path: Path, folder: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{name}.*{said}"):
        store.add(tmp_path / name)
    assert list(folder.rglob("*")) == []


def test_a_file_that_was_damaged_in_the_store_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "site.csv").write_text(HEIGHTS)
    added = store.add(tmp_path / "site.csv")
    added.path.write_text(HEIGHTS[:60])
    assert "elevation model that cannot be read any more" in store.about(added)
    assert store.find("terrain", "site.csv").sha256 != added.sha256


def test_removed(moon: Path) -> None:
    store.add(moon)
    store.remove("gravity", "moon.tab")
    assert store.names("gravity") == ()
    with pytest.raises(store.NotStoredError):
        store.remove("gravity", "moon.tab")


def test_without_a_word_it_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARSIDE_DATA")
    assert store.data_folder().name == "farside"
