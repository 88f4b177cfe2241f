"""The one decorator of compiled functions, and where their machine code is cached.

Equations are scalar float64 functions compiled by Numba on first use. The parameters of a model are a module-level `NamedTuple`;
`rate`, `stop` and `command` are chosen by its type with `numba.extending.overload`, so one propagator serves every model, nothing is
lost in speed and a second process loads the code from disk. Functions passed as arguments and closures would miss the cache each time.

*Limits*: Numba's cache does not see edits in other files of the package, so the cache folder is named by a digest of every source file
of the rooms that may hold kernels (`KERNEL_ROOMS`: what they use they import, and imports go one way), of the Python and Numba versions
and of the processor. No fastmath (answers would depend on the build), no `parallel=True` (a forked
worker dies after it): many flights run in spawned workers instead.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import platform
import tempfile

import numba
from platformdirs import user_cache_dir


def cache_root() -> pathlib.Path:
    """The folder for everything farside can make again: `$FARSIDE_CACHE`, else the user's cache folder, else the temporary one."""
    named = os.environ.get("FARSIDE_CACHE")
    root = pathlib.Path(named) if named else pathlib.Path(user_cache_dir("farside", appauthor=False))
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError:
        fallback = pathlib.Path(tempfile.gettempdir()) / f"farside-{os.getuid()}"
        fallback.mkdir(mode=0o700, parents=True, exist_ok=True)
        return fallback


KERNEL_ROOMS = ("basis", "environment", "craft", "dynamics", "guidance")
"""The rooms of the package that may hold compiled functions."""


def source_digest(rooms: tuple[str, ...] = ("",)) -> str:
    """Sixteen hexadecimal digits that change when a source file of these rooms (of the package), Python, Numba or the processor changes."""
    package = pathlib.Path(__file__).parents[1]
    digest = hashlib.sha256(f"{platform.python_version()} {numba.__version__} {platform.machine()} {platform.processor()}".encode())
    for source in sorted(source for room in rooms for source in (package / room).rglob("*.py")):
        digest.update(str(source.relative_to(package)).encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


numba.config.CACHE_DIR = str(cache_root() / "kernels" / source_digest(KERNEL_ROOMS))  # type: ignore[attr-defined]

kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
"""Compile a scalar function: cached on disk, without the interpreter lock, division by zero as IEEE 754 says."""
