"""Many writers, writers killed, full disks, clocks set back, migrations broken off: one winner, nothing half, and a message that helps."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from farside.curation import database, rules
from farside.curation import ledger as ledger_module
from farside.curation.ledger import Act, Refused, batch, head, writing
from farside.curation.models import Event, Sample
from farside.curation.rules.sqlite import installed
from farside.curation.samples import child
from farside.curation.verify import verify

LI = Act(by="li")
ROUNDS, WRITERS = 50, 8
GRAMS_5 = 5_000_000

WORKER = """
import sys
from farside.curation import database
database.set_up()
database.use(sys.argv[1])
from farside.curation.ledger import Act, Refused, writing
def take(code, mass_ug):
    try:
        with writing(Act(by="li"), "take") as entry:
            entry.move(code, "consumed:change6", mass_ug)
        return True
    except Refused:
        return False
"""

RACER = (
    WORKER
    + """
print("ready", flush=True)
for line in sys.stdin:
    code = line.strip()
    print(code if take(code, 5_000_000) else "-", flush=True)
"""
)

WRITER = (
    WORKER
    + """
for _ in range(200):
    take("CE6-D", 1_000)
    print(_, flush=True)
"""
)


def start(program: str, address: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", program, address], stdin=pipe, stdout=pipe, text=True, env=environment)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_eight_take_the_same_five_grams_and_one_has_them(stocked: str) -> None:
    """Eight processes are started once; each round all of them are told the same sample at the same moment."""
    codes = [f"CE6-G{i}" for i in range(ROUNDS)]
    with writing(LI, "split") as entry:
        for code in codes:
            child(entry, entry.get(Sample, "CE6-S"), form="powder", mass_ug=GRAMS_5, code=code)
    connection.close()
    writers = [start(RACER, stocked) for _ in range(WRITERS)]
    try:
        assert [said(writer) for writer in writers] == ["ready"] * WRITERS
        for code in codes:
            for writer in writers:
                assert writer.stdin is not None
                writer.stdin.write(code + "\n")
                writer.stdin.flush()
            winners = [said(writer) for writer in writers]
            assert sorted(winners) == ["-"] * (WRITERS - 1) + [code]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    report = verify()
    assert report.sound, report.findings
    assert Event.objects.filter(verb="take").count() == ROUNDS


@pytest.mark.parametrize("after", [3, 40])
def test_a_writer_killed_leaves_nothing_half(after: int, stocked: str) -> None:
    """kill -9 amid 200 writes, at some moment after so many: what was said to be in is in, and the next writer goes on."""
    before = head().number
    connection.close()
    writer = start(WRITER, stocked)
    try:
        for _ in range(after):
            said(writer)
        time.sleep(random.Random(after).uniform(0, 0.02))
    finally:
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
    written = after + len(rest.split())
    assert before + written <= head().number <= before + written + 1
    assert head().number < before + 200
    assert verify().sound
    with writing(LI, "take") as entry:
        entry.move("CE6-D", "consumed:change6", 1_000)
    report = verify()
    assert report.sound, report.findings


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_nothing_half_and_says_so(stocked: str) -> None:
    database.use(stocked, owner=True)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    before = head().number
    with pytest.raises(Refused, match="the disk is full; nothing was written"), batch():
        for i in range(1000):
            with writing(LI, "note") as entry:
                entry.note(words="x" * 10_000, i=i)
    database.use(stocked)
    assert head().number == before
    assert verify().sound
    with writing(LI, "note"):
        pass


def test_a_clock_set_back_writes_nothing_and_says_so(stocked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = head()
    monkeypatch.setattr(ledger_module, "now_utc", lambda: "2001-01-01T00:00:00.000Z")
    with pytest.raises(Refused, match=r"this computer's clock is \d+ s behind; set it right"), writing(LI, "note"):
        pass
    assert head() == before
    assert verify().sound


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_table_rebuilt_by_django_has_its_rules_again(ledger: str) -> None:
    """`alter_field` makes a new table on SQLite and drops the old one's triggers without a word."""
    from django.db import models

    database.use(ledger, owner=True)
    old, new = Sample._meta.get_field("title"), models.CharField(max_length=300, default="")
    new.set_attributes_from_name("title")
    new.model = Sample
    rules.uninstall_before(None, "default")
    with connection.schema_editor() as editor:
        editor.alter_field(Sample, old, new)
        editor.alter_field(Sample, new, old)
    with connection.cursor() as cursor:
        assert not installed(cursor)
    rules.install_after(None, "default")
    assert not rules.differences(connection)
    database.require_open(ledger)
    assert verify().sound


def test_a_migration_broken_off_does_not_open_and_init_mends_it(ledger: str, request: pytest.FixtureRequest) -> None:
    owner = ledger
    if connection.vendor == "postgresql":
        owner = f"{request.getfixturevalue('postgresql_server').address}/{ledger.rsplit('/', maxsplit=1)[1]}"
    program = """
import os, sys
from farside.curation import database
database.set_up()
from farside.curation import rules
database.use(sys.argv[1], owner=True)
rules.install = lambda connection: os._exit(9)
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
    connection.close()
    with start(program, owner) as migration:
        assert migration.wait() == 9
    with pytest.raises(rules.RulesError, match=r"is missing.* and \d+ more\. Look for who changed"):
        database.require_open(ledger)
    assert not verify().sound
    database.create(ledger, owner)
    database.require_open(ledger)
    assert verify().sound
