"""The report of a flight: one page that needs nothing beside it, on a telephone, on a screen and on paper.

    write_report(flight, Path("flights/change6"))

What a flight does not give is said, not left out. The page names nothing outside itself: no address is asked, whatever opens it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farside.plots.arrival import arrival
from farside.plots.ascent import ascent
from farside.plots.descent import descent
from farside.plots.drill_log import drill_log
from farside.plots.entry import entry
from farside.plots.hazards import hazards
from farside.plots.headline import margins, verdict
from farside.plots.launch import launch
from farside.plots.look import style_sheet
from farside.plots.lunar_orbits import lunar_orbits
from farside.plots.masses import masses
from farside.plots.recovery import recovery
from farside.plots.rendezvous import rendezvous
from farside.plots.roads import roads
from farside.plots.scene import library, scene
from farside.plots.site_passes import site_passes
from farside.plots.story import Story, day
from farside.plots.tables import assumptions, burns, modules
from farside.plots.way_home import way_home
from farside.plots.words import Absent, Picture, fact, title
from farside.products.headline import headline
from farside.products.record import flight_record
from farside.products.timeline import Row, grouped, mission_time, rows_from_events
from farside.products.whole import Writer, write_whole

if TYPE_CHECKING:
    from jinja2 import Template

    from farside.flight import Flight

REPORT = "report.html"
PICTURES: tuple[Callable[[Story], Picture | Absent], ...] = (
    *(launch, roads, arrival, lunar_orbits, site_passes, descent, hazards, drill_log),
    *(ascent, rendezvous, way_home, entry, recovery, masses),
)
"""The pictures of a report, in the order of the mission."""
MAJOR = frozenset(
    [
        *("liftoff", "core_separation", "parking_orbit", "tli", "spacecraft_separation", "loi_1", "lander_separation", "pdi", "touchdown"),
        *("drilling", "container_sealed", "ascent_liftoff", "ascent_insertion", "docking", "sample_transfer", "ascender_impact"),
        *("tei_1", "tei_2", "capsule_separation", "entry_interface", "skip_exit", "second_entry", "drogue", "main", "landing"),
        *("located", "delivered", "impact"),
    ]
)
"""The events that a telephone shows of a long timeline before it is asked for all."""
LONG = 30  # rows


def report_file(flight: Flight) -> dict[str, Writer]:
    """The report of a flight as `products.write_flight` and `products.whole` take it: its name, and what writes it. Drawn here and now."""
    page = report(flight)
    return {REPORT: lambda path: _write(path, page)}


def write_report(flight: Flight, folder: Path) -> Path:
    """Write the report of a flight into a folder, made if need be, whole or not at all; its path. `OSError` when that cannot be written."""
    return write_whole(folder, report_file(flight))[REPORT]


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8")


def report(flight: Flight) -> str:
    """The report of a flight, as HTML."""
    with uncollected():
        return template("report.html").render(**_content(Story(flight)))


def template(name: str) -> Template:
    """A page to fill, with what pages know."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(loader=PackageLoader("farside.plots", "page"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    pages.filters |= {"day": day, "words": lambda name: name.replace("_", " ")}
    return pages.get_template(name)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for cycles, which goes through the flight again and again while pictures are made: a third of the time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _content(story: Story) -> dict[str, Any]:
    """What the page says, part by part."""
    drawn, views, record = [picture(story) for picture in PICTURES], scene(story), flight_record(story.flight, ())
    shown = [one for one in drawn if isinstance(one, Picture)]
    return {
        "flight": story.flight,
        "mission": story.flight.mission,
        "first_s": min(leg.start_s for leg in story.legs),
        "last_s": max(leg.end_s for leg in story.legs),
        "worked": story.flight.outcome.value == "done",
        "verdict": verdict(story),
        "tiles": [(tile, fact(tile.name, tile.value, tile.spec)) for tile in headline(record, story.events)],
        "margins": [(one, fact("was", one.was, one.spec), fact("most", one.most, one.spec)) for one in margins(story)],
        "burns": burns(story),
        "modules": modules(story),
        "assumptions": list(assumptions(story)),
        "scene": views,
        "library": library() if views is not None else "",
        "timeline": list(_lines(rows_from_events(story.events), story)),
        "long": LONG,
        "pictures": shown,
        "absent": [one for one in drawn if isinstance(one, Absent)],
        "record": record,
        "styles": style_sheet(),
    }


def _lines(timeline: Sequence[Row], story: Story) -> Iterator[Mapping[str, Any]]:
    """The rows of the timeline as the page shows them."""
    shown = grouped(timeline)
    for row in shown:
        burned = f"{row.delta_v_m_s:,.2f} m/s" if row.delta_v_m_s else ""
        yield {
            "utc": row.utc[:19] + "Z",
            "date": row.utc[:10],
            "clock": row.utc[11:19],
            "met": mission_time(row.met_s),
            "event": title(row.event),
            "craft": row.craft.replace("_", " "),
            "colour": story.colours.name(row.craft),
            "altitude": f"{round(row.altitude_km, 1) + 0.0:,.1f} km",
            "body": row.center,
            "speed": f"{row.speed_km_s:.3f} km/s",
            "mass": f"{row.mass_kg:,.1f} kg",
            "what": ", ".join(filter(None, (burned, row.remark))),
            "burn": bool(burned),
            "minor": row.event not in MAJOR and row is not shown[-1],
        }
