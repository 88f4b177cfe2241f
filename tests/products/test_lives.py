"""Who flew from where to where: craft that stand, part on the ground, join and part again."""

import json

import jsonschema
import numpy as np
import pytest
from flights import SITE_M

from farside.products.burns import burns_record
from farside.products.lives import craft_lives, craft_state, dockings, separations
from farside.products.plain import plain
from farside.products.schema import schema


@pytest.fixture(scope="module")
def lives(lunar):
    return craft_lives(lunar.legs)


def test_it_validates(lunar):
    jsonschema.validate(json.loads(json.dumps(plain(burns_record(lunar)))), schema("burns"))


def test_each_life_has_its_parents(lives):
    """After the ascender has gone the orbiter is another craft than the one before it came, though it has the same modules."""
    told = [(life["craft"], "+".join(life["modules"]), life["parents"]) for life in lives]
    assert told == [
        ("lander", "lander+ascender", []), ("lander", "lander", [0]), ("ascender", "ascender", [0]), ("orbiter", "orbiter+returner", []),
        ("orbiter", "orbiter+returner+ascender", [3, 2]), ("orbiter", "orbiter+returner", [4]),
    ]  # fmt: skip


def test_a_craft_begins_where_and_when_its_parents_end(lives, lunar):
    for life in lives:
        for parent in (lives[index] for index in life["parents"]):
            assert life["start"]["epoch_tdb_s"] == parent["end"]["epoch_tdb_s"]
        if life["parents"]:
            assert life["start"]["r_m"] == lives[life["parents"][0]]["end"]["r_m"]
    ends = {life["craft"]: life["end"]["epoch_tdb_s"] for life in lives[-1:] + lives[1:2]}
    assert ends == {"orbiter": lunar.legs[-1].end_s, "lander": lunar.legs[-1].end_s}


def test_a_docking_keeps_the_momentum(lives):
    active, passive, joined = lives[3]["end"], lives[2]["end"], lives[4]["start"]
    before = sum(state["mass_kg"] * np.array(state["v_m_s"]) for state in (active, passive))
    assert joined["mass_kg"] == pytest.approx(active["mass_kg"] + passive["mass_kg"], rel=1e-14)
    np.testing.assert_allclose(joined["mass_kg"] * np.array(joined["v_m_s"]), before, rtol=1e-12)


def test_stays_say_from_when_to_when_and_how_heavy_in_the_end(lives, lunar):
    ((gathering,), (left,)) = (life["stays"] for life in lives[:2])
    surface = lunar.legs[0]
    assert (gathering["from_tdb_s"], gathering["until_tdb_s"]) == (surface.start_s, surface.end_s), "one stay, whatever happened in it"
    assert gathering["mass_kg"] == surface.after[0].mass_kg == pytest.approx(surface.before[0].mass_kg + 0.246913579, abs=1e-12)
    assert (left["site"], left["r_fixed_m"], left["mass_kg"]) == ("landing", list(SITE_M), 1150.0)
    assert all(not life["stays"] for life in lives[2:])


def test_partings_and_joinings_name_their_parts(lunar):
    parted, joined = separations(lunar.legs), dockings(lunar.legs)
    assert [[part["craft"] for part in each["parts"]] for each in parted] == [["lander", "ascender"], ["orbiter", "ascender"]]
    assert [part["gone"] for part in parted[1]["parts"]] == [None, "nowhere: to the Moon"]
    ((active, passive),) = (each["parts"] for each in joined)
    assert (active["craft"], passive["craft"]) == ("orbiter", "ascender")
    assert list(active["modules"]) == ["orbiter", "returner"]
    assert active["mass_kg"] + passive["mass_kg"] == pytest.approx(lunar.legs[-5].before[0].mass_kg, rel=1e-14)


def test_a_craft_on_the_ground_has_no_state_of_its_own(lunar):
    with pytest.raises(ValueError, match="only a craft in space has a state to fly from"):
        craft_state(lunar.legs[0].before[0])
