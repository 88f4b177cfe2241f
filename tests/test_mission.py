"""Mission files: what a good one becomes, and that each wrong one is refused with every problem, its key and what would work.

Most cases are `missions/change6.toml` with one edit: the file is good, so what is found is the edit.
"""

from __future__ import annotations

import math
import pathlib
import pickle
import re
import tomllib
from dataclasses import FrozenInstanceError
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import farside
from farside.basis.declaration import Declaration
from farside.basis.epochs import tdb_from_utc
from farside.environment.declared import Environment, RelaySatellite, SiteTerrain
from farside.mission import PHASES, SECTIONS, EngineTable, Header, MissionError, ModuleTable, from_raw, from_text, load
from farside.phases.capture import Capture
from farside.phases.dispersions import Dispersions
from farside.phases.docking import HandOver, Latch
from farside.phases.faults import FAULTS, BurnsOn, FixOff, NozzleLost, SensorOff, ThrustOff
from farside.phases.rendezvous import Hold
from farside.phases.separation import Separation
from farside.phases.surface import Drilling, Watch
from farside.phases.transport import Stage
from farside.phases.trigger import After, AtAltitude, AtApsis, NodeOnDay
from farside.planning.goals import Goals, InOrbit, Site, Start
from mission_text import AT_THE_MOON, CHANGE6, MISSIONS, PLACES, edited, in_phase, only_problem, phase_text, place, problems, without

# What a good file becomes


@pytest.mark.parametrize("file", sorted(MISSIONS.glob("*.toml")), ids=lambda file: file.name)
def test_every_mission_that_comes_with_farside_is_in_order(file: pathlib.Path) -> None:
    mission = load(file)
    assert mission.name == file.stem
    assert mission.text == file.read_text(encoding="utf-8")
    assert pickle.loads(pickle.dumps(mission)) == mission  # spawned workers get missions by pickle


def test_numbers_are_si_and_epochs_tdb() -> None:
    mission = load(MISSIONS / "change6.toml")
    assert mission.goals.liftoff_s == tdb_from_utc("2024-05-03T09:27:29Z")
    assert mission.goals.capture_tolerance_s == 900.0
    assert mission.landing_site.latitude_rad == pytest.approx(math.radians(-41.6385), rel=1e-15)
    assert mission.landing_site.altitude_m == -5256.0
    assert mission.start.parking_altitude_m == 200e3
    assert mission.modules["second_stage"].engine("main").thrust_n == 176.5e3
    assert mission.environment.moon_gravity_degree == 6
    assert mission.dispersions is not None
    assert mission.dispersions.thrust == pytest.approx(0.005, rel=1e-15)
    capture = mission.phase("capture")
    assert isinstance(capture, Capture)
    assert (capture.perilune_altitude_m, capture.apolune_altitude_m) == (200e3, 8600e3)


@pytest.mark.parametrize(("file", "stack_kg"), [("change6.toml", 8350.0), ("change5.toml", 8200.0)])  # facts V1, V2
def test_the_stack_has_the_mass_it_was_launched_with(file: str, stack_kg: float) -> None:
    modules, launcher = load(MISSIONS / file).modules, ("boosters", "core", "second_stage", "fairing")
    assert sum(module.mass_kg for name, module in modules.items() if name not in launcher) == pytest.approx(stack_kg, abs=1e-9)


def test_triggers_are_told_apart_by_their_keys() -> None:
    mission = load(MISSIONS / "change6.toml")
    triggers = [phase.when for phase in mission.phases if isinstance(phase, Separation)]
    assert [type(trigger) for trigger in triggers] == [After, AtApsis, NodeOnDay, After, After, AtAltitude]
    separation = load(MISSIONS / "change5.toml").phase("lander_separation")
    assert isinstance(separation, Separation)
    assert separation.when == After(after_s=310 * 60.0)


def test_every_number_of_a_file_has_its_source() -> None:
    mission = load(MISSIONS / "change6.toml")
    assert mission.sources["goals.liftoff"] == ("2024-05-03T09:27:29Z", "facts T4")
    assert mission.sources[f"{PLACES['capture']}.apolune_altitude"] == ("8600 km", "facts T8")
    assert len(mission.sources) == CHANGE6.count("value = ")
    assert mission.modules["orbiter"].engine("main").source.startswith("thrust: facts V10; isp: assumed: ")


def test_a_mission_is_frozen() -> None:
    mission = load(MISSIONS / "change6.toml")
    with pytest.raises(FrozenInstanceError):
        mission.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        mission.goals.liftoff_s = 0.0


def test_the_repr_says_what_it_is() -> None:
    assert re.fullmatch(r"<Mission change6 2024-05-03T09:27:29Z \d+ phases, digest [0-9a-f]{8}>", repr(load(MISSIONS / "change6.toml")))


def test_the_package_gives_its_names_on_first_use() -> None:
    assert farside.load is load
    assert set(farside.__all__) <= set(dir(farside))
    with pytest.raises(AttributeError, match=r"it has .*load"):
        farside.lode  # noqa: B018


