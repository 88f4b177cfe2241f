"""Who is where in a mission file: craft that land, lift off, join and end; missions that begin at the Moon; what cannot follow what.

Most cases are Chang'e-6, or its days at the Moon as a mission of their own, with one edit: what is found is the edit.
"""

from __future__ import annotations

import re

import pytest

from farside.basis.epochs import tdb_from_utc
from farside.mission import from_text
from mission_text import AT_THE_MOON, CHANGE6, GOALS, LANDER, ORBITER, edited, in_phase, only_problem, phase_text, place, problems, without

BOTH = {"change6": CHANGE6, "at_the_moon": AT_THE_MOON}


@pytest.fixture(params=BOTH)
def text(request: pytest.FixtureRequest) -> str:
    """Both roads to the same phases."""
    return BOTH[request.param]


def before(name: str, phase: str, text: str) -> str:
    """The text with one more phase before that of a name."""
    return edited(phase_text(name, text), phase + "\n" + phase_text(name, text), text)


def coast(craft: str, until: str = 'after = { value = "1 h", source = "assumed: test" }') -> str:
    return f'[[phases]]\nname = "more"\nkind = "coast"\ncraft = "{craft}"\nuntil = {{ {until} }}\n'


def trim(craft: str, module: str, engine: str) -> str:
    """A burn of a craft, at the Moon."""
    return (
        f'[[phases]]\nname = "trim"\nkind = "correction"\ncraft = "{craft}"\nevent = "trim"\nmodule = "{module}"\nengine = "{engine}"\n'
        'after = { value = "1 h", source = "assumed: test" }\naim = "landing_pass"\n'
    )


# On the ground and off it


def test_a_stay_and_an_ascent_need_a_landing(text: str) -> None:
    left = without("descent", text=text)
    assert problems(left) == [
        f'{place("surface", left)}.craft = "lander": lander has not landed at this point; a descent of it must come before',
        f'{place("ascent", left)}.craft = "ascender": ascender has not landed at this point; a descent of it must come before',
    ]


def test_a_craft_that_flies_does_not_lift_off(text: str) -> None:
    left = without("descent", "surface", text=text)
    assert only_problem(left) == (
        f'{place("ascent", left)}.craft = "ascender": ascender has not landed at this point; a descent of it must come before'
    )


def test_what_has_lifted_off_has_left_the_ground(text: str) -> None:
    again = phase_text("ascent", text).replace('name = "ascent"', 'name = "again"')
    assert "ascender has not landed at this point" in only_problem(before("phasing", again, text))
    assert from_text(before("phasing", coast("ascender", 'apsis = "apolune"'), text)).phase("more")


@pytest.mark.parametrize("name", ["descent", "hand_over", "disposal"])
def test_what_has_landed_does_not_fly(text: str, name: str) -> None:
    """Of the craft that stands there, and of what is left of it when the ascender has gone."""
    again = re.sub(
        r'(name|event) = "(\w+)"', r'\1 = "again_\2"', phase_text(name, text), count=2 if "event" in phase_text(name, text) else 1
    )
    craft = next(line for line in again.splitlines() if line.startswith("craft"))
    standing = again.replace(craft, 'craft = "lander"', 1).replace('carrier = { name = "again_', 'carrier = { name = "')
    for where in ("surface", "phasing"):
        found = problems(before(where, standing, text))
        assert f'{place(where, text)}.craft = "lander": lander has landed, and stays there' in found


@pytest.mark.parametrize(("name", "key"), [("ascent", "target"), ("phasing", "partner"), ("docking", "partner")])
def test_nobody_meets_what_stands_on_the_ground(text: str, name: str, key: str) -> None:
    wrong = re.sub(rf'^{key} = "\w+"', f'{key} = "lander"', phase_text(name, text), flags=re.MULTILINE)
    found = problems(edited(phase_text(name, text), wrong, text))
    assert f'{place(name, text)}.{key} = "lander": lander has landed, and stays there' in found


