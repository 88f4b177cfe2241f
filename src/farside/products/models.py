"""Models: what a mission is flown by, each with the references it follows; a row counts where the mission uses it.

The long form, with limits, is `docs/model.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from farside.mission import Mission

Used = Callable[["Mission"], bool]


@dataclass(frozen=True, slots=True)
class Model:
    """What is modelled, how, and after whom (keys of `references.REFERENCES`); `used` says of a mission whether it is."""

    what: str
    how: str
    after: tuple[str, ...]
    used: Used


def always(_mission: Mission) -> bool:
    """Of every mission."""
    return True


def having(*kinds: str) -> Used:
    """Of a mission with a phase of one of these kinds."""
    return lambda mission: any(phase.kind in kinds for phase in mission.phases)


def flown_by(ephemeris: str) -> Used:
    """Of a mission that stands on this ephemeris."""
    return lambda mission: mission.environment.ephemeris == ephemeris


def entering(**told: Any) -> Used:
    """Of a mission with an entry whose keys are these; a key of None stands for one that is not declared."""

    def used(mission: Mission) -> bool:
        entries = (phase for phase in mission.phases if phase.kind == "entry")
        return any(all(_is(getattr(one, key), value) for key, value in told.items()) for one in entries)

    return used


def _is(found: Any, wanted: Any) -> bool:
    """Whether a key is as asked for; a type asks for a table of that kind, True for any."""
    return found is not None if wanted is True else getattr(found, "kind", found) == wanted


def both(one: Used, other: Used) -> Used:
    """Where both hold."""
    return lambda mission: one(mission) and other(mission)


def in_space(mission: Mission) -> bool:
    """Of a mission that goes from the Earth to the Moon, so that something is planned."""
    return mission.start is not None


def in_air(mission: Mission) -> bool:
    """Of a mission that flies through air."""
    return having("launch", "entry")(mission)


def on_synthetic_ground(mission: Mission) -> bool:
    """Of a landing on a patch that is drawn."""
    return having("descent")(mission) and mission.terrain.file is None


# fmt: off
MODELS = (
    Model("motion", "Runge-Kutta of order 8(5,3), DOP853, with dense output of order 7; tolerance 1e-13", ("hairer1993",), always),
    Model("Earth, Moon, Sun", "point masses at the places of DE421", ("folkner2009", "park2021"), flown_by("de421")),
    Model("Earth, Moon, Sun", "point masses at the places of DE440", ("park2021",), flown_by("de440")),
    Model("figure of the Earth", "zonal harmonics J2 to J6 of EGM2008, about the true pole of date", ("pavlis2012",), always),
    Model("figure of the Moon", "harmonics of DE440's header, from GRAIL, in principal axes", ("park2021", "pines1973", "lundberg1988"),
          lambda mission: mission.environment.moon_gravity_file is None),
    Model("figure of the Moon", "harmonics of a file of the user's", ("pines1973", "lundberg1988"),
          lambda mission: mission.environment.moon_gravity_file is not None),
    Model("sunlight", "pressure on a sphere, conical shadows", ("iau2015", "iau2012"),
          lambda mission: mission.environment.solar_pressure is not None),
    Model("time", "UTC by IERS steps, TDB from TT", ("fairhead1990",), always),
    Model("axes of the Earth", "IAU 2006/2000A with measured orientation; WGS 84", ("petit2010", "nga2014", "bowring1985"), always),
    Model("axes of the Moon", "mean Earth of IAU WGCCRE; sphere of 1737.4 km", ("archinal2011", "archinal2018", "williams2008"),
          flown_by("de421")),
    Model("axes of the Moon", "the librations of DE440; sphere of 1737.4 km", ("park2021", "archinal2018"), flown_by("de440")),
    Model("planning of the road", "conditions solved in the full field; two-body motion, B-plane and Lambert's problem as seeds",
          ("vallado2013", "kizner1961", "izzo2015"), in_space),
    Model("launch guidance", "a gravity turn as a program of time, then powered explicit guidance over the stages to come",
          ("mchenry1979", "jaggers1977"), having("launch")),
    Model("descent guidance", "polynomial guidance on the curved Moon, hover and final descent by feedback", ("cherry1964", "klumpp1974"),
          having("descent")),
    Model("powered flight at the Moon", "a closed loop in steps of 0.1 s, Nystrom's method of order 4", ("hairer1993",),
          having("descent", "ascent")),
    Model("ground of the landing", "a drawn patch: craters by production and equilibrium, self-affine relief",
          ("neukum2001", "hartmann1984", "pike1974", "pike1977", "mcgetchin1973", "rosenburg2011"), on_synthetic_ground),
    Model("soil, drill and scoop", "density and strength by depth, rocks; a drill limited by weight, torque and time",
          ("carrier1991", "shoemaker1970", "di2016", "teale1965", "pessier1992", "zheng2022"), having("surface")),
    Model("temperature of the ground", "one-dimensional conduction with properties by temperature", ("hayne2017", "meeus1998"),
          having("surface")),
    Model("ascent guidance", "vertical rise, then powered explicit guidance", ("mchenry1979",), having("ascent")),
    Model("rendezvous", "targets on propagated orbits, first guess of relative motion about a circle", ("clohessy1960",),
          having("rendezvous", "docking")),
    Model("air", "U.S. Standard Atmosphere 1976", ("us1976",), both(in_air, lambda mission: not entering(msis=True)(mission))),
    Model("air", "NRLMSIS 2.1 over the recovery site", ("emmert2021", "emmert2022"), entering(msis=True)),
    Model("wind", "a jet by month at middle latitudes", ("fleming1990",), entering(wind="seasonal", sounding=None)),
    Model("wind", "a sounding of the user's", (), entering(sounding=True)),
    Model("entry guidance", "a predictor and corrector of the magnitude of bank, sides by the predicted miss",
          ("brunner2008", "lu2014", "smith2016"), entering(guidance="skip")),
    Model("heating", "convection at the nose, and radiation within its range", ("sutton1971", "tauber1991"), having("entry")),
    Model("parachutes", "canopies that fill along their way, drag and opening load by kind", ("knacke1991",), having("parachute")),
    Model("search", "beacon, sight, and ground swept at a rate", ("koopman1946",), having("recovery")),
)
"""In the order of `docs/model.md`."""
# fmt: on
