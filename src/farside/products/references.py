"""References: everything that the program stands on, once, with what it is used for; how a reader is told, and BibTeX.

A DOI stands where it is known for sure. `short` is how docstrings and pages name a work; a test holds them to this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A work: `kind` as in BibTeX; `authors` "Family, G." one by one; `place`: journal, publisher, institution or book, with numbers."""

    key: str
    kind: str
    authors: tuple[str, ...]
    year: int
    title: str
    place: str
    used_for: str
    doi: str = ""

    @property
    def short(self) -> str:
        """`Park et al. 2021`."""
        families = [author.partition(",")[0] for author in self.authors]
        names = f"{families[0]} et al." if len(families) > 3 else ", ".join(families[:-1]) + f" & {families[-1]}"
        return f"{names if len(families) > 1 else families[0]} {self.year}"

    @property
    def text(self) -> str:
        """The work in one line."""
        names = "; ".join("et al." if author == OTHERS else author for author in self.authors)
        doi = f", doi {self.doi}" if self.doi else ""
        return f"{names} ({self.year}): {self.title}{'' if self.title.endswith('?') else '.'} {self.place}{doi}"

    @property
    def bibtex(self) -> str:
        """The work as an entry."""
        fields = {"author": " and ".join(map(_name, self.authors)), "title": f"{{{self.title}}}", "year": str(self.year)}
        return entry(self.kind, self.key, fields | self._placed() | {"doi": self.doi, "note": f"used for {self.used_for}"})

    def _placed(self) -> dict[str, str]:
        """The place as fields: of `Icarus 60:56` journal, volume and first page."""
        parts = re.fullmatch(r"(.+) (\d+):(\S+)", self.place)
        if self.kind == "article" and parts:
            return {"journal": parts[1], "volume": parts[2], "pages": parts[3]}
        return {PLACES[self.kind]: self.place}


OTHERS = "others"  # the last of the authors, when there are more
PLACES = {"article": "journal", "book": "publisher", "techreport": "institution", "incollection": "booktitle", "misc": "howpublished"}
"""Which field of a BibTeX entry the place goes into."""


def _name(author: str) -> str:
    """An author in BibTeX; a body, which has no comma, in braces."""
    return author if "," in author or author == OTHERS else f"{{{author}}}"


