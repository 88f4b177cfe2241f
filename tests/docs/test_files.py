"""docs/files.md knows every key of every file that a flight leaves behind, and none that is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from pages import check_page, read

from farside.flight import Flight
from farside.products import write_flight
from farside.products.export import FORMATS, export
from farside.products.recorded import read_folder
from farside.products.tables import COLUMNS

PAGE = read("docs/files.md")


@pytest.fixture(scope="module")
def folders(flights: dict[str, Flight], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of both missions."""
    made = []
    for name, flight in flights.items():
        folder = tmp_path_factory.mktemp(name)
        write_flight(flight, folder)
        made.append(folder)
    return made


def documents(folders: Iterable[Path], name: str) -> list[Any]:
    return [json.loads((folder / name).read_text(encoding="utf-8")) for folder in folders]


def described(heading: str) -> set[str]:
    """The keys in the table under a heading."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, f"docs/files.md has no section {heading}"
    return set(re.findall(r"^\| `(\w+)` \|", found[1], re.MULTILINE))


def keys(records: Iterable[dict[str, Any]]) -> set[str]:
    return set().union(*records)


def test_documents(folders: list[Path]) -> None:
    for name in ("flight", "burns", "plan", "delivery"):
        assert described(f"`{name}.json`") == keys(documents(folders, f"{name}.json")), name


def test_legs_events_and_burns(folders: list[Path]) -> None:
    events = [event for document in documents(folders, "events.json") for event in document]
    assert described("a leg") == keys(leg for document in documents(folders, "flight.json") for leg in document["legs"])
    assert described("`events.json`") == keys(events)
    assert described("data of events") >= keys(event["data"] for event in events)  # test_events.py: and nothing that no flight has
    assert described("a craft") == keys(craft for document in documents(folders, "burns.json") for craft in document["crafts"])
    assert described("a burn") == keys(burn for document in documents(folders, "burns.json") for burn in document["burns"])


def test_trajectories(folders: list[Path]) -> None:
    with xr.open_dataset(folders[0] / "trajectory.nc", group="lander") as lander:
        assert described("`trajectory.nc`") == {"time", *lander.data_vars}


def test_histories(folders: list[Path]) -> None:
    with xr.open_datatree(folders[0] / "histories.nc") as tree:
        assert described("`histories.nc`") == {"time", *(name for group in tree.children.values() for name in group.data_vars)}


def test_exports(folders: list[Path], tmp_path: Path) -> None:
    assert described("`MODULE.csv`") == set(COLUMNS)
    told = set(re.findall(r"^\| `(?:CRAFT|MISSION|MODULE|events)(\.\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE))
    for name in FORMATS:
        files = export(read_folder(folders[0]), tmp_path / name, (name,), ("lander",))
        assert {(Path(file).suffix, name) for file in files} == {one for one in told if one[1] == name}


def test_every_file_is_told(folders: list[Path]) -> None:
    for folder in folders:
        for file in folder.iterdir():
            assert f"| `{'MODULE.oem' if file.suffix == '.oem' else file.name}` |" in PAGE


def test_what_the_page_shows_is_what_is_printed(checkout_like: Path) -> None:
    check_page("docs/files.md", checkout_like)