def test_the_package_has_one_version() -> None:
    project = tomllib.loads((MISSIONS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert farside.__version__ == project["version"]


def test_the_digest_is_of_what_is_declared() -> None:
    digest = from_text(CHANGE6).digest
    assert from_text("# another comment\n" + CHANGE6.replace("facts T4", "the press")).digest == digest
    start = CHANGE6.index("[start]")
    moved = CHANGE6[CHANGE6.index("[[phases]]") :]
    assert from_text(moved + "\n" + CHANGE6[: CHANGE6.index("[[phases]]")]).digest == digest
    assert from_text(edited("09:27:29Z", "09:27:30Z")).digest != digest
    assert from_text(CHANGE6[:start] + CHANGE6[start:].replace('"4 h"', '"5 h"')).digest != digest


@pytest.mark.parametrize(
    "first_left_out",
    ["spacecraft_separation", "capture", "cubesat_release", "lowering", "descent", "surface", "ascent", "phasing", "docking", "departure"],
)
def test_a_mission_may_end_early(first_left_out: str) -> None:
    begin = CHANGE6.index(phase_text(first_left_out))
    mission = from_text(CHANGE6[:begin])
    assert mission.phases
    assert first_left_out not in [phase.name for phase in mission.phases]


def test_a_mission_that_ends_in_capture_needs_no_later_goals() -> None:
    text = CHANGE6[: CHANGE6.index(phase_text("cubesat_release"))]
    text = re.sub(r"^(touchdown|lift_off|return_landing) = .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[sites\.(landing|recovery)\][^\[]*", "", text)
    mission = from_text(text)
    assert mission.goals.touchdown_s is None
    with pytest.raises(KeyError):
        _ = mission.landing_site


def test_phases_can_be_made_in_python_with_si_numbers() -> None:
    capture = Capture(
        name="capture", kind="capture", craft="stack", module="orbiter", engine="main", perilune_altitude_m=2e5, apolune_altitude_m=8.6e6
    )
    assert capture == load(MISSIONS / "change6.toml").phase("capture")


# Files that are not missions


def test_a_file_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(MissionError, match=r"chang6\.toml: no such file; did you mean 'change6.toml'\?"):
        load(MISSIONS / "chang6.toml")
    with pytest.raises(MissionError, match="no such file"):
        load(MISSIONS / "nowhere" / "change6.toml")


def test_a_folder_and_a_binary_file_are_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"name = \xff\xfe")
    with pytest.raises(MissionError, match="not a text in UTF-8"):
        load(tmp_path / "x.toml")
    with pytest.raises(MissionError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["[mission", "a = 1\na = 2", "name = change6", "x = {"])
def test_what_is_not_toml_is_refused_with_the_line(text: str) -> None:
    assert re.match(r"not TOML: .*(line \d+|end of document)", only_problem(text))


def test_an_empty_file_names_every_table_it_lacks() -> None:
    found = problems("")
    for section in ("mission", "sites", "goals", "modules", "start", "phases"):
        assert any(line.startswith(f"{section}: ") for line in found)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("junk", ["3", '"x"', "[]", "[3]", "[[1]]", "{}", "true", "2024-01-01", "{ a = 1 }", "[{ kind = [] }]"])
def test_junk_in_place_of_a_table_is_refused(section: str, junk: str) -> None:
    assert problems(f"{section} = {junk}\n")


# Keys and values


UNKNOWN = [
    ("[goals]\n", "goals", "tli"),
    ("[start]\n", "start", "azimuth"),
    ("[environment]\n", "environment", "gravity"),
    ("[dispersions]\n", "dispersions", "wind"),
    ("[mission]\n", "mission", "author"),
    ("[modules.orbiter]\n", "modules.orbiter", "area"),
    ("[modules.orbiter.engines.main]\n", "modules.orbiter.engines.main", "throttle"),
    ("[sites.landing] # Apollo basin, far side\n", "sites.landing", "slope"),
    ("[phases.drill]\n", f"{PLACES['surface']}.drill", "speed"),
    ("[phases.scoop]\n", f"{PLACES['surface']}.scoop", "mass"),
    ("[phases.container]\n", f"{PLACES['surface']}.container", "mass"),
    ("[phases.instruments.dorn]\n", f"{PLACES['surface']}.instruments.dorn", "power"),
    ("[phases.latch]\n", f"{PLACES['docking']}.latch", "force"),
    ("[phases.when]\n", f"{PLACES['capsule_separation']}.when", "after"),
]


@pytest.mark.parametrize(("table", "path", "key"), UNKNOWN)
def test_an_unknown_key_is_refused_everywhere(table: str, path: str, key: str) -> None:
    found = problems(edited(table, table + f"{key} = 3\n"))
    assert any(line.startswith((f"{path}.{key} = 3: no such key here", f"{path}: a trigger has exactly one of")) for line in found)


def with_terrain(*lines: str) -> str:
    return "\n".join([CHANGE6, "[terrain]", *lines, ""])


def test_the_ground_of_the_site_is_declared_with_units_and_names() -> None:
    assert load(MISSIONS / "change6.toml").terrain == SiteTerrain()
    lines = ('craters = "a.scc"', 'age = { value = "3100 Myr", source = "x" }', 'slope_north = { value = "-2 deg", source = "x" }')
    mission = from_text(with_terrain(*lines))
    assert mission.terrain.age_s == pytest.approx(3.1e9 * 365.25 * 86400.0)
    assert (mission.terrain.slope_east_rad, mission.terrain.slope_north_rad) == (0.0, math.radians(-2.0))
    assert mission.sources["terrain.age"] == ("3100 Myr", "x")
    assert mission.data_files == (("craters", "a.scc"),)
    assert mission.digest not in (load(MISSIONS / "change6.toml").digest, from_text(with_terrain(*lines[1:])).digest)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('map = "a.nc"', 'terrain.map = "a.nc": no such key here; allowed: age, craters, file, slope_east, slope_north'),
        ('file = ""', 'terrain.file = "": must not be empty'),
        ('age = "3.1 Gyr"', "terrain.age = \"3.1 Gyr\": '3.1 Gyr' stands without a source"),
        ('age = { value = "5 Gyr", source = "x" }', "must be above 0 Gyr, to 4.5 Gyr"),
        ('age = { value = "3.1 km", source = "x" }', "is not a duration"),
        ('slope_east = { value = "40 deg", source = "x" }', "must be from -30 deg to 30 deg (loose soil lies no steeper)"),
        (
            'file = "a.nc"\ncraters = "a.scc"\nslope_east = { value = "1 deg", source = "x" }',
            "terrain: file is the ground as it is; craters, slope_east shape a synthetic one: take out either",
        ),
    ],
)
def test_a_ground_that_cannot_be_is_refused_with_what_would_do(lines: str, said: str) -> None:
    assert said in only_problem(with_terrain(lines))


