"""SPICE: a binary SPK kernel of all modules, and a text kernel that gives their ids names. Needs `spiceypy`, the extra `export`.

*Model*: segments of type 13 (Hermite interpolation, unequal steps, NAIF's SPK Required Reading), degree 7, one for each arc: a coast about
one centre, a burn, a stay, a flight in air. Times are TDB seconds past J2000, axes those that SPICE calls J2000 (ICRF), km and km/s. The
centre is 399 or 301, as it was flown; SPICE joins the two by any planetary ephemeris (a flight's own is DE421 or DE440).
*Ids*: -9MMMMKK, MMMM made of the mission's name and KK counting its modules from 01: none that NAIF gives to spacecraft (-1 to -999), to
their instruments (to -999999) or to satellites by catalogue number (-100001 to -199999), and another one for another mission's lander.
*Limits*: a metre; two missions have the same number with a chance of one in 10000.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from farside.products.recorded import Recorded
from farside.products.stretches import Stretch

DEGREE = 7
NODES = (DEGREE + 1) // 2  # of one interpolation: position and velocity each
NAIF_ID = {"earth": 399, "moon": 301}
FIRST_ID = -9_000_000
LINE = 1000  # the longest line of a comment area
NAME = 36  # the longest name of a body


class SpiceMissingError(ImportError):
    """The extra that writes kernels is not installed."""


def spice() -> ModuleType:
    """The package `spiceypy`; `SpiceMissingError` that says how to get it."""
    try:
        import spiceypy
    except ImportError:
        how = "pip install spiceypy, or 'farside[export]'"
        raise SpiceMissingError(f"SPK kernels are written by spiceypy, which is not installed: {how}") from None
    return spiceypy  # type: ignore[no-any-return]


def spice_ids(mission: str, modules: Sequence[str]) -> dict[str, int]:
    """The SPICE ids of a mission's modules, in the order in which they were joined."""
    number = zlib.crc32(mission.encode()) % 10_000
    return {module: FIRST_ID - 100 * number - count for count, module in enumerate(modules, 1)}


def spice_name(mission: str, module: str) -> str:
    """What SPICE calls a module: `CHANGE6 LANDER`; a long mission's name is cut, since SPICE knows names of 36 letters."""
    return f"{mission[: max(0, NAME - 1 - len(module))]} {module}"[-NAME:].strip().upper()


def write_spk(path: Path, flown: Recorded, modules: Sequence[str]) -> None:
    """Write the kernel of some modules to a path where no file is."""
    kernels, ids = spice(), spice_ids(flown.mission, flown.modules)
    handle = kernels.spkopn(str(path), f"farside {flown.mission}"[:60], 10_000)
    try:
        lines = comments(flown, {module: ids[module] for module in modules})
        kernels.dafac(handle, [line[:LINE] for line in lines])
        for module in modules:
            for stretch in flown.stretches[module]:
                _write_segment(kernels, handle, ids[module], stretch)
    finally:
        kernels.spkcls(handle)


def _write_segment(kernels: ModuleType, handle: int, number: int, stretch: Stretch) -> None:
    """The segment of one arc."""
    times = stretch.times_s
    degree = DEGREE if times.size >= NODES else 2 * times.size - 1
    about = (number, NAIF_ID[stretch.center], "J2000", stretch.start_s, stretch.end_s, f"{stretch.mode}: {stretch.phase}"[:40])
    kernels.spkw13(handle, *about, degree, times.size, np.ascontiguousarray(stretch.states[:, :6] / 1e3), times)


def comments(flown: Recorded, ids: Mapping[str, int]) -> list[str]:
    """What the kernel says of itself."""
    named = [f"  {number}  {spice_name(flown.mission, module)}" for module, number in ids.items()]
    return [
        f"{flown.mission}: its modules, as flown by farside; flight {flown.flight_digest}",
        "Type 13, degree 7, within 1 m of the flight. Names for the ids are in the text kernel beside this one.",
        *named,
    ]


def names_kernel(flown: Recorded, modules: Sequence[str]) -> str:
    """The text kernel that names the ids; ends with a newline."""
    ids = spice_ids(flown.mission, flown.modules)
    pairs = [f"  NAIF_BODY_CODE += {ids[m]}\n  NAIF_BODY_NAME += '{spice_name(flown.mission, m)}'" for m in modules]
    return "KPL/FK\n\n" + f"Names of the modules of {flown.mission}, as flown by farside.\n\n" + "\\begindata\n" + "\n".join(pairs) + "\n"
