"""The whole ledger in one file, and back: the same chain, with the same head hash, on SQLite and on PostgreSQL alike.

An archive is a zip: `ledger.json` (what it is, the head), `events.jsonl` (the text of every event, a line each, in their order) and
`contents/` (attachments under their SHA-256). Nothing else is needed, since the texts tell everything: `restore` builds every posting and
row from them, puts the rules in, and lets nobody use it before `verify` has found nothing.

*Model and limits*: a backup reads one snapshot while writers write. Tokens and passwords are no part of the record and are not in it.
Restoring writes rows before the rules are there, as the owner of a ledger that nobody uses yet: that is why all of it is verified.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from farside.curation import contents, database, rules
from farside.curation.ledger import EVENT_COLUMNS, INSERT_EVENT, INSERT_POSTING, Refused
from farside.curation.models import KINDS, Attachment
from farside.curation.rows import insert_into, table
from farside.curation.text import hash_of, now_utc
from farside.curation.verify import verify

FORMAT, VERSION = "farside-ledger", 1
TOLD = {*EVENT_COLUMNS, "data", "postings", "states"} - {"hash", "text"}
CHUNK = 2_000  # rows that are read or written at once
INSERT_TOUCH = insert_into("curation_touch", ("kind", "code", "event"))


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive says of itself: how many events, the hash of the last one, how many contents, when it was made."""

    events: int
    head: str
    contents: int
    made_utc: str


def backup(file: Path) -> Archive:
    """Write the ledger in use into a file, which appears whole or not at all."""
    with _appearing(file) as part, database.snapshot(), zipfile.ZipFile(part, "w", allowZip64=True) as packed:
        count, head = 0, ""
        with packed.open("events.jsonl", "w", force_zip64=True) as out:
            for rows in _chunks('SELECT "text", "hash" FROM curation_event ORDER BY number'):
                out.write("".join(f"{text}\n" for text, _ in rows).encode("utf-8"))
                count, head = count + len(rows), rows[-1][1]
        names = sorted(set(Attachment.objects.values_list("sha256", flat=True)))
        for name in names:
            packed.writestr(f"contents/{name}", contents.read(name))
        made = Archive(count, head, len(names), now_utc())
        told = {"format": FORMAT, "version": VERSION, "events": count, "head": head, "contents": len(names), "made_utc": made.made_utc}
        packed.writestr("ledger.json", json.dumps(told, indent=2))
    return made


def restore(file: Path, ledger: str, owner: str | None = None) -> Archive:
    """Make a ledger from an archive where there is none; `Refused` when the archive is not whole, `database.LedgerError` when a ledger with
    events is there already. `owner`: as in `database.create`."""
    with _opened(file) as packed:
        said = _said(file, packed)
        if database.described(ledger)["ENGINE"].endswith("sqlite3"):
            _restore_file(packed, said, Path(ledger).absolute())
        else:
            database.create(ledger, owner)
            database.use(owner or ledger, owner=True)
            try:
                _keep_contents(packed)
                _fill(packed, said)
            finally:
                database.use(ledger)
    return said


def _restore_file(packed: zipfile.ZipFile, said: Archive, target: Path) -> None:
    """A SQLite ledger, made under another name and then renamed."""
    if target.exists():
        raise database.LedgerError(f"{target}: a file is there already; restore to another name, and move it when you have looked at it")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=target.parent) as folder:
        part = Path(folder) / target.name
        database.create(part)
        database.use(part, owner=True)
        _keep_contents(packed)  # where verify looks for them
        _fill(packed, said)
        database.use(target)  # closes the new file, and folds its write-ahead log into it
        _keep_contents(packed)
        os.link(part, target)  # unlike a rename, it never puts one ledger in another's place


