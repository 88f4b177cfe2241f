"""Exports as a whole: which files, what is refused, and that nothing is written then."""

import pytest

from farside.products import write_flight
from farside.products.export import FORMATS, ExportError, export
from farside.products.recorded import read_folder, recorded
from farside.products.spk import SpiceMissingError

TABLES = {"launcher.csv", "orbiter.csv", "returner.csv", "lander.csv", "ascender.csv", "events.csv"}


@pytest.fixture(scope="module")
def flown(flight):
    return recorded(flight)


def test_every_format_has_its_files(flown, tmp_path):
    files = export(flown, tmp_path / "out")
    opm = {"launcher.opm", "stack.opm", "lander.opm", "orbiter.opm"}
    assert set(files) == opm | TABLES | {"change6.czml", "change6.bsp", "change6.tf"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(files)


def test_a_folder_gives_the_same_files_as_its_flight(flight, flown, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1714728449")
    write_flight(flight, tmp_path)
    ours, theirs = export(flown, tmp_path / "a"), export(read_folder(tmp_path), tmp_path / "b")
    assert list(ours) == list(theirs)
    for name in ours:
        assert ours[name].read_bytes() == theirs[name].read_bytes(), name


def test_one_module_alone(flown, tmp_path):
    files = export(flown, tmp_path, ("csv", "spk", "czml"), ["lander"])
    assert list(files) == ["lander.csv", "events.csv", "change6.bsp", "change6.tf", "change6.czml"]
    events = files["events.csv"].read_text().splitlines()
    assert len(events) == 1 + sum("lander" in event["modules"] for event in flown.events)
    assert "ORBITER" not in files["change6.tf"].read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"formats": ("cvs",)}, r"no format 'cvs'; did you mean 'csv'\? formats: csv, czml, opm, spk"),
        ({"formats": ()}, "no format ''; formats:"),
        ({"modules": ("landr",)}, r"no module 'landr' in change6; did you mean 'lander'\? modules: "),
        ({"step_s": 0.0}, "must be above 0 s"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(flown, tmp_path, words, said):
    with pytest.raises(ExportError, match=said):
        export(flown, tmp_path / "out", **words)
    assert not (tmp_path / "out").exists()


def test_a_message_that_nobody_has_is_refused(lunar, tmp_path):
    with pytest.raises(ExportError, match="lander never flew free in space"):
        export(recorded(lunar), tmp_path / "out", ("opm",), ("lander",))
    assert not (tmp_path / "out").exists()


def test_without_spice_nothing_is_written(flown, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "spiceypy", None)
    with pytest.raises(SpiceMissingError):
        export(flown, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert set(export(flown, tmp_path / "out", tuple(name for name in FORMATS if name != "spk"))) > TABLES