def entry(kind: str, key: str, fields: dict[str, str]) -> str:
    """A BibTeX entry; fields without content are left out, `&` and `%` and `_` and `#` are quoted."""
    quoted = {name: text for name, text in fields.items() if text}
    lines = ",\n".join(f"  {name} = {{{text if name == 'doi' else escaped(text)}}}" for name, text in quoted.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def escaped(text: str) -> str:
    """A text with the letters that mean something to LaTeX quoted."""
    return "".join(f"\\{letter}" if letter in "&%_#$" else letter for letter in text)


def _works(*works: tuple[str, str, str, int, str, str, str, str]) -> dict[str, Reference]:
    """The table by key; authors stand in one text with semicolons."""
    rows = (Reference(key, kind, tuple(names.split("; ")), *rest) for key, kind, names, *rest in works)  # type: ignore[arg-type]
    return {row.key: row for row in rows}


# fmt: off
REFERENCES = _works(
    # motion, time, axes
    ("hairer1993", "book", "Hairer, E.; Nørsett, S. P.; Wanner, G.", 1993, "Solving Ordinary Differential Equations I: Nonstiff Problems",
     "Springer, 2nd ed.", "the propagator DOP853 and its dense output; Nystrom's method in powered flight", "10.1007/978-3-540-78862-1"),
    ("folkner2009", "techreport", "Folkner, W. M.; Williams, J. G.; Boggs, D. H.", 2009, "The Planetary and Lunar Ephemeris DE 421",
     "JPL, IPN Progress Report 42-178", "the ephemeris DE421", ""),
    ("park2021", "article", "Park, R. S.; Folkner, W. M.; Williams, J. G.; Boggs, D. H.", 2021,
     "The JPL Planetary and Lunar Ephemerides DE440 and DE441", "Astronomical Journal 161:105",
     "gravitational parameters, the Moon's gravity field, its principal axes; the ephemeris DE440", "10.3847/1538-3881/abd414"),
    ("williams2008", "techreport", "Williams, J. G.; Boggs, D. H.; Folkner, W. M.", 2008,
     "DE421 Lunar Orbit, Physical Librations, and Surface Coordinates", "JPL IOM 335-JW,DB,WF-20080314-001",
     "from principal to mean-Earth axes of the Moon with DE421", ""),
    ("archinal2011", "article", "Archinal, B. A.; A'Hearn, M. F.; Bowell, E.; others", 2011,
     "Report of the IAU Working Group on Cartographic Coordinates and Rotational Elements: 2009",
     "Celestial Mechanics and Dynamical Astronomy 109:101", "the Moon's mean-Earth axes with DE421", "10.1007/s10569-010-9320-4"),
    ("archinal2018", "article", "Archinal, B. A.; Acton, C. H.; A'Hearn, M. F.; others", 2018,
     "Report of the IAU Working Group on Cartographic Coordinates and Rotational Elements: 2015",
     "Celestial Mechanics and Dynamical Astronomy 130:22", "the Moon's mean sphere", "10.1007/s10569-017-9805-5"),
    ("petit2010", "techreport", "Petit, G.; Luzum, B.", 2010, "IERS Conventions (2010)", "IERS Technical Note 36",
     "the Earth's orientation: IAU 2006/2000A, UT1, polar motion", ""),
    ("fairhead1990", "article", "Fairhead, L.; Bretagnon, P.", 1990, "An analytical formula for the time transformation TB-TT",
     "Astronomy and Astrophysics 229:240", "TDB from TT", ""),
    ("bowring1985", "article", "Bowring, B. R.", 1985, "The accuracy of geodetic latitude and height equations", "Survey Review 28:202",
     "heights above the ellipsoid", "10.1179/sre.1985.28.218.202"),
    ("nga2014", "techreport", "National Geospatial-Intelligence Agency", 2014,
     "World Geodetic System 1984: Its Definition and Relationships with Local Geodetic Systems", "NGA.STND.0036, version 1.0.0",
     "the Earth's ellipsoid", ""),
    ("pavlis2012", "article", "Pavlis, N. K.; Holmes, S. A.; Kenyon, S. C.; Factor, J. K.", 2012,
     "The development and evaluation of the Earth Gravitational Model 2008 (EGM2008)", "Journal of Geophysical Research 117:B04406",
     "zonal harmonics of the Earth", "10.1029/2011JB008916"),
    ("pines1973", "article", "Pines, S.", 1973, "Uniform representation of the gravitational potential and its derivatives",
     "AIAA Journal 11:1508", "harmonics of the Moon without a singularity at its poles", "10.2514/3.50619"),
    ("lundberg1988", "article", "Lundberg, J. B.; Schutz, B. E.", 1988,
     "Recursion formulas of Legendre functions for use with nonsingular geopotential models",
     "Journal of Guidance, Control, and Dynamics 11:31", "their stable recursion", "10.2514/3.20266"),
    ("iau2012", "misc", "International Astronomical Union", 2012, "Resolution B2 on the re-definition of the astronomical unit of length",
     "IAU General Assembly XXVIII", "the astronomical unit", ""),
    ("iau2015", "misc", "International Astronomical Union", 2015,
     "Resolution B3 on recommended nominal conversion constants for selected solar and planetary properties",
     "IAU General Assembly XXIX", "the Sun's irradiance and radius", ""),
    # planning
    ("vallado2013", "book", "Vallado, D. A.", 2013, "Fundamentals of Astrodynamics and Applications", "Microcosm, 4th ed.",
     "two-body motion, as a seed of the planning", ""),
    ("kizner1961", "article", "Kizner, W.", 1961, "A method of describing miss distances for lunar and interplanetary trajectories",
     "Planetary and Space Science 7:125", "the B-plane (JPL External Publication 674)", "10.1016/0032-0633(61)90293-8"),
    ("izzo2015", "article", "Izzo, D.", 2015, "Revisiting Lambert's problem", "Celestial Mechanics and Dynamical Astronomy 121:1",
     "Lambert's problem, as a seed of the planning", "10.1007/s10569-014-9587-y"),
    # guidance
    ("mchenry1979", "article", "McHenry, R. L.; Brand, T. J.; Long, A. D.; Cockrell, B. F.; Thibodeau, J. R.", 1979,
     "Space Shuttle ascent guidance, navigation, and control", "Journal of the Astronautical Sciences 27:1",
     "powered explicit guidance of launch and ascent", ""),
    ("jaggers1977", "techreport", "Jaggers, R. F.", 1977,
     "An explicit solution to the exoatmospheric powered flight guidance and trajectory optimization problem for rocket propelled vehicles",
     "AIAA paper 77-1051", "powered explicit guidance over several stages", "10.2514/6.1977-1051"),
    ("cherry1964", "techreport", "Cherry, G. W.", 1964, "A general, explicit, optimizing guidance law for rocket-propelled spaceflight",
     "AIAA paper 64-638", "polynomial guidance of the descent", "10.2514/6.1964-638"),
    ("klumpp1974", "article", "Klumpp, A. R.", 1974, "Apollo lunar descent guidance", "Automatica 10:133",
     "polynomial guidance of the descent", "10.1016/0005-1098(74)90019-3"),
    ("clohessy1960", "article", "Clohessy, W. H.; Wiltshire, R. S.", 1960, "Terminal guidance system for satellite rendezvous",
     "Journal of the Aerospace Sciences 27:653", "relative motion at rendezvous, as a first guess", "10.2514/8.8704"),
    ("brunner2008", "article", "Brunner, C. W.; Lu, P.", 2008, "Skip entry trajectory planning and guidance",
     "Journal of Guidance, Control, and Dynamics 31:1210", "skip guidance", "10.2514/1.35055"),
    ("lu2014", "article", "Lu, P.", 2014, "Entry guidance: a unified method", "Journal of Guidance, Control, and Dynamics 37:713",
     "skip guidance", "10.2514/1.62605"),
    ("smith2016", "techreport", "Smith, K. M.", 2016, "Predictive lateral logic for numerical entry guidance algorithms",
     "AAS paper 16-221", "reversals of bank by prediction", ""),
    # air
    ("us1976", "techreport", "National Oceanic and Atmospheric Administration", 1976, "U.S. Standard Atmosphere, 1976",
     "NOAA-S/T 76-1562", "the air", ""),
    ("emmert2021", "article", "Emmert, J. T.; Drob, D. P.; Picone, J. M.; others", 2021,
     "NRLMSIS 2.0: A whole-atmosphere empirical model of temperature and neutral species densities",
     "Earth and Space Science 8:e2020EA001321", "the air, if declared", "10.1029/2020EA001321"),
    ("emmert2022", "article", "Emmert, J. T.; Jones, M.; Siskind, D. E.; others", 2022,
     "NRLMSIS 2.1: An empirical model of nitric oxide incorporated into MSIS",
     "Journal of Geophysical Research: Space Physics 127:e2022JA030896", "the air, if declared", "10.1029/2022JA030896"),
    ("fleming1990", "article", "Fleming, E. L.; Chandra, S.; Barnett, J. J.; Corney, M.", 1990,
     "Zonal mean temperature, pressure, zonal wind and geopotential height as functions of latitude", "Advances in Space Research 10:11",
     "the seasonal wind, rounded by hand", "10.1016/0273-1177(90)90386-E"),
    ("sutton1971", "techreport", "Sutton, K.; Graves, R. A.", 1971,
     "A general stagnation-point convective-heating equation for arbitrary gas mixtures", "NASA TR R-376", "convective heating", ""),
    ("tauber1991", "article", "Tauber, M. E.; Sutton, K.", 1991, "Stagnation-point radiative heating relations for Earth and Mars entries",
     "Journal of Spacecraft and Rockets 28:40", "radiative heating", "10.2514/3.26206"),
    ("knacke1991", "techreport", "Knacke, T. W.", 1991, "Parachute Recovery Systems Design Manual",
     "Naval Weapons Center, NWC TP 6575 (Para Publishing 1992)", "canopies: drag, filling, opening load", ""),
    ("koopman1946", "techreport", "Koopman, B. O.", 1946, "Search and Screening", "Operations Evaluation Group, report 56",
     "the search for the capsule", ""),
    # the Moon's ground
    ("neukum2001", "article", "Neukum, G.; Ivanov, B. A.; Hartmann, W. K.", 2001,
     "Cratering records in the inner solar system in relation to the lunar reference system", "Space Science Reviews 96:55",
     "production of craters and its ages", "10.1023/A:1011989004263"),
    ("hartmann1984", "article", "Hartmann, W. K.", 1984, "Does crater saturation equilibrium occur in the solar system?", "Icarus 60:56",
     "equilibrium of craters", "10.1016/0019-1035(84)90138-6"),
    ("pike1974", "article", "Pike, R. J.", 1974, "Depth/diameter relations of fresh lunar craters: revision from spacecraft data",
     "Geophysical Research Letters 1:291", "depth of fresh craters", "10.1029/GL001i007p00291"),
    ("pike1977", "incollection", "Pike, R. J.", 1977, "Size-dependence in the shape of fresh impact craters on the Moon",
     "Impact and Explosion Cratering, Pergamon, 489", "rims of fresh craters", ""),
    ("mcgetchin1973", "article", "McGetchin, T. R.; Settle, M.; Head, J. W.", 1973,
     "Radial thickness variation in impact crater ejecta: implications for lunar basin deposits",
     "Earth and Planetary Science Letters 20:226", "ejecta about craters", "10.1016/0012-821X(73)90162-3"),
    ("rosenburg2011", "article", "Rosenburg, M. A.; Aharonson, O.; Head, J. W.; others", 2011,
     "Global surface slopes and roughness of the Moon from the Lunar Orbiter Laser Altimeter", "Journal of Geophysical Research 116:E02001",
     "slopes of the maria, and how they go with the baseline", "10.1029/2010JE003716"),
    ("carrier1991", "incollection", "Carrier, W. D.; Olhoeft, G. R.; Mendell, W.", 1991, "Physical properties of the lunar surface",
     "Lunar Sourcebook, Cambridge University Press, 475", "density and strength of the soil", ""),
    ("shoemaker1970", "article", "Shoemaker, E. M.; Morris, E. C.", 1970, "Geology: physics of fragmental debris", "Icarus 12:188",
     "rocks in the soil", ""),
    ("di2016", "article", "Di, K.; Xu, B.; Peng, M.; others", 2016,
     "Rock size-frequency distribution analysis at the Chang'E-3 landing site", "Planetary and Space Science 120:103",
     "which of the counts of rocks is taken", ""),
    ("teale1965", "article", "Teale, R.", 1965, "The concept of specific energy in rock drilling",
     "International Journal of Rock Mechanics and Mining Sciences 2:57", "drilling", "10.1016/0148-9062(65)90022-7"),
    ("pessier1992", "techreport", "Pessier, R. C.; Fear, M. J.", 1992,
     "Quantifying common drilling problems with mechanical specific energy and a bit-specific coefficient of sliding friction",
     "SPE paper 24584", "torque of the drill", "10.2118/24584-MS"),
    ("zheng2022", "article", "Zheng, Y.; Zhang, N.; Yang, M.; others", 2022, "Analysis of Chang'e-5 lunar core drilling process",
     "Chinese Journal of Aeronautics", "what a jammed drill brings up", "10.1016/j.cja.2022.01.023"),
    ("hayne2017", "article", "Hayne, P. O.; Bandfield, J. L.; Siegler, M. A.; others", 2017,
     "Global regolith thermophysical properties of the Moon from the Diviner Lunar Radiometer Experiment",
     "Journal of Geophysical Research: Planets 122:2371", "temperature of the ground", "10.1002/2017JE005387"),
    ("meeus1998", "book", "Meeus, J.", 1998, "Astronomical Algorithms", "Willmann-Bell, 2nd ed.", "the mean lunation", ""),
)
# fmt: on