def _fill(packed: zipfile.ZipFile, said: Archive) -> None:
    """Every row from the texts of the events, in one transaction that holds only when what is then there is sound."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM curation_event")
        if cursor.fetchone()[0] > 1:
            raise database.LedgerError("there are events in this ledger already; restore into a new one")
        rules.uninstall(connection)
        cursor.execute("DELETE FROM curation_event")
        states: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        for texts in _some(_texts(packed), CHUNK):
            _put(cursor, [(text, _told(text)) for text in texts], states)
        for kind, model in KINDS.items():
            columns = table(model).columns
            rows = ([event if c == "event" else state[c] for c in columns] for (k, _), (event, state) in states.items() if k == kind)
            for some in _some(rows, CHUNK):
                cursor.executemany(table(model).insert, some)
        rules.install(connection)
        report = verify((said.events - 1, said.head))
        if report.findings or report.events != said.events or report.head != said.head:
            found = "; ".join(map(str, report.findings[:3])) or f"{report.events} events, head {report.head[:16]}..."
            raise Refused(f"this archive is not what it says, {said.events} events with the head {said.head[:16]}...: {found}")


def _put(cursor: Any, events: list[tuple[str, Any]], states: dict[tuple[str, str], tuple[int, dict[str, Any]]]) -> None:
    """Events with their postings and touches; what they tell of things is gathered."""
    postings, touches, rows = [], [], []
    for text, told in events:
        number = told["number"]
        rows.append([hash_of(text) if c == "hash" else text if c == "text" else told[c] for c in EVENT_COLUMNS])
        postings += [(number, line, account, mass_ug) for line, (account, mass_ug) in enumerate(told["postings"])]
        for kind, own in told["states"].items():
            touches += [(kind, state["code"], number) for state in own]
            states.update({(kind, state["code"]): (number, state) for state in own})
    cursor.executemany(INSERT_EVENT, rows)
    if postings:
        cursor.executemany(INSERT_POSTING, postings)
    if touches:
        cursor.executemany(INSERT_TOUCH, touches)


def _keep_contents(packed: zipfile.ZipFile) -> None:
    """Attachments to where the ledger in use keeps them; each is written whole and never changed, so that a second try finds them."""
    for name in packed.namelist():
        if name.startswith("contents/") and contents.keep(packed.read(name)) != name.removeprefix("contents/"):
            raise Refused(f"{name} in the archive is not what its name says")


@contextmanager
def _appearing(file: Path) -> Iterator[Path]:
    """Another name to write to; the file has its own when all is written and on the disk."""
    file = file.absolute()
    if not file.parent.is_dir():
        raise Refused(f"{file}: there is no folder {file.parent}")
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """An archive to read; `Refused` when it is none, or is damaged."""
    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except OSError as error:
        raise Refused(f"{file}: {error.strerror or error}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Refused(f"{file}: no archive of a ledger, or a damaged one ({error}); take another backup") from None


def _said(file: Path, packed: zipfile.ZipFile) -> Archive:
    """What the archive says of itself."""
    try:
        told = json.loads(packed.read("ledger.json"))
        if told["format"] != FORMAT or told["version"] != VERSION:
            raise Refused(f"{file}: {told['format']} {told['version']}; this version of farside reads {FORMAT} {VERSION}")
        return Archive(int(told["events"]), str(told["head"]), int(told["contents"]), str(told["made_utc"]))
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(f"{file}: no archive of a ledger ({error}); `farside lab backup` writes one") from None


def _texts(packed: zipfile.ZipFile) -> Iterator[str]:
    """The texts of the events."""
    with packed.open("events.jsonl") as lines:
        for line in lines:
            yield line.decode("utf-8").removesuffix("\n")


def _told(text: str) -> Any:
    """What a text tells; `Refused` when it is no event."""
    try:
        told = json.loads(text)
        if set(told) == TOLD:
            return told
    except (ValueError, TypeError):
        pass
    raise Refused(f"the archive holds a line that is no event: {text[:60]!r}")


def _chunks(query: str) -> Iterator[list[Any]]:
    """The rows of a query, some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _some(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