def test_a_craft_on_the_ground_burns_nothing(text: str) -> None:
    found = only_problem(before("surface", trim("lander", "lander", "main"), text))
    assert found == f'{place("surface", text)}.craft = "lander": lander has landed, and stays there'


@pytest.mark.parametrize("trigger", ['apsis = "perilune"', 'node_on_day = "2024-06-02"'])
def test_a_trigger_of_an_orbit_never_comes_on_the_ground(text: str, trigger: str) -> None:
    why = "lander stands on the ground, where that never comes; after or epoch would do"
    where = place("surface", text)
    assert only_problem(before("surface", coast("lander", trigger), text)) == f"{where}.until: {why}"
    bolts = 'after = { value = "0 s", source = "assumed: the bolts are cut at lift-off" }'
    assert only_problem(in_phase("ascender_release", bolts, trigger, text)) == f"{place('ascender_release', text)}.when: {why}"


def test_a_craft_on_the_ground_may_wait_and_part(text: str) -> None:
    assert from_text(before("surface", coast("lander"), text)).phase("more")


# Meeting and joining


@pytest.mark.parametrize(("name", "key"), [("ascent", "target"), ("phasing", "partner"), ("rendezvous", "partner"), ("docking", "partner")])
def test_the_other_craft_must_be_there(text: str, name: str, key: str) -> None:
    wrong = re.sub(rf'^{key} = "(\w+)"', rf'{key} = "\1s"', phase_text(name, text), flags=re.MULTILINE)
    found = only_problem(edited(phase_text(name, text), wrong, text))
    assert found.startswith(f"{place(name, text)}.{key} = ")
    assert re.search(r"no such craft at this point; did you mean '(ascender|orbiter)'\? flying now: ascender, lander, orbiter", found)


@pytest.mark.parametrize(("name", "key"), [("ascent", "target"), ("phasing", "partner"), ("rendezvous", "partner"), ("docking", "partner")])
def test_nobody_meets_itself(text: str, name: str, key: str) -> None:
    own = re.search(r'^craft = "(\w+)"', phase_text(name, text), re.MULTILINE)
    assert own is not None
    wrong = re.sub(rf'^{key} = "\w+"', f'{key} = "{own[1]}"', phase_text(name, text), flags=re.MULTILINE)
    found = problems(edited(phase_text(name, text), wrong, text))
    assert found[0].startswith(f'{place(name, text)}.{key} = "{own[1]}": {own[1]} is the craft of this phase; the {key} is another')


def test_docking_brings_the_other_crafts_modules(text: str) -> None:
    """From then on a phase of the one craft may name them; before it may not."""
    burn = trim("orbiter", "ascender", "four_120n")
    assert from_text(before("hand_over", burn, text)).phase("trim")
    found = only_problem(before("docking", burn, text))
    assert found == (
        f'{place("docking", text)}.module = "ascender": no such module on orbiter at this point; joined now: orbiter, returner'
    )


def test_without_docking_there_is_nothing_to_hand_over(text: str) -> None:
    left = without("docking", text=text)
    found = problems(left)
    assert found[0] == f"{place('hand_over', left)}.route: no such module on orbiter at this point; joined now: orbiter, returner"
    assert all(place("ascender_separation", left) in line for line in found[1:])


def test_what_has_docked_is_a_craft_no_more(text: str) -> None:
    found = only_problem(before("hand_over", coast("ascender"), text))
    assert found == (
        f'{place("hand_over", text)}.craft = "ascender": no such craft at this point (it ended at the docking, {place("docking", text)});'
        " did you mean 'lander'? flying now: lander, orbiter"
    )
    assert from_text(before("disposal", coast("ascender"), text)).phase("more"), "until it parts again"


