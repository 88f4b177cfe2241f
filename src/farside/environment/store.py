"""The user's own data: better gravity files, added once and then known by name.

Nothing is ever downloaded. Files lie in `$FARSIDE_DATA`, or in the user's data folder, as they were added; they are read and checked
before they are taken in, and written under another name first, so that an interrupted copy leaves nothing half-made.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
from typing import NamedTuple

from platformdirs import user_data_dir

from farside.environment.gravity import read_gravity_file

_GRAVITY = "gravity"


class Stored(NamedTuple):
    """A file of the store: its name (what a mission file says), where it is, degree of the field, and the SHA-256 digest of its bytes."""

    name: str
    path: pathlib.Path
    degree: int
    sha256: str


class NotStoredError(KeyError):
    """A name that is not in the store."""

    def __str__(self) -> str:
        return str(self.args[0])


def data_folder() -> pathlib.Path:
    """Where the user's data are: `$FARSIDE_DATA`, else the user's data folder. It need not exist."""
    named = os.environ.get("FARSIDE_DATA")
    return pathlib.Path(named) if named else pathlib.Path(user_data_dir("farside", appauthor=False))


def add_gravity(source: str | pathlib.Path, name: str | None = None) -> Stored:
    """Check a gravity field of the Moon and put it into the store under `name` (by default the file's own), replacing one of that name.

    Raises `GravityFileError` when it is not a whole field of the Moon, `ValueError` for a name that is not a plain file name.
    """
    source = pathlib.Path(source)
    wanted = source.name if name is None else name
    if wanted != pathlib.Path(wanted).name or wanted.startswith(".") or not wanted:
        raise ValueError(f"{wanted!r} cannot name a gravity file; a plain file name without folders or a leading dot can")
    degree, content = read_gravity_file(source).degree, source.read_bytes()
    folder = data_folder() / _GRAVITY
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
    return Stored(wanted, folder / wanted, degree, hashlib.sha256(content).hexdigest())


def gravity_names() -> tuple[str, ...]:
    """The names of the gravity files in the store, sorted."""
    folder = data_folder() / _GRAVITY
    return tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))) if folder.is_dir() else ()


def find_gravity(name: str) -> Stored:
    """The gravity file of that name; `NotStoredError` naming those there are."""
    if name not in gravity_names():
        known = ", ".join(gravity_names()) or "none yet"
        raise NotStoredError(f"no gravity file {name!r} in {data_folder()}; there: {known}; add one with `farside data add FILE`")
    path = data_folder() / _GRAVITY / name
    return Stored(name, path, read_gravity_file(path).degree, hashlib.sha256(path.read_bytes()).hexdigest())


def list_gravity() -> tuple[Stored, ...]:
    """Every gravity file in the store, by name; each is read for it."""
    return tuple(find_gravity(name) for name in gravity_names())


def remove_gravity(name: str) -> None:
    """Take a gravity file out of the store; `NotStoredError` when it is not there."""
    find_gravity(name).path.unlink()
