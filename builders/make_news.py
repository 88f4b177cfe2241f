"""Fly Chang'e-6 and hold what the news said against it: docs/news.md, from docs/claims.toml.

    python builders/make_news.py

`tests/docs/test_news.py` flies it again and compares. Where a statement has a number that a flight has too, the verdict is computed:
`confirmed` when the flight is within what the claim allows, `wrong` when it is not. Where it has none, the verdict is the record's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import farside as fs
from farside.environment.lunar_site import track_site
from farside.environment.orientation import Ground
from farside.environment.sunlight import seen_from
from farside.flight import Flight
from farside.products.events import event_records

HERE = Path(__file__).parents[1]
CLAIMS, PAGE = HERE / "docs" / "claims.toml", HERE / "docs" / "news.md"
JUNE, MILE_KM = datetime(2024, 6, 1, tzinfo=UTC), 1.609344
UNIVERSE_GYR = 13.8  # Planck 2018 results VI, Astronomy & Astrophysics 641, A6
VERDICTS = ("confirmed", "imprecise", "wrong", "not checkable")
Claim = dict[str, Any]
Measured = tuple[float, str]


class Reading:
    """A flight and its events by name: the first of each."""

    def __init__(self, flight: Flight) -> None:
        self.flight = flight
        self.events: dict[str, Any] = {}
        for record in event_records(flight):
            self.events.setdefault(record["event"], record)

    def utc(self, name: str) -> datetime:
        return datetime.fromisoformat(self.events[name]["epoch_utc"])

    def minutes(self, first: str, last: str) -> float:
        return (self.utc(last) - self.utc(first)).total_seconds() / 60.0


# --- what a flight says: each a number in the claim's unit, and a sentence -----------------------------------------------------------


def landing_minutes_of_june(reading: Reading) -> Measured:
    at = reading.utc("landing")
    return (at - JUNE).total_seconds() / 60.0, f"on the ground {at:%Y-%m-%d %H:%M} UTC, {at + timedelta(hours=8):%H:%M} in Beijing"


def entry_to_ground_minutes(reading: Reading) -> Measured:
    minutes = reading.minutes("entry_interface", "landing")
    return minutes, f"{minutes:.1f} min from 120 km to the ground"


def entry_speed_miles_s(reading: Reading) -> Measured:
    speed = reading.events["entry_interface"]["speed_km_s"]
    return speed / MILE_KM, f"{speed:.3f} km/s or {speed / MILE_KM:.2f} miles per second in space, at 120 km"


def skip_apogee_km(reading: Reading) -> Measured:
    top, out = reading.events["skip_apogee"]["altitude_km"], reading.minutes("skip_exit", "second_entry")
    later = reading.minutes("second_entry", "drogue")
    return top, f"up again to {top:.0f} km, {out:.1f} min above 80 km; the drogue opens {later:.1f} min later"


def sun_at_the_site_deg(reading: Reading) -> Measured:
    stay = [event.data["sun_elevation_deg"] for event in reading.flight.events if "sun_elevation_deg" in event.data]
    return min(stay), f"the Sun stood {min(stay):.0f} to {max(stay):.0f} deg over the site"


def sample_kg(reading: Reading) -> Measured:
    mass = reading.events["container_sealed"]["data"]["mass_kg"]
    return mass, f"{mass:.3f} kg in the container"


def drilled_share_percent(reading: Reading) -> Measured:
    delivery = fs.deliver(reading.flight)
    assert delivery is not None
    share = {tool: sum(one.mass_ug for one in delivery.portions if one.tool == tool) for tool in ("drill", "scoop")}
    percent = 100.0 * share["drill"] / sum(share.values())
    return percent, f"{share['drill'] / 1e6:.0f} g drilled, {share['scoop'] / 1e6:.0f} g scooped"


def modules_back(reading: Reading) -> Measured:
    event = reading.events["landing"]
    names = event["modules"]
    return float(len(names)), f"back on the Earth: {', '.join(names)}"


def found_after_minutes(reading: Reading) -> Measured:
    minutes = reading.minutes("landing", "located")
    return minutes, f"seen {minutes:.0f} min after the landing, with the search party that the file declares"


def liftoff_day_of_may(reading: Reading) -> Measured:
    at = reading.utc("liftoff")
    return (at - datetime(2024, 5, 1, tzinfo=UTC)) / timedelta(days=1) + 1.0, f"liftoff {at:%Y-%m-%d %H:%M:%S} UTC, as declared"


def liftoff_from_the_moon_minutes_bst(reading: Reading) -> Measured:
    at = reading.utc("ascent_liftoff")
    return (at + timedelta(hours=1) - datetime(2024, 6, 4, tzinfo=UTC)).total_seconds() / 60.0, f"{at:%Y-%m-%d %H:%M} UTC, as declared"


def transfer_day_of_june(reading: Reading) -> Measured:
    at = reading.utc("sample_transfer")
    return (at - JUNE) / timedelta(days=1) + 1.0, f"docked {reading.utc('docking'):%d June %H:%M}, handed over {at:%H:%M} UTC"


def earth_below_the_horizon_deg(reading: Reading) -> Measured:
    flight, site = reading.flight, reading.flight.mission.landing_site
    first = flight.mission.begins_s
    epochs = np.arange(first, first + 28.0 * 86400.0, 3600.0)
    track = track_site(Ground(site.latitude_rad, site.longitude_rad, site.altitude_m), epochs, flight.sky)
    elevation = np.degrees(seen_from(track, np.zeros((epochs.size, 3)) + earth_from_moon(flight, epochs))[0])
    low, high = float(elevation.min()), float(elevation.max())
    return -high, f"over 28 days the Earth is {-high:.0f} to {-low:.0f} deg below the site's horizon"


def earth_from_moon(flight: Flight, epochs_s: np.ndarray) -> np.ndarray:
    """The Earth's place (k, 3) about the Moon, ICRF axes [m]."""
    from farside.environment.ephemeris import moon_state

    return np.array([-np.array(moon_state(float(epoch), flight.sky))[:3] for epoch in epochs_s])