@pytest.mark.parametrize(
    ("route", "why"),
    [
        (
            '["ascender", "orbiter", "lander"]',
            "no such module on orbiter at this point; did you mean 'ascender'? joined now: ascender, orbiter, returner",
        ),
        ('["ascenders", "returner"]', "no such module on orbiter at this point; did you mean 'ascender'?"),
        ('["ascender", "orbiter", "ascender"]', "a module of the route comes once"),
        ('["ascender", "ascender"]', "a module of the route comes once"),
        ('["ascender"]', "at least 2 items"),
    ],
)
def test_the_sample_goes_from_module_to_module_of_one_craft(text: str, route: str, why: str) -> None:
    found = only_problem(in_phase("hand_over", 'route = ["ascender", "orbiter", "returner"]', f"route = {route}", text))
    assert found.startswith(place("hand_over", text))
    assert why in found


def test_the_container_is_on_a_module_that_has_landed(text: str) -> None:
    found = only_problem(in_phase("surface", 'container_module = "ascender"', 'container_module = "returner"', text))
    assert found == (
        f'{place("surface", text)}.container_module = "returner": no such module on lander at this point; joined now: ascender, lander'
    )


def test_what_stays_behind_does_not_push(text: str) -> None:
    """The lander's engine is not on what lifts off."""
    found = only_problem(in_phase("ascent", 'module = "ascender"', 'module = "lander"', text))
    assert found.startswith(f'{place("ascent", text)}.module = "lander": no such module on ascender at this point')


def test_a_disposal_ends_its_craft(text: str) -> None:
    last = coast("ascender")
    found = only_problem(before("departure", last, text) if text is CHANGE6 else f"{text}\n{last}")
    assert f"no such craft at this point (it ended at the disposal, {place('disposal', text)}); did you mean" in found


def test_what_happens_at_the_moon_happens_there() -> None:
    """Between capture and departure; each by its kind."""
    text = before("capture", phase_text("hand_over"), without("hand_over"))
    assert any(
        line == f'{place("hand_over", text)}.kind = "hand_over": the hand_over goes after the capture and before the departure'
        for line in problems(text)
    )


# One mistake, one message


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("descent", 'craft = "lander"', 'craft = "landr"'),
        ("descent", 'kind = "descent"', 'kind = "descnt"'),
        ("ascent", 'craft = "ascender"', 'craft = "ascendr"'),
        ("docking", 'craft = "orbiter"', 'craft = "orbitr"'),
        ("docking", 'partner = "ascender"', 'partner = "ascendr"'),
        ("docking", 'partner = "ascender"', "partner = 7"),
        ("docking", 'kind = "docking"', 'kind = "dock"'),
        ("ascender_release", 'released = { name = "ascender"', "released = { name = 7"),
    ],
)
def test_a_mistake_does_not_accuse_the_phases_after_it(text: str, name: str, old: str, new: str) -> None:
    found = only_problem(in_phase(name, old, new, text))
    assert found.startswith(place(name, text))


# Missions that begin at the Moon


def test_a_mission_may_begin_at_the_moon() -> None:
    mission = from_text(AT_THE_MOON)
    assert mission.start is None
    assert set(mission.crafts) == {"orbiter", "lander"}
    assert mission.begins_s == mission.crafts["lander"].epoch_s == tdb_from_utc("2024-06-01T12:00:00Z")
    assert mission.crafts["lander"].perilune_altitude_m == 195e3
    assert mission.crafts["orbiter"].modules == ("orbiter", "returner")
    assert re.fullmatch(r"<Mission at_the_moon 2024-06-01T12:00:00Z 10 phases, digest \w{8}>", repr(mission))


def test_the_earliest_craft_begins_it() -> None:
    later = edited(LANDER, LANDER.replace("T12:00:00Z", "T13:00:00Z"), AT_THE_MOON)
    assert from_text(later).begins_s == tdb_from_utc("2024-06-01T12:00:00Z")
    with_liftoff = edited("[goals]\n", '[goals]\nliftoff = { value = "2024-05-03T09:27:29Z", source = "facts T4" }\n', later)
    assert "no site 'launch'" in only_problem(with_liftoff), "a liftoff is from a site"