def test_an_unknown_table_is_refused_with_those_there_are() -> None:
    assert only_problem(CHANGE6 + "[disperions]\n").startswith(
        "disperions: no such table; did you mean 'dispersions'? allowed: crafts, dispersions,"
    )


def test_a_key_of_another_spelling_is_recognised_and_told_once() -> None:
    """It is not said to be missing as well; one that is missing besides is."""
    found = only_problem(in_phase("capture", "apolune_altitude", "apolune_altitud"))
    assert f"{PLACES['capture']}.apolune_altitud = \"8600 km\": no such key here; did you mean 'apolune_altitude'?" in found
    text = in_phase("capture", 'perilune_altitude = { value = "200 km", source = "facts T8" }\n', "")
    missing, strange = problems(text.replace('apolune_altitude = { value = "8600 km"', 'apolune_altitud = { value = "8600 km"'))
    assert missing.startswith(f"{PLACES['capture']}.perilune_altitude: required, and missing; write perilune_altitude = {{ value = ")
    assert "did you mean 'apolune_altitude'?" in strange


def test_a_kind_of_another_spelling_is_told_alone() -> None:
    """What is between it and the departure may be in order, and is not complained of."""
    assert "did you mean 'capture'?" in only_problem(in_phase("capture", 'kind = "capture"', 'kind = "captur"'))


STATE_LIKE = """
    position r_m velocity v_m_s state state_vector elements semi_major_axis inclination node raan true_anomaly c3 b_plane asymptote
    delta_v burn burns_at ignition cutoff duration tli_epoch direction attitude steering pitch yaw rate thrust_vector impulse guess
    seed_state azimuth plane altitude_m perilune_altitude_m epoch_s
""".split()  # noqa: SIM905


NOT_OF_A_BURN = {(HandOver, "duration"), (Drilling, "duration"), (Watch, "duration"), (Stage, "duration")}
"""How long people and tools take."""


@pytest.mark.parametrize("kind", PHASES)
def test_no_phase_takes_a_state_a_burn_or_a_steering_constant(kind: str) -> None:
    name = next((phase.name for phase in load(MISSIONS / "change6.toml").phases if phase.kind == kind), "")
    raw = tomllib.loads(phase_text(name) if name else '[[phases]]\nname = "c"\nkind = "coast"\ncraft = "stack"\n')["phases"][0]
    for key in STATE_LIKE:
        if (PHASES[kind], key) in NOT_OF_A_BURN:
            continue
        with pytest.raises(ValidationError) as refused:
            PHASES[kind].model_validate(raw | {key: 1.0}, by_alias=True, by_name=False, context={"from_file": True})
        assert (key,) in [error["loc"] for error in refused.value.errors() if "no such key here" in error["msg"]]


def tables_within(kind: Any) -> set[type[Declaration]]:
    """The declarations that a type is made of, itself included."""
    if isinstance(kind, type) and issubclass(kind, Declaration):
        return {kind, *(table for field in kind.model_fields.values() for table in tables_within(field.annotation))}
    return {table for part in get_args(kind) for table in tables_within(part)}


def test_no_declared_number_is_named_like_a_state_or_a_burn() -> None:
    """The keys that a file may hold, all of them: a review of this list is a review of what can be smuggled in.

    Orbits are told in two places: where craft are when a mission begins at the Moon, and the relay, which is no craft of the mission.
    """
    told = [Header, Site, ModuleTable, EngineTable, Environment, SiteTerrain, Goals, Start, Dispersions, *FAULTS.values(), *PHASES.values()]
    tables = {table for kind in told for table in tables_within(kind)}
    assert {Drilling, Watch, Hold, Latch, AtApsis} < tables
    assert not {InOrbit, RelaySatellite} & tables
    keys = {(table, key) for table in tables for key in table.file_keys()}
    assert {(table, key) for table, key in keys if key in STATE_LIKE} == NOT_OF_A_BURN
    for orbit in (InOrbit, RelaySatellite):
        assert set(orbit.file_keys()) & set(STATE_LIKE) == {"inclination", "node"}


