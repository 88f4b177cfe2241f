"""Move the landing site and compare what the road then costs: only the goal changes, everything else is planned anew.

    python examples/move_the_site.py [LATITUDE_DEG ...]
"""

import sys
from pathlib import Path

import farside as fs
from farside.flight import PlanError
from farside.mission import from_text

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
LATITUDE = '"-41.6385 deg"'  # as the mission file has it


def main(latitudes_deg: list[float]) -> None:
    text = MISSION.read_text(encoding="utf-8")
    assert text.count(LATITUDE) == 1
    prices, refusals = {}, []
    for latitude_deg in latitudes_deg:
        mission = from_text(text.replace(LATITUDE, f'"{latitude_deg} deg"'), f"site at {latitude_deg} deg")
        try:
            prices[latitude_deg] = {price.what: price.delta_v_m_s for price in fs.plan(mission).prices}
        except PlanError as error:
            refusals.append(f"{latitude_deg} deg: no plan: {error}")
    print(f"{'m/s, by the latitude of the site':<68}" + "".join(f"{latitude_deg:9.2f}" for latitude_deg in prices))
    for what in dict.fromkeys(what for spent in prices.values() for what in spent):
        print(f"{what:<68}" + "".join(f"{spent[what]:9.1f}" for spent in prices.values()))
    print(*refusals, sep="\n", end="\n" if refusals else "")


if __name__ == "__main__":
    main([float(word) for word in sys.argv[1:]] or [-41.6385, -40.6385])
