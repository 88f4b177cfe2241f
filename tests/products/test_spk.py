"""SPK kernels, read back by SPICE: within a metre of the flight, named, and joined with a planetary ephemeris."""

from importlib.resources import files

import numpy as np
import pytest
import spiceypy

from farside.products.recorded import recorded
from farside.products.spk import NAIF_ID, SpiceMissingError, names_kernel, spice, spice_ids, spice_name, write_spk


@pytest.fixture
def kernels():
    """SPICE with nothing loaded before and after."""
    spiceypy.kclear()
    yield spiceypy
    spiceypy.kclear()


@pytest.mark.parametrize("name", ["flight", "lunar"])
def test_spice_reads_it_back_to_a_metre(name, request, kernels, tmp_path):
    flight = request.getfixturevalue(name)
    flown = recorded(flight)
    write_spk(tmp_path / "x.bsp", flown, flown.modules)
    (tmp_path / "x.tf").write_text(names_kernel(flown, flown.modules))
    kernels.furnsh([str(tmp_path / "x.bsp"), str(tmp_path / "x.tf")])
    rng = np.random.default_rng(11)
    for module in flown.modules:
        number = kernels.bodn2c(spice_name("change6", module))
        assert number == spice_ids("change6", flown.modules)[module]
        for leg in (leg for leg in flight.legs if module in leg.before[0].module_names):
            for arc in leg.arcs:
                epochs = rng.uniform(arc.start_s, arc.end_s, 40)
                found = np.array([kernels.spkgeo(number, epoch, "J2000", NAIF_ID[arc.center])[0] for epoch in epochs]) * 1e3
                flown_there = arc.at(epochs)
                assert np.linalg.norm(found[:, :3] - flown_there[:, :3], axis=1).max() < 1.0  # the contract; 0.1 m is measured
                assert np.linalg.norm(found[:, 3:] - flown_there[:, 3:6], axis=1).max() < 0.1  # kinks of thrust of a closed loop: 0.05


def test_coverage_is_the_life_of_the_module(flight, kernels, tmp_path):
    flown = recorded(flight)
    write_spk(tmp_path / "x.bsp", flown, ("lander",))
    assert list(kernels.spkobj(str(tmp_path / "x.bsp"))) == [spice_ids("change6", flown.modules)["lander"]]
    cover = kernels.spkcov(str(tmp_path / "x.bsp"), spice_ids("change6", flown.modules)["lander"])
    stretches = flown.stretches["lander"]
    assert kernels.wncard(cover) == 1
    assert tuple(kernels.wnfetd(cover, 0)) == (stretches[0].start_s, stretches[-1].end_s)


def test_with_an_ephemeris_the_moons_craft_are_seen_from_the_earth(flight, kernels, tmp_path):
    """By the DE421 that the flight was flown with: SPICE's own chain of centres against the flight's sky."""
    from farside.environment.ephemeris import sky_at

    flown = recorded(flight)
    write_spk(tmp_path / "x.bsp", flown, flown.modules)
    kernels.furnsh([str(tmp_path / "x.bsp"), str(files("skyfield_data") / "data" / "de421.bsp")])
    last = flown.stretches["orbiter"][-1]
    assert last.center == "moon"
    found = kernels.spkgeo(spice_ids("change6", flown.modules)["orbiter"], last.end_s, "J2000", 399)[0][:3] * 1e3
    assert np.linalg.norm(found - last.states[-1, :3] - sky_at(last.end_s, flown.sky)[:3]) < 1e-3


def test_ids_are_nobody_elses():
    ids = spice_ids("change6", ("orbiter", "lander"))
    assert list(ids.values()) == [ids["orbiter"], ids["orbiter"] - 1]
    assert ids["orbiter"] != spice_ids("change5", ("orbiter",))["orbiter"]
    assert all(-9_999_999 <= number <= -9_000_001 for number in ids.values())
    assert spice_name("a_mission_with_a_name_that_goes_on_and_on", "lander") == "A_MISSION_WITH_A_NAME_THAT_GO LANDER"
    assert len(spice_name("a_mission_with_a_name_that_goes_on_and_on", "lander")) == 36


def test_without_spice_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "spiceypy", None)
    with pytest.raises(SpiceMissingError, match=r"pip install spiceypy, or 'farside\[export\]'"):
        spice()