MAIN = '[modules.orbiter.engines.main]\nthrust = { value = "3000 N", source = "facts V10" }\n'
BAD_VALUES = [
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "200 kg", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "is not a length",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "200 kmm", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "no unit 'kmm'",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "200", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "has no unit",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "nan km", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "not a finite number",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "inf km", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "not a finite number",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = "-200 km", source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "above 0 m",
    ),
    (
        'perilune_altitude = { value = "200 km", source = "facts T8"',
        'perilune_altitude = { value = 200, source = "facts T8"',
        f"{PLACES['capture']}.perilune_altitude",
        "not a text in quotes",
    ),
    ('dry_mass = { value = "300 kg"', 'dry_mass = { value = "0 kg"', "modules.returner.dry_mass", "must be above 0 kg"),
    ('dry_mass = { value = "300 kg"', 'dry_mass = { value = "-3 kg"', "modules.returner.dry_mass", "must be above 0 kg"),
    ('propellant = { value = "3030 kg"', 'propellant = { value = "-1 kg"', "modules.orbiter.propellant", "0 kg or more"),
    (
        'thrust = { value = "3000 N", source = "facts V10"',
        'thrust = { value = "0 N", source = "facts V10"',
        "modules.orbiter.engines.main.thrust",
        "above 0 N",
    ),
    (
        'thrust = { value = "3000 N", source = "facts V10"',
        'thrust = { value = "3000 kg", source = "facts V10"',
        "modules.orbiter.engines.main.thrust",
        "not a thrust",
    ),
    (MAIN + 'isp = { value = "312 s"', MAIN + 'isp = { value = "0 s"', "modules.orbiter.engines.main.isp", "above 0 s"),
    ('latitude = { value = "-41.6385 deg"', 'latitude = { value = "-91 deg"', "sites.landing.latitude", "-90 deg (south) to 90 deg"),
    ('longitude = { value = "206.0148 deg"', 'longitude = { value = "-154 deg"', "sites.landing.longitude", "from 0 deg to 360 deg"),
    ('liftoff = { value = "2024-05-03T', 'liftoff = { value = "2024-02-30T', "goals.liftoff", "out of range"),
    ('liftoff = { value = "2024-05-03T', 'liftoff = { value = "2024-13-03T', "goals.liftoff", "month"),
    ("09:27:29Z", "25:27:29Z", "goals.liftoff", "no such time of day"),
    ("09:27:29Z", "09:27:29", "goals.liftoff", "with a Z"),
    ("09:27:29Z", "09:27:29+08:00", "goals.liftoff", "with a Z"),
    ('liftoff = { value = "2024-05-03T', 'liftoff = { value = "1959-05-03T', "goals.liftoff", "before 1960"),
    ('node_on_day = "2024-05-30"', 'node_on_day = "2024-05-32"', f"{PLACES['lander_separation']}.when.node_on_day", "is not a day"),
    ('node_on_day = "2024-05-30"', "node_on_day = 2024-05-30", f"{PLACES['lander_separation']}.when.node_on_day", "in quotes"),
    ('node_on_day = "2024-05-30"', 'apsis = "apogee"', f"{PLACES['lander_separation']}.when.apsis", "'perilune' or 'apolune'"),
    ('body = "moon"', 'body = "mars"', "sites.landing.body", "'earth' or 'moon'"),
    ('ephemeris = "de421"', 'ephemeris = "de200"', "environment.ephemeris", "'de421' or 'de440'"),
    ("moon_gravity_degree = 6", "moon_gravity_degree = 8", "environment", "needs a moon_gravity_file"),
    ("moon_gravity_degree = 6", 'moon_gravity_degree = "6"', "environment.moon_gravity_degree", "whole number"),
    ("moon_gravity_degree = 6", "moon_gravity_degree = true", "environment.moon_gravity_degree", "whole number"),
    ('name = "change6"', 'name = "Chang\'e 6"', "mission.name", "lower-case letters"),
    ('name = "change6"', "name = 6", "mission.name", "a text in quotes, not 6"),
    ('name = "change6"', 'name = "../x"', "mission.name", "lower-case letters"),
    ('name = "change6"', 'name = "change6"\nseed = -1', "mission.seed", "greater than or equal to 0"),
    ('thrust = { value = "0.5 %"', 'thrust = { value = "150 %"', "dispersions.thrust", "from 0 % to 100 %"),
    (
        'flight_path_angle = { value = "-5.8 deg"',
        'flight_path_angle = { value = "5.8 deg"',
        f"{PLACES['interface']}.flight_path_angle",
        "negative is down",
    ),
    ('range_min = { value = "5000 km"', 'range_min = { value = "7000 km"', PLACES["interface"], "range_min must be less than range_max"),
    (
        'before_landing_min = { value = "45 min"',
        'before_landing_min = { value = "48 min"',
        f"{PLACES['capsule_separation']}.when",
        "must be less than",
    ),
    ('azimuth_min = { value = "70 deg"', 'azimuth_min = { value = "180 deg"', "start", "azimuth_min must be less than azimuth_max"),
    (
        'apolune_altitude = { value = "8600 km"',
        'apolune_altitude = { value = "100 km"',
        PLACES["capture"],
        "must not be more than apolune_altitude",
    ),
    ('phasing = { value = "5 km"', 'phasing = { value = "300 km"', PLACES["lowering"], "phasing must be less than circular_altitude"),
    (
        'ellipse_period_min = { value = "12 h"',
        'ellipse_period_min = { value = "40 h"',
        PLACES["departure"],
        "ellipse_period_min must be less",
    ),
    ('latest = { value = "2024-06-21T23', 'latest = { value = "2024-06-20T09', PLACES["departure"], "a revolution apart"),
    ('aim = "entry"', 'aim = "moon"', f"{PLACES['return_tcm_1']}.aim", "'perilune', 'landing_pass' or 'entry'"),
    ('kind = "gate"', 'kind = "gait"', f"{PLACES['interface']}.kind", "did you mean 'gate'?"),
    ('source = "facts T4"', 'source = ""', "goals.liftoff", 'facts key ("facts T4"), a reference, or "assumed: why"'),
    ('source = "facts T4"', 'source = "  "', "goals.liftoff", "source"),
    (', source = "facts T4"', "", "goals.liftoff", "the source is missing"),
    ('source = "facts T4"', 'source = "facts T4", note = "x"', "goals.liftoff", "a quantity has no 'note'"),
    (
        'liftoff = { value = "2024-05-03T09:27:29Z", source = "facts T4" }',
        'liftoff = "2024-05-03T09:27:29Z"',
        "goals.liftoff",
        "without a source",
    ),
    (
        'liftoff = { value = "2024-05-03T09:27:29Z", source = "facts T4" }',
        "liftoff = 2024-05-03T09:27:29Z",
        "goals.liftoff",
        "without a source",
    ),
    ('liftoff = { value = "2024-05-03T09:27:29Z", source = "facts T4" }', "liftoff = 768000000.0", "goals.liftoff", "without a source"),
    (', { module = "orbiter", engine = "four_150n" }]', "]", f"{PLACES['departure']}.burns[1]", "required, and missing"),
]


