"""Skies, and SPICE's answers on the same files.

Property tests here call compiled functions: the first call of a test compiles, so no call is held to a deadline.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
import spiceypy
from hypothesis import settings

from farside.basis.epochs import tdb_from_utc
from farside.basis.iers import package_file
from farside.environment.ephemeris import Sky, load_sky

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")

START_S, END_S = tdb_from_utc("2024-05-01T00:00:00Z"), tdb_from_utc("2024-06-30T00:00:00Z")

IAU_MOON = r"""KPL/PCK
\begindata
BODY301_POLE_RA = ( 269.9949 0.0031 0. )
BODY301_POLE_DEC = ( 66.5392 0.0130 0. )
BODY301_PM = ( 38.3213 13.17635815 -1.4D-12 )
BODY301_NUT_PREC_RA = ( -3.8787 -0.1204 0.0700 -0.0172 0.0 0.0072 0.0 0.0 0.0 -0.0052 0.0 0.0 0.0043 )
BODY301_NUT_PREC_DEC = ( 1.5419 0.0239 -0.0278 0.0068 0.0 -0.0029 0.0009 0.0 0.0 0.0008 0.0 0.0 -0.0009 )
BODY301_NUT_PREC_PM = ( 3.5610 0.1208 -0.0642 0.0158 0.0252 -0.0066 -0.0047 -0.0046 0.0028 0.0052 0.0040 0.0019 -0.0044 )
BODY3_NUT_PREC_ANGLES = ( 125.045 -1935.5364525000 250.089 -3871.0729050000 260.008 475263.3328725000 176.625 487269.6299850000
  357.529 35999.0509575000 311.589 964468.4993100000 134.963 477198.8693250000 276.617 12006.3007650000 34.226 63863.5132425000
  15.134 -5806.6093575000 119.743 131.8406400000 239.961 6003.1503825000 25.053 473327.7964200000 )
\begintext
"""  # IAU WGCCRE 2009 (Archinal et al. 2011, CMDA 109:101), rates per Julian century as SPICE wants them


@pytest.fixture(scope="session")
def sky() -> Sky:
    """DE421 with the IAU's axes of the Moon, May and June 2024."""
    return load_sky(START_S, END_S)


@pytest.fixture(scope="session")
def precise_sky() -> Sky:
    """DE440 with its librations, in the same months."""
    if importlib.util.find_spec("satkit_data") is None:
        pytest.skip("needs satkit-data (the extra `precise`)")
    return load_sky(START_S, END_S, "de440")


@pytest.fixture(scope="session")
def spice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """DE421 and the IAU's axes of the Moon, in SPICE."""
    constants = tmp_path_factory.mktemp("spice") / "moon.tpc"
    constants.write_text(IAU_MOON)
    kernels = [str(constants), str(package_file("skyfield_data", "data", "de421.bsp"))]
    for name in kernels:
        spiceypy.furnsh(name)
    yield
    for name in kernels:
        spiceypy.unload(name)