def test_craft_that_only_meet_need_neither_site_nor_goal() -> None:
    text = without("descent", "surface", "ascender_release", "ascent", text=AT_THE_MOON)
    text = edited(LANDER, LANDER.replace("crafts.lander", "crafts.ascender").replace('"lander", ', ""), text)
    text = re.sub(
        r"\[sites\.landing\].*?(?=\n\[)|\[goals\].*?(?=\n\[)|\[modules\.lander\].*?(?=\n\[modules\.ascender\])", "", text, flags=re.DOTALL
    )
    mission = from_text(text)
    assert mission.goals.touchdown_s is None
    assert mission.sites == {}


def test_it_begins_on_the_earth_or_at_the_moon() -> None:
    assert only_problem(CHANGE6 + "\n" + ORBITER) == (
        "crafts: a mission begins with [start], on the Earth, or with [crafts], at the Moon; take out one of the two"
    )


def test_it_begins_somewhere() -> None:
    neither = AT_THE_MOON.replace(ORBITER, "").replace(LANDER, "")
    assert any(
        "start: the table [start] is required, and missing (or tables [crafts.NAME], to begin at the Moon)" in line
        for line in problems(neither)
    )


@pytest.mark.parametrize("name", ["transfer", "capture", "lowering", "departure", "interface", "entry"])
def test_a_mission_that_begins_at_the_moon_has_no_road(name: str) -> None:
    phase = phase_text(name)
    kind = {"interface": "gate"}.get(name, name)
    whole = re.sub(r'craft = "\w+"', 'craft = "orbiter"', phase, count=1)
    whole = re.sub(r'module = "second_stage"', 'module = "orbiter"', whole)
    text = f"{AT_THE_MOON}\n{whole}"
    why = f'{place(name, text)}.kind = "{kind}": no {kind} in a mission of [crafts]; declare [start] for a road from the Earth'
    found = problems(text)
    assert why in found
    beside = ("circular = ", "has not come down to the air")  # epochs that passed long ago; no gate before an entry
    assert all(line == why or any(word in line for word in beside) for line in found)


def test_nothing_in_it_aims_at_a_road() -> None:
    none = "goes after the departure, and a mission of [crafts] has none"
    homeward = trim("orbiter", "orbiter", "main").replace("landing_pass", "entry")
    text = f"{AT_THE_MOON}\n{homeward}"
    assert only_problem(text) == f'{place("trim", text)}.aim = "entry": a correction with this aim (entry) {none}'
    down = phase_text("capsule_separation").partition("[phases.when]\n")[2].strip().replace("\n", ", ")
    text = f"{AT_THE_MOON}\n{coast('orbiter', down)}"
    assert only_problem(text) == f"{place('more', text)}.until: a trigger by altitude {none}"


def test_each_module_is_on_one_craft() -> None:
    twice = edited('["orbiter", "returner"]\nepoch', '["orbiter", "returner", "ascender"]\nepoch', AT_THE_MOON)
    found = problems(twice)
    assert [line for line in found if "joined" in line and "crafts" in line] == [
        "crafts.orbiter.modules: 'ascender' is joined 2 times; a module is joined once",
        "crafts.lander.modules: 'ascender' is joined 2 times; a module is joined once",
    ]
    lost = edited('["lander", "ascender"]\nepoch', '["lander"]\nepoch', AT_THE_MOON)
    assert "modules.ascender: declared, but not joined at the start; add it to crafts.orbiter.modules or take it out" in problems(lost)
    assert any(
        line.startswith("crafts.orbiter.modules: no module 'rover'; declared: ")
        for line in problems(edited('["orbiter", "returner"]\nepoch', '["orbiter", "returner", "rover"]\nepoch', AT_THE_MOON))
    )


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ('"195 km"', '"215 km"', "crafts.lander", "perilune_altitude must not be more than apolune_altitude"),
        ('"195 km"', '"-5 km"', "crafts.lander.perilune_altitude", "must be above 0 m"),
        ('"137 deg"', '"190 deg"', "crafts.lander.inclination", "from 0 deg to 180 deg (above 90 deg is retrograde)"),
        ('"254 deg"', '"-106 deg"', "crafts.lander.node", "from 0 deg to 360 deg"),
        ('"60 deg"', '"361 deg"', "crafts.lander.argument_of_perilune", "from 0 deg to 360 deg"),
        ('"350 deg"', '"350 s"', "crafts.lander.mean_anomaly", "is not an angle"),
        ("mean_anomaly", "true_anomaly", "crafts.lander.mean_anomaly", "required, and missing"),
        ("[crafts.lander]", "[crafts.Lander]", "crafts.Lander", "a name is lower-case letters, digits and _"),
    ],
)
def test_a_craft_is_in_an_orbit_that_can_be(old: str, new: str, path: str, why: str) -> None:
    found = problems(edited(LANDER, edited(old, new, LANDER), AT_THE_MOON))
    assert any(line.startswith(path) and why in line for line in found), found