@pytest.mark.parametrize(("old", "new", "path", "why"), BAD_VALUES)
def test_a_bad_value_is_refused_with_its_key_and_what_is_allowed(old: str, new: str, path: str, why: str) -> None:
    found = only_problem(edited(old, new))
    assert re.match(re.escape(path) + r"( = [^:]|: )", found), found
    assert why in found


# Names, sequence, epochs


def test_a_craft_that_is_not_there_is_refused_with_those_that_fly() -> None:
    found = only_problem(in_phase("departure", 'craft = "orbiter"', 'craft = "orbitr"'))
    assert (
        found
        == f"{PLACES['departure']}.craft = \"orbitr\": no such craft at this point; did you mean 'orbiter'? flying now: lander, orbiter"
    )


def test_a_craft_whose_road_ended_is_refused() -> None:
    found = only_problem(in_phase("tcm_1", 'craft = "stack"', 'craft = "launcher"'))
    assert "launcher" in found
    assert f"(it ended at its separation, {PLACES['spacecraft_separation']})" in found


WRONG_NAMES = [
    (
        "departure",
        '{ module = "orbiter", engine = "main" }',
        '{ module = "lander", engine = "main" }',
        "no such module on orbiter at this point",
    ),
    ("departure", 'engine = "four_150n"', 'engine = "four_150"', "no such engine on orbiter; did you mean 'four_150n'?"),
    ("transfer", 'module = "second_stage"', 'module = "second_stag"', "did you mean 'second_stage'?"),
    ("transfer", 'engine = "main"', 'engine = "yf75d"', "no such engine on second_stage; allowed: main"),
    ("tcm_2", 'name = "tcm_2"', 'name = "tcm_1"', f"{PLACES['tcm_1']} has that name already"),
    ("tcm_2", 'event = "tcm_2"', 'event = "tcm_1"', f"{PLACES['tcm_1']} has that event already"),
    ("lander_separation", '"lander", "ascender"] }', '"lander"] }', "ascender of stack must go with the carrier or be released"),
    ("lander_separation", '"lander", "ascender"] }', '"lander", "ascender", "returner"] }', "'returner' goes 2 ways"),
    ("lander_separation", '"lander", "ascender"] }', '"lander", "ascender", "icube_q"] }', "'icube_q' cannot separate: it is not on stack"),
    ("lander_separation", 'released = { name = "lander"', 'released = { name = "orbiter"', "the carrier has that name"),
    ("capsule_separation", 'released = { name = "capsule"', 'released = { name = "lander"', "that craft is flying already"),
    ("tcm_1", 'aim = "perilune"', 'aim = "entry"', "goes after the departure and before the gate"),
    ("tcm_1", 'aim = "perilune"', 'aim = "landing_pass"', "goes after the capture and before the departure"),
    ("return_tcm_1", 'aim = "entry"', 'aim = "perilune"', "goes after the transfer and before the capture"),
    ("spacecraft_separation", "when = { after = {", "when = { epoch = {", "not an epoch"),
    ("spacecraft_separation", "when = { after = {", 'when = { apsis = "perilune", after = {', "exactly one of"),
]


@pytest.mark.parametrize(("phase", "old", "new", "why"), WRONG_NAMES)
def test_names_and_places_that_cannot_be_are_refused(phase: str, old: str, new: str, why: str) -> None:
    found = problems(in_phase(phase, old, new))
    assert any(why in line for line in found), found
    assert all(line.startswith("phases[") for line in found)