def age_of_the_universe_gyr(reading: Reading) -> Measured:
    return UNIVERSE_GYR, f"nothing a flight could say: the universe is {UNIVERSE_GYR} billion years old"


def drilled_m(reading: Reading) -> Measured:
    depth = reading.events["drilling"]["data"]["depth_m"]
    return depth, f"{depth:.2f} m in the median soil that is assumed"


def descent_day_of_june_in_beijing(reading: Reading) -> Measured:
    at = reading.utc("pdi")
    beijing = at + timedelta(hours=8)
    return float(beijing.day), f"braking from {at:%A %H:%M} UTC, {beijing:%A %H:%M} in Beijing"


MEASURES: dict[str, Callable[[Reading], Measured]] = {
    measure.__name__: measure
    for measure in (
        landing_minutes_of_june,
        entry_to_ground_minutes,
        entry_speed_miles_s,
        skip_apogee_km,
        sun_at_the_site_deg,
        sample_kg,
        drilled_share_percent,
        modules_back,
        found_after_minutes,
        liftoff_day_of_may,
        liftoff_from_the_moon_minutes_bst,
        transfer_day_of_june,
        earth_below_the_horizon_deg,
        age_of_the_universe_gyr,
        drilled_m,
        descent_day_of_june_in_beijing,
    )
}


# --- the page ---------------------------------------------------------------------------------------------------------------------------


def judged(claim: Claim, reading: Reading) -> tuple[str, str]:
    """The verdict on a claim, and what it rests on."""
    if "flight" not in claim:
        return claim["verdict"], claim["why"]
    value, said = MEASURES[claim["flight"]](reading)
    off = abs(value - claim["claimed"])
    near = value >= claim["claimed"] if claim.get("least") else off <= claim["within"]
    if "verdict" in claim:  # the number is right, and the word around it is not
        return (claim["verdict"], f"{said}; {claim['why']}") if near else ("wrong", said)
    return "confirmed" if near else "imprecise" if off <= claim.get("roughly", 0.0) else "wrong", said


HEAD = """# News against physics

Five news texts of May to July 2024 told of Chang'e-6. Here is what of them can be checked, held against the public record and against
a flight of [missions/change6.toml](../missions/change6.toml). Written by `python builders/make_news.py` from [claims.toml](claims.toml);
not edited by hand. Keys in brackets are those of the project's facts. A flight is no witness for what its file declares, and says so.
"""


def page(flight: Flight) -> str:
    """The whole page."""
    claims, reading = tomllib.loads(CLAIMS.read_text(encoding="utf-8"))["claims"], Reading(flight)
    found = [(claim, *judged(claim, reading)) for claim in claims]
    counted = ", ".join(f"{sum(verdict == word for _, verdict, _ in found)} {word}" for word in VERDICTS)
    lines = [f"| {c['id']} | {c['statement']} | {c['record']} | {said} | **{verdict}** |" for c, verdict, said in found]
    head = "| | said | record | flight, or why | verdict |\n| --- | --- | --- | --- | --- |"
    return f"{HEAD}\n{len(found)} statements: {counted}.\n\n" + "\n".join((head, *lines)) + "\n"


def main() -> None:
    mission = fs.load(HERE / "missions" / "change6.toml")
    PAGE.write_text(page(fs.fly(mission, fs.plan(mission))), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(HERE)}")


if __name__ == "__main__":
    main()
