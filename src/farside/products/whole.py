"""Writing a set of files so that a reader, or a kill at any moment, never meets a half-written one.

Everything is written and synced in a hidden folder (beside a target that does not exist yet, inside one that does: one file
system), then renamed: the whole folder, or file by file (`os.replace` is atomic). The writer holds a lock on its hidden folder; a later
writer sweeps away hidden folders whose writer was killed, since the lock dies with its process.

*Limits*: in a folder that exists, a kill between two renames leaves whole files of two flights side by side; the file named last in
`write_whole` (the flight's own record) is renamed last, so it is never newer than the files it describes.
"""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"

Writer = Callable[[Path], None]


def write_whole(folder: Path, writers: Mapping[str, Writer], stale: tuple[str, ...] = ()) -> dict[str, Path]:
    """Write every named file into `folder` by its writer, all or none of each.

    `writers`: file name -> function that writes that file at the path it is given, in the order in which they are renamed;
    `stale`: names of an earlier set to take away, if they are not written again.
    Returns file name -> path. Raises what a writer raises, with nothing changed; `NotADirectoryError` if `folder` is a file.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; the files of a flight go into a folder, an existing one or a new name")
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    with hidden_folder(folder) as hidden:
        for name, write in writers.items():
            write(hidden / name)
            sync(hidden / name)
        sync(hidden)
        publish(hidden, folder, tuple(writers))
        for name in set(stale) - set(writers):
            (folder / name).unlink(missing_ok=True)
    return {name: folder / name for name in writers}


def publish(hidden: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Rename what is ready: the whole folder, or each file in turn into the folder that is there."""
    if folder.is_dir():
        for name in names:
            os.replace(hidden / name, folder / name)
        sync(folder)
    else:
        os.rename(hidden, folder)
        sync(folder.parent)


@contextmanager
def hidden_folder(folder: Path) -> Iterator[Path]:
    """A fresh hidden folder for `folder`, locked while in use, gone afterwards (after a kill: at the next `sweep`)."""
    place = folder if folder.is_dir() else folder.parent
    hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=PARTIAL, dir=place))
    lock = os.open(hidden, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        hidden.chmod(0o777 & ~umask())
        yield hidden
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
        os.close(lock)


def sweep(folder: Path) -> None:
    """Take away the hidden folders of killed writers of `folder`; one whose writer lives is left alone."""
    pattern = f".{glob.escape(folder.name)}.*{PARTIAL}"
    for hidden in (*folder.parent.glob(pattern), *folder.glob(pattern)):
        try:
            lock = os.open(hidden, os.O_RDONLY)
        except OSError:
            continue  # gone by now, or someone else's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(hidden, ignore_errors=True)
        except BlockingIOError:
            pass  # its writer is at work
        finally:
            os.close(lock)


def sync(path: Path) -> None:
    """Ask the disk to hold a file or folder before anything is renamed onto it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """The permissions this process withholds from new files (they can only be read by setting them)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