def test_a_trigger_of_the_moon_is_refused_on_the_way_there() -> None:
    after = 'after = { value = "86 s", source = "facts T30: cut-off at 2114 s, separation at 2200 s" }'
    text = in_phase("spacecraft_separation", after, 'apsis = "apolune"')
    here = PLACES["spacecraft_separation"]
    assert only_problem(text) == f"{here}.when: a trigger by apsis goes after the capture and before the departure"


JOINED = 'modules = ["boosters", "core", "second_stage", "fairing", "orbiter", "returner", "lander", "ascender", "icube_q"]'


def test_modules_are_joined_exactly_once() -> None:
    assert any("'orbiter' is joined 2 times" in line for line in problems(edited(JOINED, JOINED[:-1] + ', "orbiter"]')))
    assert any("no module 'rover'" in line for line in problems(edited(JOINED, JOINED[:-1] + ', "rover"]')))
    unused = only_problem(
        edited("[modules.returner]\n", '[modules.rover]\ndry_mass = { value = "5 kg", source = "facts V20" }\n\n[modules.returner]\n')
    )
    assert unused.startswith("modules.rover: declared, but not joined at the start")


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ("transfer", "a launch leads to a transfer, which must be the next phase"),
        ("capture", "a lowering needs a capture before it"),
        ("lowering", "a departure needs a lowering before it"),
        ("departure", "a gate needs a departure before it"),
        ("interface", "an entry needs a gate before it"),
    ],
)
def test_phases_need_those_that_lead_to_them(left_out: str, why: str) -> None:
    assert any(why in line for line in problems(without(left_out)))


def test_a_kind_of_the_road_comes_once() -> None:
    again = phase_text("capture").replace('name = "capture"', 'name = "capture_again"')
    text = edited(phase_text("capture"), phase_text("capture") + "\n" + again)
    found = problems(text)
    assert f'{place("capture_again", text)}.kind = "capture": there can be only one capture' in found


def test_the_way_home_goes_one_step_after_another() -> None:
    """Without the parachute nobody lies on the ground; without the recovery nobody has the capsule."""
    found = problems(without("parachute"))
    assert f"{PLACES['parachute']}.kind = \"recovery\": a recovery needs a parachute before it" in found[0]
    assert "capsule has not landed on the Earth at this point; a parachute of it must come before" in found[1]
    (found,) = problems(without("recovery"))
    assert "a transport needs a recovery before it" in found


def test_a_wait_on_the_ground_is_by_the_clock() -> None:
    wait = '[[phases]]\nname = "wait"\nkind = "coast"\ncraft = "capsule"\nuntil = {{ {} }}\n\n'
    hours = 'after = { value = "1 h", source = "assumed: test" }'
    transport = '[[phases]]\nname = "transport"'
    assert from_text(CHANGE6.replace(transport, wait.format(hours) + transport)).phase("wait").kind == "coast"
    found = problems(CHANGE6.replace(transport, wait.format('node_on_day = "2024-06-26"') + transport))
    assert "capsule stands on the ground, where that never comes; after or epoch would do" in found[-1]


@pytest.mark.parametrize(
    ("to", "why"),
    [("moonbase", "no site 'moonbase'"), ("landing", "landing is on the Moon; a transport goes to a site on the Earth")],
)
def test_a_stage_goes_to_a_site_of_the_earth(to: str, why: str) -> None:
    assert why in only_problem(CHANGE6.replace('to = "beijing"', f'to = "{to}"'))


def test_nothing_moves_a_craft_beyond_its_gate() -> None:
    after = (
        '\n[[phases]]\nname = "on"\nkind = "coast"\ncraft = "capsule"\nuntil = { after = { value = "1 h", source = "assumed: test" } }\n'
    )
    assert f"(it ended at the transport, {PLACES['transport']})" in only_problem(CHANGE6 + after)
    bare = without("entry", "parachute", "recovery", "transport")
    assert "capsule is in the air beyond its gate, where only an entry and a parachute go on" in only_problem(bare + after)
    down = without("recovery", "transport") + after.replace('kind = "coast"', 'kind = "correction"')
    assert "capsule stands on the Earth, where only a recovery and a transport go on" in "".join(problems(down))
    assert from_text(CHANGE6 + after.replace("capsule", "orbiter")).phases[-1].craft == "orbiter"


ORDER = [
    ('capture = { value = "2024-05-08', 'capture = { value = "2024-05-02', "goals.capture", "must be after goals.liftoff"),
    ('touchdown = { value = "2024-06-01', 'touchdown = { value = "2024-06-05', "goals.lift_off", "must be after goals.touchdown"),
    ('return_landing = { value = "2024-06-25', 'return_landing = { value = "2023-06-25', "goals.return_landing", "must be after goals."),
    (
        'earliest_circular = { value = "2024-05-12',
        'earliest_circular = { value = "2024-05-07',
        f"{PLACES['lowering']}.earliest_circular",
        "must be after goals.capture",
    ),
    (
        'latest_circular = { value = "2024-05-24',
        'latest_circular = { value = "2024-05-10',
        PLACES["lowering"],
        "must be before latest_circular",
    ),
    (
        'latest_circular = { value = "2024-05-24',
        'latest_circular = { value = "2024-06-02',
        "goals.touchdown",
        f"must be after {PLACES['lowering']}.latest_circular",
    ),
    (
        'node_on_day = "2024-05-30"',
        'node_on_day = "2024-05-11"',
        f"{PLACES['lander_separation']}.when.node_on_day",
        f"must be after {PLACES['lowering']}",
    ),
    ('earliest = { value = "2024-06-20', 'earliest = { value = "2024-05-25', f"{PLACES['departure']}.earliest", "must be after"),
    (
        'latest = { value = "2024-06-21',
        'latest = { value = "2024-06-27',
        "goals.return_landing",
        f"must be after {PLACES['departure']}.latest",
    ),
]


