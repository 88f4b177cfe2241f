"""The store takes whole gravity fields only, knows them by name and leaves nothing half-made."""

from __future__ import annotations

import os
from pathlib import Path

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
    added = store.add_gravity(moon)
    assert (added.name, added.degree, len(added.sha256)) == ("moon.tab", 6, 64)
    assert store.find_gravity("moon.tab") == added
    assert store.list_gravity() == (added,)
    assert np.array_equal(read_gravity_file(added.path).c, read_gravity_file(moon).c)


def test_added_under_another_name_and_replaced(moon: Path) -> None:
    store.add_gravity(moon, "grail")
    first = store.find_gravity("grail").sha256
    moon.write_text(moon.read_text() + "\n")
    assert store.add_gravity(moon, "grail").sha256 != first
    assert store.gravity_names() == ("grail",)


def test_a_bad_file_leaves_nothing(moon: Path, folder: Path) -> None:
    moon.write_text(moon.read_text()[:-200])
    with pytest.raises(GravityFileError, match=r"moon\.tab"):
        store.add_gravity(moon)
    assert list(folder.rglob("*")) == []


def test_an_interrupted_copy_leaves_nothing(moon: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.add_gravity(moon)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_unknown_name_lists_the_known(moon: Path) -> None:
    with pytest.raises(store.NotStoredError, match="there: none yet; add one with `farside data add FILE`"):
        store.find_gravity("grail")
    store.add_gravity(moon)
    with pytest.raises(KeyError, match=r"there: moon\.tab"):
        store.find_gravity("grail")


@pytest.mark.parametrize("name", ["../moon", "a/b", "", ".hidden"])
def test_a_name_is_a_plain_file_name(moon: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a gravity file"):
        store.add_gravity(moon, name)


def test_removed(moon: Path) -> None:
    store.add_gravity(moon)
    store.remove_gravity("moon.tab")
    assert store.gravity_names() == ()
    with pytest.raises(store.NotStoredError):
        store.remove_gravity("moon.tab")


def test_without_a_word_it_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARSIDE_DATA")
    assert store.data_folder().name == "farside"
