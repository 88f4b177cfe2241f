"""Searching for a capsule on the ground: who hears it, who sees it first and when, who is there first. Plane geometry, no draws.

*Model*. Searchers wait where they are declared to, leave when they are ready and go straight, at one speed, to where the capsule was
predicted to land. Whoever comes within the beacon's range while it sends hears it, and from then on all go to the place that it told. A
searcher sees the capsule when it is within its sight range: on its way, or else in the search that it begins on its arrival. There all
search together, outwards from the middle, in tracks two sight ranges apart (expanding square or parallel sweep): each sweeps two sight
ranges times its speed in a second, and the capsule is seen when the area swept is the disc that it lies at the rim of. *Source*: the
sweep rate and the definite range law of B. O. Koopman, *Search and Screening*, 1946; the pattern is that of the IAMSAR manual. *Limits*:
flat ground; nothing is overlooked, no fuel runs out; a searcher's speed is what it makes good along a straight line.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Spot(NamedTuple):
    """A place on the ground [m], east and north of where the capsule was predicted to land."""

    east_m: float
    north_m: float


MIDDLE = Spot(0.0, 0.0)


@dataclass(frozen=True)
class Searcher:
    """Who looks: where it waits, how fast it goes, how far it sees, how long after the landing it can leave."""

    name: str
    spot: Spot
    speed_m_s: float
    sight_m: float
    ready_s: float

    @property
    def sweep_m2_s(self) -> float:
        """The ground that it sweeps in a second."""
        return 2.0 * self.sight_m * self.speed_m_s


@dataclass(frozen=True)
class Call:
    """What the beacon sends: from when on after the landing, how far it is heard, and the place that it tells."""

    starts_s: float
    range_m: float
    told: Spot


@dataclass(frozen=True)
class Track:
    """A searcher's way: it stays at `begins` until `leaves_s` and goes straight to `ends`, where it stays; from `since_s` on."""

    who: Searcher
    begins: Spot
    ends: Spot
    since_s: float
    leaves_s: float

    @property
    def arrives_s(self) -> float:
        return self.leaves_s + apart(self.begins, self.ends) / self.who.speed_m_s

    def at(self, after_s: float) -> Spot:
        """Where it is so long after the landing."""
        way_s = self.arrives_s - self.leaves_s
        share = 1.0 if way_s == 0.0 else min(1.0, max(0.0, (after_s - self.leaves_s) / way_s))
        (a, b), (c, d) = self.begins, self.ends
        return Spot(a + share * (c - a), b + share * (d - b))

    def within_s(self, target: Spot, range_m: float, earliest_s: float = -math.inf) -> float:
        """When it first is within a range of a place, not before `earliest_s`; infinite when it never is."""
        earliest = max(self.since_s, earliest_s)
        if apart(self.at(earliest), target) <= range_m:
            return earliest
        passed = _crossing(self.begins, self.ends, target, range_m)
        if passed is None:
            return math.inf
        found = self.leaves_s + passed * (self.arrives_s - self.leaves_s)
        return found if found >= earliest else math.inf


@dataclass(frozen=True)
class Sighting:
    """The capsule is seen: by whom, how long after the landing, how (`"on the way"` or `"search"`), and where everybody is then."""

    by: str
    after_s: float
    how: str
    heard_by: str | None
    heard_s: float | None
    searched_m2: float
    everybody: tuple[Track, ...]


def apart(one: Spot, other: Spot) -> float:
    """Metres between two places."""
    return math.hypot(other[0] - one[0], other[1] - one[1])


def _crossing(begins: Spot, ends: Spot, target: Spot, range_m: float) -> float | None:
    """The share of the way from one place to another at which a circle about `target` is entered."""
    way = (ends[0] - begins[0], ends[1] - begins[1])
    off = (begins[0] - target[0], begins[1] - target[1])
    a, b = way[0] ** 2 + way[1] ** 2, off[0] * way[0] + off[1] * way[1]
    c = off[0] ** 2 + off[1] ** 2 - range_m**2
    square = b * b - a * c
    if a == 0.0 or square < 0.0:
        return None
    share = (-b - math.sqrt(square)) / a
    return share if 0.0 <= share <= 1.0 else None


def found(searchers: Sequence[Searcher], capsule: Spot, call: Call | None) -> Sighting | None:
    """The first sight of a capsule; None when nobody looks."""
    if not searchers:
        return None
    out = tuple(Track(who, who.spot, MIDDLE, 0.0, who.ready_s) for who in searchers)
    seen = _first_sight(out, capsule, None, None)
    if call is None:
        return seen
    heard_s, by = min((track.within_s(capsule, call.range_m, call.starts_s), track.who.name) for track in out)
    if heard_s >= seen.after_s:
        return seen
    turned = tuple(Track(t.who, t.at(heard_s), call.told, heard_s, max(heard_s, t.who.ready_s)) for t in out)
    return _first_sight(turned, capsule, by, heard_s)


def _first_sight(tracks: tuple[Track, ...], capsule: Spot, heard_by: str | None, heard_s: float | None) -> Sighting:
    """Who sees the capsule first: on its way, or all together in the search about the places where the tracks end."""
    passing_s, by = min((track.within_s(capsule, track.who.sight_m), track.who.name) for track in tracks)
    area = math.pi * apart(tracks[0].ends, capsule) ** 2
    swept_s = swept_by(tracks, area)
    if passing_s <= swept_s:
        return Sighting(by, passing_s, "on the way", heard_by, heard_s, searched_m2(tracks, passing_s), tracks)
    most = max(tracks, key=lambda track: searched_m2((track,), swept_s))
    return Sighting(most.who.name, swept_s, "search", heard_by, heard_s, area, tracks)


def searched_m2(tracks: Iterable[Track], after_s: float) -> float:
    """The ground searched so long after the landing."""
    return math.fsum(track.who.sweep_m2_s * max(0.0, after_s - track.arrives_s) for track in tracks)


def swept_by(tracks: Sequence[Track], area_m2: float) -> float:
    """How long after the landing so much ground is searched, each searcher from its arrival on."""
    rate, done, now = 0.0, 0.0, -math.inf
    ordered = sorted(tracks, key=lambda track: track.arrives_s)
    for track, then in itertools.zip_longest(ordered, ordered[1:]):
        now, rate = track.arrives_s, rate + track.who.sweep_m2_s
        until = math.inf if then is None else then.arrives_s
        if done + rate * (until - now) >= area_m2:
            break
        done += rate * (until - now)
    return now + (area_m2 - done) / rate


def reached(sighting: Sighting, capsule: Spot) -> tuple[str, float]:
    """Who is at the capsule first, and how long after the landing: all go there from where they are when it is seen.

    In a search the one that sees it is a sight range away, the others are taken to be in the middle.
    """
    ways = []
    for track in sighting.everybody:
        metres = apart(track.at(sighting.after_s), capsule)
        if sighting.how == "search" and track.who.name == sighting.by:
            metres = track.who.sight_m
        ways.append((max(sighting.after_s, track.who.ready_s) + metres / track.who.speed_m_s, track.who.name))
    after_s, by = min(ways)
    return by, after_s