@pytest.mark.parametrize(("old", "new", "path", "why"), ORDER)
def test_epochs_follow_each_other(old: str, new: str, path: str, why: str) -> None:
    found = problems(edited(old, new))
    assert any(line.startswith(path) and why in line for line in found), found


def test_an_inverted_throttle_range_is_refused() -> None:
    found = only_problem(in_phase("descent", '"1500 N"', '"8 kN"'))
    assert found.startswith(f"{PLACES['descent']}.thrust_min")
    assert "less than the 7500 N of modules.lander.engines.main" in found


def test_goals_that_a_phase_needs_are_asked_for() -> None:
    found = problems(re.sub(r"^(touchdown|return_landing) = .*\n", "", CHANGE6, flags=re.MULTILINE))
    assert (
        'goals.touchdown: missing, and the lowering needs it; write touchdown = { value = "2024-05-03T09:27:29Z", source = "..." }' in found
    )
    assert any(line.startswith("goals.return_landing: missing, and the departure needs it") for line in found)


def test_sites_are_there_and_on_the_right_body() -> None:
    there = "academy, airfield, beijing, laboratory, landings, launch, recovery"
    assert f"no site 'landing'; did you mean 'landings'? declared: {there}" in only_problem(edited("[sites.landing]", "[sites.landings]"))
    assert only_problem(edited('body = "moon"', 'body = "earth"')) == 'sites.landing.body = "earth": goals.landing_site must be on the moon'
    assert "no site 'pad'" in only_problem(edited("[goals]\n", '[goals]\nlaunch_site = "pad"\n'))


RELAY = [
    (
        'perilune_altitude = { value = "200 km", source = "facts Q2"',
        'perilune_altitude = { value = "20000 km", source = "facts Q2"',
        "more than",
    ),
    ('inclination = { value = "62.4 deg"', 'inclination = { value = "-62.4 deg"', "from 0 deg to 180 deg"),
    ('node = { value = "300 deg"', 'node = { value = "300 km"', "an angle"),
    ('epoch = { value = "2024-06-01T00:00:00Z"', 'epoch = { value = "2024-03-20T00:31:28Z"', "74 days from goals.touchdown"),
    ('mean_anomaly = { value = "285 deg"', 'true_anomaly = { value = "285 deg"', "mean_anomaly"),
]


@pytest.mark.parametrize(("old", "new", "why"), RELAY)
def test_a_relay_that_cannot_be_is_refused(old: str, new: str, why: str) -> None:
    found = problems(edited(old, new))
    assert all(line.startswith("relay") for line in found), found
    assert why in "".join(found)


def test_a_mission_needs_no_relay() -> None:
    relay = load(MISSIONS / "change6.toml").relay
    assert relay is not None and relay.name == "queqiao_2"
    assert math.degrees(relay.node_rad) == pytest.approx(300.0)
    assert load(MISSIONS / "change5.toml").relay is None


LASTING = 'lasting = { value = "151 %", source = "assumed: test" }'
GOOD_FAULTS = {
    "burns_on": f'kind = "burns_on"\nphase = "descent"\nevent = "doi"\n{LASTING}',
    "sensor_off": 'kind = "sensor_off"\nphase = "descent"\nsensor = "altimeter"',
    "nozzle_lost": """kind = "nozzle_lost"
phase = "descent"
below = { value = "50 m", source = "assumed: test" }
thrust = { value = "55 %", source = "assumed: test" }
lean = { value = "15 deg", source = "assumed: test" }""",
    "thrust_off": 'kind = "thrust_off"\nphase = "descent"\nshare = { value = "98 %", source = "assumed: test" }',
    "fix_off": 'kind = "fix_off"\nphase = "phasing"\nup = { value = "-50 m", source = "assumed: test" }',
}
"""A good table of each kind."""
WRONG_FAULTS = [
    ("burns_on", 'kind = "burns_on"', 'kind = "burn_on"', "kind", "no such kind of fault; did you mean 'burns_on'?"),
    ("burns_on", 'kind = "burns_on"\n', "", "kind", "every fault has a kind"),
    ("burns_on", '"descent"', '"descend"', "phase", "no phase 'descend'; did you mean 'descent'?"),
    ("burns_on", '"descent"', '"surface"', "event", "no burn of surface that is cut off"),
    ("burns_on", '"doi"', '"pdi"', "event", "no burn of descent that is cut off; did you mean 'doi'?"),
    ("burns_on", '"151 %"', '"100 %"', "lasting", "must be above 100 %"),
    ("burns_on", '"151 %"', '"127 s"', "lasting", "is not a fraction"),
    ("burns_on", LASTING, "", "lasting", "required, and missing"),
    ("sensor_off", '"altimeter"', '"altimetre"', "sensor", "'altimeter', 'radar', 'image' or 'gauge'"),
    ("sensor_off", '"descent"', '"capture"', "phase", "only a descent can have a sensor_off; capture is of kind capture"),
    ("sensor_off", 'sensor = "altimeter"', 'sensor = "altimeter"\nup = 3', "up", "no such key here"),
    ("nozzle_lost", '"descent"', '"ascent"', "phase", "only a descent can have a nozzle_lost; ascent is of kind ascent"),
    ("nozzle_lost", '"50 m"', '"0 m"', "below", "must be above 0 m"),
    ("nozzle_lost", '"55 %"', '"155 %"', "thrust", "from 0 % to 100 %"),
    ("nozzle_lost", '"15 deg"', '"15 m"', "lean", "is not an angle"),
    ("thrust_off", '"descent"', '"ascent"', "phase", "only a descent can have a thrust_off; ascent is of kind ascent"),
    ("thrust_off", '"98 %"', '"0 %"', "share", "above 0 %, to 150 %"),
    ("fix_off", '"phasing"', '"phase"', "phase", "no phase 'phase'"),
    ("fix_off", '"-50 m"', '"-50 s"', "up", "is not a length"),
    ("fix_off", ', source = "assumed: test"', "", "up", "the source is missing"),
]


