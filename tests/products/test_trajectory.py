"""The trajectory file, read back by xarray."""

import numpy as np
import pytest
import xarray as xr

from farside.products.tracks import module_tracks, tracks_of
from farside.products.trajectory import write_trajectory


@pytest.fixture(scope="module")
def path(flight, tmp_path_factory):
    path = tmp_path_factory.mktemp("nc") / "trajectory.nc"
    write_trajectory(path, tracks_of(flight.legs), flight.modules, {"mission": "change6"})
    return path


def test_one_group_per_module_with_the_agreed_names(path, flight):
    tree = xr.open_datatree(path)
    assert set(tree.children) == set(flight.modules)
    assert tree.attrs["mission"] == "change6"
    for group in tree.children.values():
        assert {"r_m", "v_m_s", "center", "mode", "mass_kg", "module_mass_kg", "thrust_n"} <= set(group.data_vars)
        assert group["time"].dtype == np.float64
    tree.close()


def test_rows_are_the_flight_to_the_bit(path, flight):
    tracks = tracks_of(flight.legs)
    for module in flight.modules:
        with xr.open_dataset(path, group=module) as data:
            assert (np.diff(data.time) > 0.0).all()
            for track in module_tracks(tracks, module):
                inside = data.sel(time=track.times_s[:-1])
                np.testing.assert_array_equal(inside.r_m, track.states[:-1, :3])
                np.testing.assert_array_equal(inside.v_m_s, track.states[:-1, 3:6])
                np.testing.assert_array_equal(inside.mass_kg, track.states[:-1, 6])
                assert set(inside.center.values) == {track.arc.center}
                assert set(inside["mode"].values) == {track.arc.mode}
                assert set(inside.thrust_n.values) == {track.arc.thrust_n}


def test_joined_modules_share_rows_and_their_masses_add_up(path):
    with xr.open_dataset(path, group="lander") as lander, xr.open_dataset(path, group="ascender") as ascender:
        np.testing.assert_array_equal(lander.r_m, ascender.r_m)
        alone = lander.craft == "lander"
        np.testing.assert_allclose((lander.module_mass_kg + ascender.module_mass_kg)[alone], lander.mass_kg[alone], rtol=1e-12)
