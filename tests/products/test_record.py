import json
from types import SimpleNamespace

import jsonschema
import pytest

from farside.environment.declared import Environment
from farside.products.plain import plain
from farside.products.record import data_used, flight_record, versions
from farside.products.schema import schema, schema_names


@pytest.fixture(scope="module")
def record(flight):
    return json.loads(json.dumps(plain(flight_record(flight, ("events.json", "flight.json")))))


def test_it_validates(record):
    jsonschema.validate(record, schema("flight"))


def test_arcs_have_both_ends_to_the_last_digit_and_follow_each_other(record, flight):
    for written, leg in zip(record["legs"], flight.legs, strict=True):
        assert len(written["arcs"]) == len(leg.arcs)
        for ends, arc in zip(written["arcs"], leg.arcs, strict=True):
            assert ends["start"]["r_m"] + ends["start"]["v_m_s"] + [ends["start"]["mass_kg"]] == arc.states[0].tolist()
            assert ends["end"]["r_m"] + ends["end"]["v_m_s"] + [ends["end"]["mass_kg"]] == arc.states[-1].tolist()
            assert (ends["start"]["epoch_tdb_s"], ends["end"]["epoch_tdb_s"]) == (arc.start_s, arc.end_s)


def test_masses_and_delta_v_are_those_of_the_legs(record, flight):
    assert record["delta_v_m_s"] == pytest.approx(sum(burn.delta_v_m_s for burn in flight.burns))
    assert [leg["before"][0]["mass_kg"] for leg in record["legs"]] == [leg.before[0].mass_kg for leg in flight.legs]
    assert record["legs"][3]["after"][1]["gone"] == "nowhere: heliocentric"


def test_versions_and_data_are_named(record):
    assert {"farside", "python", "numpy", "numba"} <= set(record["versions"])
    mission = SimpleNamespace(environment=Environment())
    assert "skyfield-data" in versions(mission)
    assert "satkit-data" not in versions(mission)
    used = data_used(mission)
    assert used["ephemeris"] == "de421, package skyfield-data"
    assert used["moon_gravity"].startswith("degree 6")


def test_schemas_are_schemas_and_an_unknown_one_is_refused():
    assert schema_names() == ("burns", "delivery", "events", "flight", "plan")
    for name in schema_names():
        jsonschema.Draft202012Validator.check_schema(schema(name))
    with pytest.raises(KeyError, match="there are burns, delivery"):
        schema("ledger")


def test_modules_say_what_they_weigh_and_craft_where_they_stand(lunar):
    """Dry mass, propellant and sample add up, to the last digit that a sum of floats has."""
    record = json.loads(json.dumps(plain(flight_record(lunar, ()))))
    jsonschema.validate(record, schema("flight"))
    crafts = [craft for leg in record["legs"] for craft in (*leg["before"], *leg["after"])]
    for craft in crafts:
        for module in craft["modules"].values():
            parts = module["dry_mass_kg"] + module["propellant_kg"] + module["sample_ug"] / 1e9
            assert module["mass_kg"] == pytest.approx(parts, rel=1e-15)
        assert craft["mass_kg"] == pytest.approx(sum(module["mass_kg"] for module in craft["modules"].values()), rel=1e-15)
    surface, release = record["legs"][0], record["legs"][1]
    assert [craft["modules"]["ascender"]["sample_ug"] for craft in (surface["before"][0], surface["after"][0])] == [0, 246_913_579]
    assert [craft["landed"]["site"] for craft in release["after"]] == ["landing", "landing"]
    assert record["legs"][2]["after"][0]["landed"] is None
    assert {arc["mode"] for leg in record["legs"] for arc in leg["arcs"]} == {"coast", "burn", "landed"}


def test_the_start_is_that_of_the_earliest_craft(lunar):
    from dataclasses import replace

    turned = replace(lunar, legs=(*lunar.legs[2:], *lunar.legs[:2]))
    assert flight_record(turned, ())["start_utc"] == flight_record(lunar, ())["start_utc"]
