"""The report: a valid page of its own, whose numbers are those of the flight."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from farside.plots.look import COLOURS
from farside.plots.report import PICTURES, report, write_report
from farside.plots.story import Story
from farside.plots.words import Absent, Picture, told

if TYPE_CHECKING:
    from farside.flight import Flight

@pytest.fixture(scope="session")
def tree(page: str) -> Element:
    """The page as a browser reads it; a fault in it is an error."""
    found: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return found


def text(element: Element) -> str:
    return "".join(element.itertext())


def data(tree: Element, figure: str) -> dict[str, float]:
    """The numbers of a picture's caption, all digits."""
    caption = tree.find(f".//figure[@id='{figure}']/figcaption")
    assert caption is not None
    return {one.attrib["data-name"]: float(one.attrib["value"]) for one in caption.iter("data")}


def event(flight: Flight, name: str) -> Any:
    return next(one for one in flight.events if one.name == name)


def test_the_page_is_valid_and_no_name_is_given_twice(tree: Element) -> None:
    names = [one.attrib["id"] for one in tree.iter() if "id" in one.attrib]
    assert len(names) == len(set(names))
    targets = {one.attrib["href"][1:] for one in tree.iter() if one.attrib.get("href", "").startswith("#")}
    targets |= {name for one in tree.iter() for name in one.attrib.get("aria-labelledby", "").split()}
    assert targets <= set(names)


def test_the_page_asks_for_nothing_outside_itself(page: str, tree: Element) -> None:
    assert "://" not in page
    for one in tree.iter():
        for key in ("src", "href", "action", "data"):
            assert one.attrib.get(key, "#").startswith(("#", "data:")), one.attrib


def test_every_picture_is_shown_or_its_absence_is_said(tree: Element, flight: Flight) -> None:
    story = Story(flight)
    shown = {one.attrib["id"] for one in tree.iter("figure")}
    said = {text(one) for one in tree.iter("dt")}
    for draw in PICTURES:
        found = draw(story)
        assert found.name in shown if isinstance(found, Picture) else found.title in said and found.why


def test_every_digit_of_a_caption_is_a_fact(tree: Element) -> None:
    for caption in tree.iter("figcaption"):
        facts = [*caption.iter("data"), *caption.iter("span")]
        assert sorted(re.findall(r"\d", text(caption))) == sorted(re.findall(r"\d", "".join(map(text, facts))))
        assert not re.search(r"\bnan\b", text(caption))


def test_colours_of_pictures_follow_the_reader(page: str) -> None:
    drawn = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert not re.findall(r"#[0-9a-f]{6}\b", drawn)
    assert set(re.findall(r"var\(--([\w]+)\)", drawn)) <= set(COLOURS)


def test_the_headline_says_whether_it_worked(tree: Element, flight: Flight) -> None:
    (verdict,) = (one for one in tree.iter("p") if "verdict" in one.attrib.get("class", ""))
    if flight.outcome.value == "done":
        assert "good" in verdict.attrib["class"]
    else:
        assert "bad" in verdict.attrib["class"]
        assert flight.outcome.value in text(verdict)
        assert flight.advice in text(verdict)


def test_margins_are_those_of_the_flight(tree: Element, flight: Flight) -> None:
    table = tree.find(".//section[@id='margins']")
    named = {one.name for one in flight.events}
    assert (table is not None) == bool(named & {"touchdown", "docking", "entry_interface"})
    if table is not None and "touchdown" in named:
        rows = {text(row[0]): [float(one.attrib["value"]) for one in row.iter("data")] for row in table.iter("tr")}
        phase: Any = next(phase for phase in flight.mission.phases if phase.kind == "descent")
        touch = event(flight, "touchdown").data
        assert rows["touchdown: speed down"] == [touch["vertical_speed_m_s"], phase.vertical_speed_max_m_s]