def with_fault(table: str) -> str:
    """Chang'e-6 with a fault."""
    return f"{CHANGE6}\n[[faults]]\n{table}\n"


@pytest.mark.parametrize(("kind", "old", "new", "key", "why"), WRONG_FAULTS)
def test_a_fault_that_cannot_be_is_refused(kind: str, old: str, new: str, key: str, why: str) -> None:
    found = only_problem(with_fault(edited(old, new, GOOD_FAULTS[kind])))
    assert found.startswith(f"faults[0].{key}"), found
    assert why in found


ALL_FAULTS = "".join([CHANGE6, *(f"\n[[faults]]\n{table}\n" for table in GOOD_FAULTS.values())])


def test_faults_are_declared_in_si_and_are_part_of_the_digest() -> None:
    mission = from_text(ALL_FAULTS)
    burn, sensor, nozzle, thrust, fix = mission.faults
    assert burn == BurnsOn(kind="burns_on", phase="descent", event="doi", lasting=1.51)
    assert sensor == SensorOff(kind="sensor_off", phase="descent", sensor="altimeter")
    assert nozzle == NozzleLost(kind="nozzle_lost", phase="descent", below_m=50.0, thrust=0.55, lean_rad=math.radians(15.0))
    assert thrust == ThrustOff(kind="thrust_off", phase="descent", share=0.98)
    assert fix == FixOff(kind="fix_off", phase="phasing", up_m=-50.0)
    assert load(MISSIONS / "change6.toml").faults == ()
    assert from_text(CHANGE6).digest != mission.digest


def test_no_fault_is_an_empty_list() -> None:
    assert "at least one [[faults]] is required" in only_problem("faults = []\n" + CHANGE6)


# Several problems at once


def test_all_problems_are_listed_at_once_in_the_order_of_the_file() -> None:
    text = edited('latitude = { value = "19.614 deg"', 'latitude = { value = "19.614 km"')
    text = edited('liftoff = { value = "2024-05-03T', 'liftoff = { value = "2024-05-33T', text)
    text = edited('dry_mass = { value = "300 kg"', 'dry_mass = { value = "300"', text)
    text = edited('aim = "entry"', 'aim = "moon"', text)
    text = edited("[phases.when]\naltitude", "[phases.when]\naltitud", text)
    text = in_phase("interface", 'craft = "capsule"', 'craft = "capsul"', text)
    found = problems(text)
    paths = [line.partition(":")[0].partition(" =")[0] for line in found]
    assert paths == [
        "sites.launch.latitude",
        "goals.liftoff",
        "modules.returner.dry_mass",
        f"{PLACES['return_tcm_1']}.aim",
        f"{PLACES['capsule_separation']}.when",
        f"{PLACES['interface']}.craft",
    ]


def test_a_broken_separation_does_not_accuse_the_phases_after_it() -> None:
    found = only_problem(in_phase("spacecraft_separation", 'carrier = { name = "stack"', "carrier = { name = 7"))
    assert found == f"{PLACES['spacecraft_separation']}.carrier.name = 7: must be a text in quotes, not 7"


# Anything at all


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["stack", "capture", "2024-06-20T00:00:00Z"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["value", "source", "name", "modules", "kind"]), inner)
    ),
    max_leaves=5,
)
RAWS = [tomllib.loads(text) for text in (CHANGE6, AT_THE_MOON, ALL_FAULTS)]


def places(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [path, *(place for key, part in items for place in places(part, (*path, key)))]


def replaced(raw: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copy = raw.copy()
    copy[path[0]] = replaced(raw[path[0]], path[1:], by)
    return copy


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from([(raw, path) for raw in RAWS for path in places(raw)[1:]]), junk=JUNK)
def test_junk_anywhere_is_a_mission_error_or_a_mission(place: tuple[Any, tuple[Any, ...]], junk: Any) -> None:
    """No content of a file, however odd, ends in an error that is not ours."""
    try:
        mission = from_raw(replaced(*place, junk), "x.toml")
    except MissionError as error:
        assert error.problems
        assert all(problem.message for problem in error.problems)
    else:
        assert all(isinstance(phase, BaseModel) for phase in mission.phases)
