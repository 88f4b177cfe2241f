"""A ledger in a file and back: the same chain on the same database and on the other one, or nothing at all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from farside.curation import archive, contents, database
from farside.curation import verbs as v
from farside.curation.archive import backup, restore
from farside.curation.ledger import Act, Refused, batch, head
from farside.curation.models import Event, Sample
from farside.curation.readings import attachments
from farside.curation.verify import verify

LI = Act(by="li")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture
def packed(stocked: str, tmp_path: Path) -> Path:
    """The stocked laboratory in a file."""
    backup(tmp_path / "lab.zip")
    return tmp_path / "lab.zip"


def altered(file: Path, change: Any) -> Path:
    """A copy of an archive whose members went through `change(name, content)`."""
    target = file.with_name("altered.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_a_ledger_comes_back_whole_as_a_file(stocked: str, packed: Path, tmp_path: Path) -> None:
    before = (head().number, head().hash)
    states = list(Sample.objects.order_by("code").values())
    said = restore(packed, str(tmp_path / "again.sqlite3"))
    assert (said.events - 1, said.head) == before == (head().number, head().hash)
    assert list(Sample.objects.order_by("code").values()) == states
    database.require_open(tmp_path / "again.sqlite3")  # with its rules
    assert verify(before).sound
    v.add_site(LI, site="KM", name="Kunming")  # and it goes on
    assert head().prev_id == before[1]
    assert verify().sound
    database.use(stocked)


def test_a_ledger_comes_back_whole_on_postgresql(stocked: str, packed: Path, postgresql_server: Any) -> None:
    before, name = (head().number, head().hash), f"farside_test_restored_{head().hash[:12]}"
    database.use(stocked)
    postgresql_server.run(f'CREATE DATABASE "{name}"')
    try:
        restore(packed, postgresql_server.app(name), f"{postgresql_server.address}/{name}")
        assert (head().number, head().hash) == before
        database.require_open(postgresql_server.app(name))
        v.add_site(LI, site="KM", name="Kunming")
        assert verify(before).sound
        with pytest.raises(database.LedgerError, match="events in this ledger already"):
            restore(packed, postgresql_server.app(name), f"{postgresql_server.address}/{name}")
    finally:
        database.use(stocked)
        postgresql_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_attachments_come_back_on_the_other_database(
    stocked: str, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_server: Any
) -> None:  # fmt: skip
    """Each content is where the new ledger keeps its own, and verify reads it there."""
    monkeypatch.setenv(contents.ENVIRONMENT, str(tmp_path / "old"))
    for of, content in (("CE6-D", PNG), ("CE6-S", PNG), ("CE6-S", b"%PDF-1.7 paper")):
        v.attach(LI, of=of, content=content, name="paper")
    assert backup(tmp_path / "lab.zip").contents == 2
    before = head().hash
    monkeypatch.setenv(contents.ENVIRONMENT, str(tmp_path / "new"))
    assert len(verify().findings) == 3  # nothing there yet
    name = f"farside_test_restored_{before[:12]}"
    server = postgresql_server if store.vendor == "sqlite" else None
    again, owner = str(tmp_path / "again.sqlite3"), None
    if server:
        server.run(f'CREATE DATABASE "{name}"')
        again, owner = server.app(name), f"{server.address}/{name}"
    try:
        assert restore(tmp_path / "lab.zip", again, owner).contents == 2
        assert head().hash == before
        assert verify().sound
        assert [contents.read(each["sha256"]) for each in attachments("sample", "CE6-S")] == [PNG, b"%PDF-1.7 paper"]
    finally:
        database.use(stocked)
        if server:
            server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_an_archive_whose_attachment_was_altered_makes_no_ledger(
    stocked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv(contents.ENVIRONMENT, str(tmp_path / "old"))
    v.attach(LI, of="CE6-D", content=PNG, name="core.png")
    backup(tmp_path / "lab.zip")
    monkeypatch.setenv(contents.ENVIRONMENT, str(tmp_path / "new"))
    file = altered(tmp_path / "lab.zip", lambda name, content: content + b"!" if name.startswith("contents/") else content)
    with pytest.raises(Refused, match="is not what its name says"):
        restore(file, str(tmp_path / "again.sqlite3"))
    assert not (tmp_path / "again.sqlite3").exists()
    database.use(stocked)


def test_a_backup_is_of_one_moment_and_another_replaces_it(stocked: str, packed: Path) -> None:
    first = packed.read_bytes()
    v.add_site(LI, site="KM", name="Kunming")
    said = backup(packed)
    assert said.events == Event.objects.count()
    assert packed.read_bytes() != first
    assert [file.name for file in packed.parent.iterdir()] == ["lab.zip"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, content: content.replace(b"Shaoshan", b"Shaoshen"), "its hash is not|is not what it says|does not follow"),
        (lambda name, content: b"\n".join(content.split(b"\n")[:-3]) + b"\n" if name == "events.jsonl" else content, "not what it says"),
        (lambda name, content: b"[]" if name == "ledger.json" else content, "no archive of a ledger"),
        (lambda name, content: content.replace(b'"version": 1', b'"version": 2'), "reads farside-ledger 1"),
    ],
)
@pytest.mark.usefixtures("made_by_copy")
def test_an_archive_that_was_altered_makes_no_ledger(stocked: str, packed: Path, tmp_path: Path, change: Any, says: str) -> None:
    target = tmp_path / "again.sqlite3"
    with pytest.raises(Refused, match=says):
        restore(altered(packed, change), str(target))
    assert {file.name for file in tmp_path.iterdir()} == {"lab.zip", "altered.zip"}
    database.use(stocked)


@pytest.mark.parametrize("line", ["{}", "[]", "7", "{", '{"number": 1}'])
def test_a_line_that_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="a line that is no event"):
        archive._told(line)


def test_what_is_no_archive_or_in_the_way_is_said(stocked: str, packed: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for file, says in ((tmp_path / "text", "no archive"), (tmp_path / "nowhere", "No such file")):
        with pytest.raises(Refused, match=says):
            restore(file, str(tmp_path / "again.sqlite3"))
    (tmp_path / "there.sqlite3").write_text("mine")
    with pytest.raises(database.LedgerError, match="a file is there already"):
        restore(packed, str(tmp_path / "there.sqlite3"))
    assert (tmp_path / "there.sqlite3").read_text() == "mine"
    with pytest.raises(Refused, match="there is no folder"):
        backup(tmp_path / "nowhere" / "lab.zip")
    content = packed.read_bytes()
    packed.write_bytes(content[: len(content) // 2])
    with pytest.raises(Refused, match="no archive of a ledger, or a damaged one"):
        restore(packed, str(tmp_path / "again.sqlite3"))
    assert not (tmp_path / "again.sqlite3").exists()
    database.use(stocked)


def test_an_interrupted_backup_leaves_the_old_one(stocked: str, packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = packed.read_bytes()

    def interrupted(*_: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "now_utc", interrupted)
    with pytest.raises(KeyboardInterrupt):
        backup(packed)
    assert packed.read_bytes() == before
    assert [file.name for file in packed.parent.iterdir()] == ["lab.zip"]


@pytest.mark.usefixtures("made_by_copy")
def test_an_interrupted_restore_leaves_nothing(stocked: str, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "verify", interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(packed, str(tmp_path / "again.sqlite3"))
    assert [file.name for file in tmp_path.iterdir()] == ["lab.zip"]
    database.use(stocked)


def test_a_backup_while_a_batch_is_open_elsewhere_holds_only_what_was_sealed(stocked: str, tmp_path: Path) -> None:
    """What is written in a transaction that is not over is in no backup of another process."""
    import subprocess
    import sys

    code = "import sys; from farside.curation import database; database.require_open(sys.argv[1]); from pathlib import Path;"
    code += "from farside.curation.archive import backup; print(backup(Path(sys.argv[2])).events)"
    sealed = Event.objects.count()
    with batch():
        v.add_site(LI, site="KM", name="Kunming")
        asked = subprocess.run([sys.executable, "-c", code, stocked, str(tmp_path / "lab.zip")], capture_output=True, text=True, timeout=60)
    assert asked.stdout.strip() == str(sealed), asked.stderr
    with zipfile.ZipFile(tmp_path / "lab.zip") as packed:
        lines = packed.read("events.jsonl").decode("utf-8").splitlines()
    assert json.loads(lines[-1])["number"] == sealed - 1
