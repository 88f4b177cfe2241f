"""The ground about a landing site as a mission declares it: the user's elevation model, or a synthetic patch, made once a process.

*Model*: see `synthetic_terrain` and `dem`. *Limits*: a count's craters and an elevation model are taken at their word; that they are of the
site is checked as far as their numbers tell.
"""

from __future__ import annotations

import functools
import math
import pathlib

import numpy as np

from farside.basis.constants import MOON_RADIUS_M
from farside.environment.craters import CraterCount, CraterFileError, read_crater_count
from farside.environment.declared import GIGAYEAR_S, SiteTerrain
from farside.environment.dem import DemError, read_dem
from farside.environment.orientation import Ground
from farside.environment.store import Stored, find
from farside.environment.synthetic_terrain import AGE_GA, synthetic_terrain
from farside.environment.terrain import Terrain, height_at

LEVEL_OFF_M = 100.0  # assumed: published altitudes of landing sites and elevation models agree to tens of metres; other zeros are far off


class GroundError(ValueError):
    """A file of the user's that is not the ground of this descent: what is missing, by how much, and what would do."""


def site_terrain(declared: SiteTerrain, seed: int, site: Ground) -> Terrain:
    """The ground about a site: the elevation model that is named, or a synthetic patch of that seed. The same one for the same words.

    Raises `NotStoredError` for a name that is not in the store, `GroundError` for a count of craters somewhere else.
    """
    if declared.file is not None:
        return _model(find("terrain", declared.file))
    age_ga = AGE_GA if declared.age_s is None else declared.age_s / GIGAYEAR_S
    count = None if declared.craters is None else find("craters", declared.craters)
    return _patch(seed, age_ga, count, site if count else None, declared.slope_east_rad, declared.slope_north_rad)


@functools.lru_cache(maxsize=2)
def _model(stored: Stored) -> Terrain:
    try:
        return read_dem(stored.path)
    except DemError as error:
        raise GroundError(f"{error}; it was whole when it was added: add it again") from None


@functools.lru_cache(maxsize=2)
def _patch(seed: int, age_ga: float, stored: Stored | None, site: Ground | None, east_rad: float, north_rad: float) -> Terrain:
    """The synthetic patch (0.5 s); the digest of the count is among what it goes by."""
    count = _count_about(stored, site) if stored is not None and site is not None else None
    return synthetic_terrain(seed, age_ga=age_ga, site=site, count=count, slope_east_rad=east_rad, slope_north_rad=north_rad)


def check_ground(declared: SiteTerrain, site: Ground, feet_m: float, reach_m: float) -> None:
    """Nothing when the user's files can be the ground of a descent; else `NotStoredError` or `GroundError`.

    `feet_m` is the radius of the circle of the feet, `reach_m` how far from the site a place to land is looked for. Nothing is drawn.
    """
    if declared.craters is not None:
        _count_about(find("craters", declared.craters), site)
    if declared.file is not None:
        _check_model(_model(find("terrain", declared.file)), feet_m, reach_m)


def _check_model(terrain: Terrain, feet_m: float, reach_m: float) -> None:
    """An elevation model must reach as far as the descent all round the site, have steps for its feet, and count from its altitude."""
    east, north, step, wanted = terrain.east_m, terrain.north_m, terrain.relief.spacing_m, reach_m + feet_m
    span = f"it runs from {east[0]:g} to {east[-1]:g} m east and {north[0]:g} to {north[-1]:g} m north of the site"
    if not (east[0] <= 0.0 <= east[-1] and north[0] <= 0.0 <= north[-1]):
        raise GroundError(f"{terrain.label}: the landing site is not in it: {span}; east_m and north_m count from the site")
    short = max(east[0] + wanted, wanted - east[-1], north[0] + wanted, wanted - north[-1])
    if short > 0.0:
        raise GroundError(f"{terrain.label}: {short:g} m too small: {span}; the descent needs {wanted:g} m all round to find a safe spot")
    if 2.0 * step > feet_m:
        raise GroundError(f"{terrain.label}: steps of {step:g} m are too coarse for feet {feet_m:g} m out; {feet_m / 2:g} m would do")
    level = float(height_at(terrain, 0.0, 0.0))
    if abs(level) > LEVEL_OFF_M:
        change = f"{'add' if level < 0.0 else 'subtract'} {abs(level):.0f} m"
        raise GroundError(
            f"{terrain.label}: the ground at the site is at {level:.0f} m, and heights count from the declared altitude of the site: "
            f"{change} everywhere, or correct that altitude"
        )


def _count_about(stored: Stored, site: Ground) -> CraterCount:
    """The count, if the site lies among its craters."""
    count = _read_count(stored.path, stored.sha256)
    turn = (count.longitude_rad - site.longitude_rad + math.pi) % (2.0 * math.pi) - math.pi
    north = count.latitude_rad - site.latitude_rad
    if not (turn.min() <= 0.0 <= turn.max() and north.min() <= 0.0 <= north.max()):
        away = MOON_RADIUS_M * float(np.hypot(turn * math.cos(site.latitude_rad), north).min())
        raise GroundError(f"{stored.name}: the landing site is {away / 1e3:.1f} km from its nearest crater; a count about it would do")
    return count


@functools.lru_cache(maxsize=2)
def _read_count(path: pathlib.Path, sha256: str) -> CraterCount:
    try:
        return read_crater_count(path)
    except CraterFileError as error:
        raise GroundError(f"{error}; it was whole when it was added: add it again") from None
