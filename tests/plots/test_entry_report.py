"""The report of an entry alone: a valid page of its own, whose numbers are those of the flight, beside what was published."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from farside.plots.entry_report import entry_report, entry_report_file
from farside.products.entry_study import entry_record, write_entries
from farside.studies.entries import Entries


@pytest.fixture(scope="session")
def tree(entry_page: str) -> Element:
    found: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(entry_page)
    return found


def text(element: Element) -> str:
    return "".join(element.itertext())


def facts(tree: Element, figure: str) -> dict[str, float]:
    caption = tree.find(f".//figure[@id='{figure}']/figcaption")
    assert caption is not None
    return {one.attrib["data-name"]: float(one.attrib["value"]) for one in caption.iter("data")}


def history(entries: Entries) -> dict[str, Any]:
    assert entries.nominal.history is not None
    return dict(entries.nominal.history.columns)


def test_the_page_asks_for_nothing_outside_itself(entry_page: str, tree: Element) -> None:
    assert "://" not in entry_page
    names = [one.attrib["id"] for one in tree.iter() if "id" in one.attrib]
    assert len(names) == len(set(names))
    assert {one.attrib["id"] for one in tree.iter("figure")} == {"entry", "track"}


def test_captions_are_told_by_the_history(tree: Element, entries: Entries) -> None:
    told, columns = facts(tree, "entry"), history(entries)
    assert told["flux"] == pytest.approx(columns["heat_flux_w_m2"].max() / 1e4)
    assert told["end_km"] == pytest.approx(columns["height_m"][-1] / 1e3)
    assert ("reversals" in told) == (entries.alone.entry.guidance.kind == "skip")
    for caption in tree.iter("figcaption"):
        shown = [*caption.iter("data"), *caption.iter("span")]
        assert sorted(re.findall(r"\d", text(caption))) == sorted(re.findall(r"\d", "".join(map(text, shown))))


def test_radiation_is_told_where_its_formula_holds(tree: Element, entries: Entries) -> None:
    """Tauber and Sutton: noses of 0.3 to 3 m. Stardust's is smaller, Apollo's larger; where it holds is in words."""
    told, nose_m = facts(tree, "entry"), entries.alone.entry.shell.nose_radius_m
    assert ("radiation" in told) == (0.3 <= nose_m <= 3.0)
    if "radiation" in told:
        assert 0.0 < told["begins_s"] < told["ends_s"] and 0.0 < told["radiation"] < told["flux"]


def test_the_track_is_as_long_as_the_way(tree: Element, entries: Entries) -> None:
    """From the interface at its latitude to the end: the chord is no longer than the way, and the way shorter than at full speed."""
    told, end = facts(tree, "track"), entry_record(entries)["end"]
    assert (told["to_n"], told["to_e"]) == (end["latitude_deg"], end["longitude_deg"])
    seconds = end["seconds"]
    assert 0.0 < told["along_km"] < 1.02 * entries.alone.begins.speed_m_s * seconds / 1e3


def test_what_was_published_stands_beside_what_came_out(tree: Element, entries: Entries) -> None:
    rows = tree.findall(".//section[@id='published']//tbody/tr")
    record = entry_record(entries)
    assert len(rows) == len(record["published"])
    for row, one in zip(rows, record["published"], strict=True):
        assert text(row[0]) == one["what"] and text(row[1]).startswith(one["value"])
        assert text(row[2]) == one["here"]


def test_the_answers_are_those_of_the_flight(entries: Entries) -> None:
    told = {one["what"]: one["here"] for one in entry_record(entries)["published"]}
    if "peak load" in told:
        load = max(event.data["load_g"] for event in entries.nominal.events if "load_g" in event.data)
        assert told["peak load"] == f"{load:.2f} g"
    if "Mach number there" in told:
        assert told["Mach number there"] == f"{history(entries)['mach'][-1]:.2f}"


def test_the_runs_are_in_a_table(tree: Element, entries: Entries) -> None:
    rows = tree.findall(".//section[@id='runs']//tbody/tr")
    assert {text(row[0]) for row in rows} == set(entries.runs[0].numbers)


def test_it_lies_beside_the_other_files_and_repeats(entries: Entries, entry_page: str, tmp_path: Path) -> None:
    files = write_entries(entries, tmp_path / "out", entry_report_file(entries))
    assert set(files) == {"trajectory.csv", "report.html", "runs.csv", "entry.json"}
    assert files["report.html"].read_text(encoding="utf-8") == entry_page == entry_report(entries)
