"""The user's own data: gravity fields, elevation models, crater counts, soundings of the wind; added once and then known by name.

Nothing is ever downloaded. Files lie in `$FARSIDE_DATA`, or in the user's data folder, a folder for each kind, as they were added; they
are read and checked before they are taken in, and written under another name first, so that an interrupted copy leaves nothing half-made.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pathlib
import tempfile
from collections.abc import Callable
from typing import Literal, NamedTuple

from platformdirs import user_data_dir

from farside.environment.craters import read_crater_count
from farside.environment.dem import read_dem
from farside.environment.gravity import GravityFileError, read_gravity_file
from farside.environment.wind import read_sounding

Kind = Literal["gravity", "terrain", "craters", "wind"]


class Stored(NamedTuple):
    """A file of the store: its kind, its name (what a mission file says), where it is, and the SHA-256 digest of its bytes."""

    kind: Kind
    name: str
    path: pathlib.Path
    sha256: str


class NotStoredError(KeyError):
    """A name that is not in the store."""

    def __str__(self) -> str:
        return str(self.args[0])


def _degree(path: pathlib.Path) -> str:
    return f"degree {read_gravity_file(path).degree}"


def _grid(path: pathlib.Path) -> str:
    relief = read_dem(path).relief
    north, east = relief.heights_m.shape
    return f"{east} by {north} points every {relief.spacing_m:g} m"


def _count(path: pathlib.Path) -> str:
    count = read_crater_count(path)
    return f"{count.diameter_m.size} craters of {count.diameter_m.min():.0f} to {count.diameter_m.max():.0f} m"


def _sounding(path: pathlib.Path) -> str:
    heights_m = read_sounding(path).height_m
    return f"{heights_m.size} heights up to {heights_m[-1] / 1e3:.1f} km"


class _Sort(NamedTuple):
    """What a kind is called, how a file of it is read to be checked and told about, by which key of which table a mission file names it."""

    called: str
    about: Callable[[pathlib.Path], str]
    key: str
    table: str


_SORTS: dict[Kind, _Sort] = {
    "gravity": _Sort("gravity field", _degree, "moon_gravity_file", "[environment]"),
    "terrain": _Sort("elevation model", _grid, "file", "[terrain]"),
    "craters": _Sort("crater count", _count, "craters", "[terrain]"),
    "wind": _Sort("sounding", _sounding, "sounding", "an entry"),
}
_ENDINGS: dict[str, Kind] = {".csv": "terrain", ".nc": "terrain", ".scc": "craters"}
"""What a file is by the end of its name; every other one must be a gravity field, whose names are many. Soundings are CSV too."""


def data_folder() -> pathlib.Path:
    """Where the user's data are: `$FARSIDE_DATA`, else the user's data folder. It need not exist."""
    named = os.environ.get("FARSIDE_DATA")
    return pathlib.Path(named) if named else pathlib.Path(user_data_dir("farside", appauthor=False))


def add(source: str | pathlib.Path, name: str | None = None) -> Stored:
    """Check a file and put it into the store under `name` (by default its own), replacing one of that kind and name.

    `.csv` and `.nc` are elevation models, or soundings if their first line names speeds (`_m_s`), `.scc` crater counts, all others
    gravity fields. Raises `ValueError` (`GravityFileError`, `DemError`, `CraterFileError`, `WindError`) when it is not a whole one of
    its kind, or for a name that is not a plain file name.
    """
    source = pathlib.Path(source)
    wanted = source.name if name is None else name
    if wanted != pathlib.Path(wanted).name or wanted.startswith(".") or not wanted:
        raise ValueError(f"{wanted!r} cannot name a data file; a plain file name without folders or a leading dot can")
    kind, content = _checked(source), source.read_bytes()
    folder = data_folder() / kind
    folder.mkdir(parents=True, exist_ok=True)
    # The dot keeps the unfinished copy out of every listing.
    handle, unfinished = tempfile.mkstemp(prefix=".adding-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, folder / wanted)
    except BaseException:
        os.unlink(unfinished)
        raise
    return Stored(kind, wanted, folder / wanted, hashlib.sha256(content).hexdigest())


def _checked(source: pathlib.Path) -> Kind:
    """What a file is, its content being as whole as that asks."""
    kind = _ENDINGS.get(source.suffix.lower(), "gravity")
    if source.suffix.lower() == ".csv" and _tells_wind(source):
        kind = "wind"
    try:
        _SORTS[kind].about(source)
    except GravityFileError as error:
        endings = "an elevation model ends in .csv or .nc, a crater count in .scc"
        raise GravityFileError(f"{error}; taken for a gravity field by its name: {endings}") from None
    return kind


def _tells_wind(source: pathlib.Path) -> bool:
    """Whether the first line of a CSV is that of a sounding."""
    with source.open(encoding="utf-8", errors="replace") as lines:
        return "_m_s" in lines.readline()


def names(kind: Kind) -> tuple[str, ...]:
    """The names of the files of a kind in the store, sorted."""
    folder = data_folder() / kind
    return tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))) if folder.is_dir() else ()


def find(kind: Kind, name: str) -> Stored:
    """The file of that kind and name; `NotStoredError` naming those there are."""
    if name not in names(kind):
        known = ", ".join(names(kind)) or "none yet"
        called = _SORTS[kind].called
        raise NotStoredError(f"no {called} {name!r} in {data_folder()}; there: {known}; add one with `farside data add FILE`")
    path = data_folder() / kind / name
    told = path.stat()
    return Stored(kind, name, path, _digest(path, told.st_mtime_ns, told.st_size))


@functools.lru_cache(maxsize=16)
def _digest(path: pathlib.Path, changed_ns: int, size: int) -> str:
    """The SHA-256 digest of a file as it was then; many runs ask for it."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored() -> tuple[Stored, ...]:
    """Every file in the store, by kind and name."""
    return tuple(find(kind, name) for kind in _SORTS for name in names(kind))


def about(one: Stored) -> str:
    """What a file of the store is: "gravity field, degree 165"; it is read for it, and said when it is damaged."""
    sort = _SORTS[one.kind]
    try:
        return f"{sort.called}, {sort.about(one.path)}"
    except (ValueError, OSError) as error:
        return f"{sort.called} that cannot be read any more ({error}), to be added again"


def key_of(one: Stored) -> str:
    """The line of a mission file that names a file of the store."""
    sort = _SORTS[one.kind]
    return f'{sort.key} = "{one.name}" in {sort.table}'


def remove(kind: Kind, name: str) -> None:
    """Take a file out of the store; `NotStoredError` when it is not there."""
    find(kind, name).path.unlink()