def test_the_timeline_has_every_event(tree: Element, flight: Flight) -> None:
    rows = tree.findall(".//section[@id='timeline']//tbody/tr")
    runs = [int(found[1]) for row in rows if (found := re.search(r" x(\d+)$", text(row[2])))]
    spans = [re.search(r"(\d+)\.\.(\d+)$", text(row[2])) for row in rows]
    counted = len(rows) + sum(n - 1 for n in runs) + sum(int(found[2]) - int(found[1]) for found in spans if found)
    assert counted == len(flight.events)


def test_the_descent_is_told_by_its_burn(tree: Element, flight: Flight) -> None:
    burn = next((one for one in flight.burns if one.name == "pdi"), None)
    if burn is None:
        assert tree.find(".//figure[@id='descent']") is None
        return
    told_ = data(tree, "descent")
    assert told_["propellant_kg"] == burn.propellant_kg
    assert told_["delta_v_m_s"] == burn.delta_v_m_s
    assert told_["miss_m"] == event(flight, "touchdown").data["target_miss_m"]
    assert burn.history is not None
    assert told_["most_kn"] <= burn.history.thrusts_n.max() / 1e3
    assert told_["height_km"] == pytest.approx(flight_height_km(flight, burn), abs=1e-6)


def flight_height_km(flight: Flight, burn: Any) -> float:
    """Height above the site's level at ignition."""
    r = event(flight, "pdi").r_m
    return float((sum(x * x for x in r) ** 0.5 - 1737400.0 - flight.mission.landing_site.altitude_m) / 1e3)


def test_the_docking_is_told_by_its_contact(tree: Element, flight: Flight) -> None:
    if not any(one.name == "docking" for one in flight.events):
        assert tree.find(".//figure[@id='rendezvous']") is None
        return
    told_, contact = data(tree, "rendezvous"), event(flight, "docking").data
    assert told_["closing_m_s"] == contact["closing_speed_m_s"]
    start = event(flight, "rendezvous_start").data
    assert told_["behind_km"] == pytest.approx(start["ahead_m"] / 1e3, abs=0.6)  # from the other craft's axes: turned by the way between


def test_roads_and_entry_are_told_by_their_events(tree: Element, flight: Flight) -> None:
    if not any(one.name == "tli" for one in flight.events):
        assert tree.find(".//figure[@id='roads']") is None
        return
    told_ = data(tree, "roads")
    days = (event(flight, "loi_1").epoch_s - event(flight, "tli").epoch_s) / 86400.0
    assert told_["there_days"] == pytest.approx(days, abs=1e-9)
    legs = [leg for leg in flight.legs if leg.history is not None and leg.phase == "entry"]
    for leg in legs:
        assert leg.history is not None
        assert data(tree, "entry")["flux"] == pytest.approx(leg.history.columns["heat_flux_w_m2"].max() / 1e4)
    left = {m.name: m.propellant_kg for craft in flight.state.crafts for m in craft.modules}
    caption = data(tree, "masses")
    assert sorted(value for name, value in caption.items() if name.startswith("left_")) == pytest.approx(
        sorted(left[name] for name in flight.modules if flight.mission.modules[name].propellant_kg > 0.0), abs=1e-6
    )


def test_a_report_repeats_to_the_byte(flight: Flight, page: str) -> None:
    assert report(flight) == page


def test_the_report_lies_in_its_folder(flight: Flight, page: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    path = write_report(flight, tmp_path)
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == page
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.txt", "report.html"]


def test_facts_keep_their_digits_and_need_their_names() -> None:
    assert told("{a_m:.1f} m & more", {"a_m": -0.04}) == '<data class="fact" data-name="a_m" value="-0.04">0.0</data> m &amp; more'
    assert ">\N{MINUS SIGN}1,234.5<" in told("{a:,.1f}", {"a": -1234.5})
    with pytest.raises(KeyError):
        told("{a}", {})


def test_nothing_of_a_picture_is_loaded_before_one_is_drawn() -> None:
    code = "import sys, farside.plots.report; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "jinja2", "plotly"} & set(loaded)


def test_what_is_absent_has_a_reason() -> None:
    assert Absent("a", "A", "why").why == "why"
