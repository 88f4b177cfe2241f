"""Stretches of a folder are those of the flight; between nodes they are as good as the files promise."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from farside.products import write_flight
from farside.products.recorded import FolderError, read_folder, recorded
from farside.products.stretches import from_files, stepped


@pytest.fixture(scope="module", params=["flight", "lunar"])
def both(request, tmp_path_factory):
    """A flight, its folder, and what exports see of each."""
    flight = request.getfixturevalue(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    write_flight(flight, folder)
    return flight, recorded(flight), folder, read_folder(folder)


def test_a_folder_holds_the_flight_to_the_bit(both):
    _, flown, _, read = both
    assert (read.mission, read.flight_digest, read.modules) == (flown.mission, flown.flight_digest, flown.modules)
    assert (list(read.burns), list(read.events)) == (list(flown.burns), list(flown.events))
    np.testing.assert_array_equal(read.sky.table, recorded_sky(flown, read).table)
    for module in flown.modules:
        for ours, theirs in zip(flown.stretches[module], read.stretches[module], strict=True):
            named = ("phase", "craft", "modules", "mode", "center")
            assert [getattr(ours, key) for key in named] == [getattr(theirs, key) for key in named]
            for key in ("times_s", "states", "module_mass_kg", "thrust_n"):
                np.testing.assert_array_equal(getattr(ours, key), getattr(theirs, key))


def recorded_sky(flown, read):
    """The records of the flight's sky that a folder needs: a file says what was flown, not how long its sky was."""
    first = round((read.sky.start_s - flown.sky.start_s) / flown.sky.step_s)
    return flown.sky._replace(table=flown.sky.table[first : first + len(read.sky.table)])


def test_stretches_follow_each_other_and_answer_within_a_metre(both):
    flight, flown, _, _ = both
    rng = np.random.default_rng(5)
    for module in flown.modules:
        arcs = sorted((a for leg in flight.legs if module in leg.before[0].module_names for a in leg.arcs), key=lambda a: a.start_s)
        stretches = flown.stretches[module]
        assert all(a.end_s == b.start_s for a, b in itertools.pairwise(stretches))
        for stretch, arc in zip(stretches, arcs, strict=True):
            epochs = np.sort(rng.uniform(stretch.start_s, stretch.end_s, 50))
            assert np.abs(stretch.at(epochs)[:, :3] - arc.at(epochs)[:, :3]).max() < 1.0
            np.testing.assert_array_equal(stretch.at(stretch.times_s)[:, :6], stretch.states[:, :6])


def test_a_step_is_counted_from_the_first_epoch_and_keeps_the_ends(both):
    _, flown, _, _ = both
    module = flown.modules[-1]
    before = flown.stretches[module]
    after = list(stepped(before, 600.0))
    assert [(s.start_s, s.end_s) for s in after] == [(s.start_s, s.end_s) for s in before]
    inner = np.concatenate([s.times_s[1:-1] for s in after])
    np.testing.assert_array_equal((inner - before[0].start_s) % 600.0, 0.0)
    assert list(stepped(before, None)) == list(before)


def test_files_of_two_flights_are_refused(both, tmp_path):
    flight, _, folder, _ = both
    record = json.loads((folder / "flight.json").read_text())
    burns = json.loads((folder / "burns.json").read_text())["burns"]
    module = flight.modules[0]
    with xr.open_dataset(folder / "trajectory.nc", group=module) as rows:
        with pytest.raises(ValueError, match="of two flights"):
            from_files({**record, "legs": record["legs"][:1]}, burns, rows, module)
        later = json.loads(json.dumps(record))
        next(arc for leg in later["legs"] if module in leg["modules"] for arc in leg["arcs"])["start"]["epoch_tdb_s"] += 1.0
        with pytest.raises(ValueError, match="no row where"):
            from_files(later, burns, rows, module)
    write_flight(replace(flight, legs=flight.legs[:1]), tmp_path)
    (tmp_path / "flight.json").write_text(json.dumps(record))
    with pytest.raises(FolderError, match="cannot be read"):
        read_folder(tmp_path)


def test_a_burn_that_no_record_tells_is_refused(flight, tmp_path):
    write_flight(flight, tmp_path)
    document = json.loads((tmp_path / "burns.json").read_text())
    (tmp_path / "burns.json").write_text(json.dumps({**document, "burns": []}))
    with pytest.raises(FolderError, match=r"burns.json has no burn of launcher in transfer"):
        read_folder(tmp_path)


def test_a_folder_without_a_flight_says_what_is_missing(tmp_path):
    with pytest.raises(FolderError, match=r"flight.json is missing"):
        read_folder(tmp_path)
    for name in ("flight.json", "events.json", "burns.json"):
        (tmp_path / name).write_text("[]")
    with pytest.raises(FolderError, match="another version of farside"):
        read_folder(tmp_path)
    (tmp_path / "flight.json").write_text('{"modules": [], "data": {"ephemeris": "de406, package x"}, "mission": "m"}')
    (tmp_path / "burns.json").write_text('{"burns": []}')
    with pytest.raises(FolderError, match="de406"):
        read_folder(tmp_path)