# Goals and epochs


@pytest.mark.parametrize(("key", "kind"), [("touchdown", "descent"), ("lift_off", "surface")])
def test_the_goals_of_a_landing_are_asked_for(key: str, kind: str) -> None:
    text = re.sub(rf"^{key} = .*\n", "", AT_THE_MOON, flags=re.MULTILINE)
    assert f'goals.{key}: missing, and the {kind} needs it; write {key} = {{ value = "2024-05-03T09:27:29Z", source = "..." }}' in problems(
        text
    )


def test_a_landing_without_goals_and_sites_says_what_it_needs() -> None:
    assert problems(AT_THE_MOON.replace(GOALS, ""))[:2] == [
        'goals.lift_off: missing, and the surface needs it; write lift_off = { value = "2024-05-03T09:27:29Z", source = "..." }',
        'goals.touchdown: missing, and the descent needs it; write touchdown = { value = "2024-05-03T09:27:29Z", source = "..." }',
    ]
    assert only_problem(re.sub(r"\[sites\.landing\].*?(?=\n\[)", "", AT_THE_MOON, flags=re.DOTALL)) == (
        "goals.landing_site: no site 'landing'; declared: none"
    )


def test_an_ascent_needs_its_epoch_and_a_descent_alone_does_not() -> None:
    text = without("surface", text=AT_THE_MOON)
    text = re.sub(r"^lift_off = .*\n", "", text, flags=re.MULTILINE)
    assert only_problem(text).startswith("goals.lift_off: missing, and the ascent needs it")
    assert from_text(text[: text.index(phase_text("ascender_release"))]).goals.lift_off_s is None


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ('meeting = { value = "2024-06-06T03', 'meeting = { value = "2024-06-03T03', "{phasing}.meeting", "must be after goals.lift_off"),
        ('leave = { value = "2024-06-06T06', 'leave = { value = "2024-06-06T02', "{rendezvous}.leave", "must be after {phasing}.meeting"),
        ('touchdown = { value = "2024-06-01', 'touchdown = { value = "2024-06-04', "goals.lift_off", "must be after goals.touchdown"),
    ],
)
def test_epochs_at_the_moon_follow_each_other(text: str, old: str, new: str, path: str, why: str) -> None:
    places = {name: place(name, text) for name in ("phasing", "rendezvous")}
    found = only_problem(edited(old, new, text))
    assert found.startswith(path.format(**places) + " = ")
    assert why.format(**places) in found


def test_nothing_comes_before_the_craft_are_there() -> None:
    early = edited('touchdown = { value = "2024-06-01', 'touchdown = { value = "2024-05-31', AT_THE_MOON)
    assert only_problem(early).endswith("must be after crafts.orbiter.epoch (2024-06-01T12:00:00Z)")


def test_a_departure_comes_after_the_meeting() -> None:
    found = problems(edited('leave = { value = "2024-06-06', 'leave = { value = "2024-06-22', CHANGE6))
    assert any(line.startswith(f"{place('departure', CHANGE6)}.earliest") or "must be after" in line for line in found)
