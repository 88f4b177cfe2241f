"""Numbers of nature and of convention, in SI, each with its source on the line.

The masses are those of DE440. DE421 was fitted with masses that differ by 2e-9 (Earth) and 9e-9 (Moon): half a metre in a lunar orbit
after a day, less than the ephemerides differ, so that one set serves both.
"""

from __future__ import annotations

import math

DAY_S = 86400.0  # exact, of any uniform time scale
SPEED_OF_LIGHT_M_S = 299792458.0  # exact, SI
AU_M = 149597870700.0  # exact, IAU 2012 resolution B2
ARCSECOND_RAD = math.pi / 648000.0  # exact
J2000_JD = 2451545.0  # 2000-01-01T12:00:00 TDB

GM_EARTH_M3_S2 = 3.98600435507e14  # DE440 header: GMB and EMRAT; Park et al. 2021, AJ 161:105, table 2
GM_MOON_M3_S2 = 4.902800118e12  # DE440 header: GMB and EMRAT; Park et al. 2021, table 2
GM_SUN_M3_S2 = 1.3271244004127942e20  # DE440 header: GMS; Park et al. 2021, table 2

EARTH_RADIUS_M = 6378136.3  # the radius that goes with the EGM2008 zonals; Pavlis et al. 2012, JGR 117, B04406
EARTH_J2 = 1.08262617385222e-3  # EGM2008, tide-free: -sqrt(5) C20
EARTH_J3 = -2.53241051856772e-6  # EGM2008: -sqrt(7) C30
EARTH_J4 = -1.61989759991697e-6  # EGM2008: -sqrt(9) C40
EARTH_J5 = -2.27753590730836e-7  # EGM2008: -sqrt(11) C50
EARTH_J6 = 5.40666576283813e-7  # EGM2008: -sqrt(13) C60

WGS84_RADIUS_M = 6378137.0  # WGS 84 equatorial radius, exact; NGA.STND.0036
WGS84_FLATTENING = 1.0 / 298.257223563  # WGS 84, exact; NGA.STND.0036
WGS84_POLAR_RADIUS_M = WGS84_RADIUS_M * (1.0 - WGS84_FLATTENING)
EARTH_ROTATION_RATE_RAD_S = 7.292115146706979e-5  # rate of the Earth rotation angle: 2 pi 1.00273781191135448 / day, IAU 2000 B1.8

MOON_RADIUS_M = 1737400.0  # mean sphere, IAU WGCCRE 2015; Archinal et al. 2018, CMDA 130:22

SOLAR_IRRADIANCE_W_M2 = 1361.0  # nominal total at 1 au, IAU 2015 resolution B3
SOLAR_PRESSURE_PA = SOLAR_IRRADIANCE_W_M2 / SPEED_OF_LIGHT_M_S  # on an absorbing surface at 1 au: 4.54e-6 Pa
SUN_RADIUS_M = 6.957e8  # nominal, IAU 2015 resolution B3
