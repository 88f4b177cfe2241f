"""The report: a valid page of its own, whose numbers are those of the flight."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from farside.craft.module import Craft, State
from farside.phases.leg import Outcome
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


def picture(tree: Element, name: str) -> dict[str, float] | None:
    """The facts of a picture; None where it is not on the page."""
    return None if tree.find(f".//figure[@id='{name}']") is None else data(tree, name)


def test_the_launch_is_told_by_its_legs(tree: Element, flight: Flight) -> None:
    told_, legs = picture(tree, "launch"), [leg for leg in flight.legs if leg.phase == "launch"]
    assert (told_ is not None) == bool(legs)
    if told_ is not None:
        assert told_["tonnes"] == legs[0].before[0].mass_kg / 1e3
        assert told_["minutes"] == pytest.approx((event(flight, "parking_orbit").epoch_s - event(flight, "liftoff").epoch_s) / 60.0)
        assert told_["load_g"] == event(flight, "parking_orbit").data["highest_load_g"]


def test_the_arrival_comes_to_its_aim(tree: Element, flight: Flight) -> None:
    told_ = picture(tree, "arrival")
    assert (told_ is not None) == any(one.name == "loi_1" for one in flight.events)
    if told_ is not None:
        assert told_["aim_km"] < 5.0  # no errors were drawn: what is left is the pull of the Earth on an osculating hyperbola
        assert told_["b_km"] > told_["strike_km"]
        assert flight.plan.perilune is not None
        assert told_["perilune_km"] == pytest.approx((flight.plan.perilune.radius_m - 1737.4e3) / 1e3, abs=20.0)  # the same pull


def test_the_plane_passes_over_the_site_twice(tree: Element, flight: Flight) -> None:
    told_ = picture(tree, "site")
    assert (told_ is not None) == any(phase.kind == "descent" for phase in flight.mission.phases)
    if told_ is not None and "off_1" in told_:
        assert max(told_["off_0"], told_["off_1"]) < 0.1  # degrees: what the plan asks of the plane, and a phasing burn leaves


def test_the_spot_and_the_core_are_those_of_the_events(tree: Element, flight: Flight) -> None:
    spot, core = picture(tree, "hazards"), picture(tree, "drill-log")
    touched = [one for one in flight.events if one.name == "touchdown"]
    assert (spot is not None) == bool(touched)
    if spot is not None:
        east, north = (touched[0].data[f"safe_spot_{way}_m"] for way in ("east", "north"))
        assert spot["spot_m"] == pytest.approx((east**2 + north**2) ** 0.5)
        assert spot["off_m"] == pytest.approx(0.0, abs=2.0)  # a nominal descent ends on its spot
    sealed = [one for one in flight.events if one.name == "container_sealed"]
    assert (core is not None) == bool(sealed)
    if core is not None:
        assert core["sample_g"] == pytest.approx(1e3 * sealed[0].data["mass_kg"], abs=1e-6)
        assert core["depth_m"] == event(flight, "drilling").data["depth_m"]


def test_the_ascent_and_the_way_home_are_told_by_their_burns(tree: Element, flight: Flight) -> None:
    burned = {burn.name: burn for burn in flight.burns}
    up, home = picture(tree, "ascent"), picture(tree, "way-home")
    assert (up is not None) == ("ascent_liftoff" in burned)
    if up is not None:
        assert up["propellant_kg"] == burned["ascent_liftoff"].propellant_kg
        assert up["low_km"] == event(flight, "ascent_insertion").data["periapsis_altitude_km"]
    assert (home is not None) == ("tei_1" in burned)
    if home is not None:
        assert [home["delta_v_0"], home["delta_v_1"]] == [burned["tei_1"].delta_v_m_s, burned["tei_2"].delta_v_m_s]
        assert home["range_km"] == event(flight, "entry_interface").data["range_to_target_km"]


def test_the_capsule_is_told_from_its_parachutes_to_the_door(tree: Element, flight: Flight) -> None:
    told_ = picture(tree, "recovery")
    assert (told_ is not None) == any(one.name == "drogue" for one in flight.events)
    if told_ is not None:
        landing = event(flight, "landing")
        assert told_["down_m_s"] == landing.data["vertical_speed_m_s"]
        assert told_["miss_km"] == landing.data["target_miss_m"] / 1e3
        assert told_["main_kn"] == event(flight, "main").data["opening_load_n"] / 1e3
        assert told_["minutes"] > (landing.epoch_s - event(flight, "main").epoch_s) / 60.0


def test_tables_add_up(tree: Element, flight: Flight) -> None:
    foot = tree.find(".//section[@id='burns']//tfoot/tr")
    assert foot is not None
    assert text(foot[2]) == f"{sum(burn.delta_v_m_s for burn in flight.burns):,.2f} m/s"
    rows = tree.findall(".//section[@id='modules']//tbody/tr")
    assert {text(row[0]) for row in rows} == {name.replace("_", " ") for name in flight.modules}
    assumed = [key for key, (_, source) in flight.mission.sources.items() if source.startswith("assumed")]
    assert [text(row[0]) for row in tree.findall(".//section[@id='assumptions']//tbody/tr")] == assumed


def test_views_move_where_the_flight_was(tree: Element, flight: Flight) -> None:
    told_ = tree.find(".//script[@id='scene-data']")
    views = json.loads(text(told_))["views"] if told_ is not None else []
    assert bool(views) == any(burn.center == "moon" for burn in flight.burns)
    for view in views:
        steps = view["steps"]
        assert len(steps["utc"]) == len(steps["event"]) == steps["ends"][-1]
        assert all(len(mover[axis]) == steps["ends"][-1] for mover in view["movers"] for axis in "xyz")
        assert steps["utc"] == sorted(steps["utc"])
        radius = view["bodies"][0]["radius"]
        away = [
            (x * x + y * y + z * z) ** 0.5
            for mover in view["movers"]
            for x, y, z in zip(mover["x"], mover["y"], mover["z"], strict=True)
            if x is not None
        ]
        assert min(away) > 0.99 * radius  # nothing is inside a body


def test_a_report_that_cannot_be_drawn_leaves_nothing(flight: Flight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_story: Story) -> Absent:
        raise RuntimeError("no ink")

    monkeypatch.setattr("farside.plots.report.PICTURES", (fail,))
    with pytest.raises(RuntimeError, match="no ink"):
        write_report(flight, tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flight_that_ended_anywhere_has_a_report(change6: Flight, share: float) -> None:
    """The road of Chang'e-6 cut after a leg, as by an outcome: what was flown is shown, what was not is said."""
    legs = change6.legs[: round(share * len(change6.legs))]
    left: dict[str, Craft] = {}
    for leg in legs:
        left = {name: craft for name, craft in left.items() if name != leg.before[0].name}
        left |= {craft.name: craft for craft in leg.after}
    cut = replace(change6, legs=legs, state=State(tuple(left.values())), outcome=Outcome.IMPACT, advice="cut for a test")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(report(cut))
    story = Story(cut)
    shown = [found.name for draw in PICTURES if isinstance(found := draw(story), Picture)]
    assert [one.attrib["id"] for one in tree.iter("figure")] == shown
    assert "Ended before its time: impact" in text(tree.find(".//header"))
