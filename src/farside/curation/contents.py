"""Contents of attachments: files in a folder beside the database, each under the SHA-256 of what it holds.

A content is written once, under another name first, then linked to its own; it is never written again. The event that attaches it tells
its hash and size, so that a content that was altered or removed is found (`findings`, which `verify` asks).

*Model and limits*: types that a browser can show without running anything, known by their first bytes; 25 MB at most. A content that was
kept and whose event was then refused stays as an orphan and does no harm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.db import connection

from farside.curation.ledger import Refused
from farside.curation.models import Attachment

ENVIRONMENT = "FARSIDE_LAB_CONTENTS"  # where contents lie, when not beside the database
LARGEST_BYTES = 25_000_000  # assumed: a photograph of a good camera, a scanned paper of a hundred pages
TYPES: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/pdf": (b"%PDF-",),
    "text/plain": (),
    "text/csv": (),
}
"""What may be attached, and how it begins; texts are UTF-8 without null characters."""


def folder() -> Path:
    """Where the contents of the ledger in use lie: as the environment says, beside a SQLite file, or in the user's data folder."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return Path(name).with_suffix(".contents")
    from platformdirs import user_data_dir

    return Path(user_data_dir("farside")) / "lab" / f"{name}.contents"


def digest(content: bytes) -> str:
    """The name of a content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def path_of(sha256: str) -> Path:
    """Where a content lies."""
    return folder() / sha256[:2] / sha256


def require_type(content: bytes, media_type: str | None = None) -> str:
    """The type of a content, as told or by its first bytes; `Refused` when it may not be attached or is not what it is told to be."""
    if media_type is not None and media_type not in TYPES:
        raise Refused(f"attach: {media_type!r}: no type that is kept here; there are {', '.join(TYPES)}")
    if not content:
        raise Refused("attach: the file is empty")
    if len(content) > LARGEST_BYTES:
        raise Refused(f"attach: {len(content)} bytes; at most {LARGEST_BYTES}: make it smaller, or attach a note of where it is kept")
    fitting = [each for each, starts in TYPES.items() if (content.startswith(starts) if starts else _is_text(content))]
    if not fitting or media_type not in (None, *fitting):
        raise Refused(f"attach: this is no {media_type or ' or '.join(TYPES)}; its first bytes are {content[:8].hex(' ')}")
    return media_type or fitting[0]


def keep(content: bytes) -> str:
    """Write a content, unless it is there already; its hash. `Refused` when what is there under this hash is something else."""
    name = digest(content)
    path = path_of(name)
    if path.exists():
        if path.read_bytes() != content:
            raise Refused(f"attach: the content kept as {name[:16]}... is damaged; put back the one of a backup, then attach again")
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o444)
    with suppress(FileExistsError):  # another wrote the same meanwhile
        os.link(part, path)
    part.unlink()
    return name


def read(sha256: str) -> bytes:
    """A content, looked at before it is given; `Refused` when it is not there or is not what was attached."""
    if not Attachment.objects.filter(sha256=sha256).exists():
        raise Refused(f"there is no attachment with the hash {sha256[:16]}...")
    problem = _problem(sha256)
    if problem:
        raise Refused(f"{problem}; put back the one of a backup")
    return path_of(sha256).read_bytes()


def findings() -> Iterator[tuple[str, str]]:
    """Attachments whose content is not there or not what was attached: the code, and what is wrong."""
    looked: dict[str, str] = {}
    for code, sha256, size in Attachment.objects.order_by("code").values_list("code", "sha256", "size"):
        if sha256 not in looked:
            looked[sha256] = _problem(sha256)
        problem = looked[sha256]
        if not problem and path_of(sha256).stat().st_size != size:
            problem = f"its content is not of {size} bytes"
        if problem:
            yield code, problem


def _problem(sha256: str) -> str:
    path = path_of(sha256)
    if not path.is_file():
        return f"its content {sha256[:16]}... is not in {folder()}"
    with path.open("rb") as file:
        there = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if there == sha256 else f"its content {sha256[:16]}... was altered"


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
