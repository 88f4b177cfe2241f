"""What only a foreign shell can do, `verify` finds: it says what, and names the first bad entry."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from farside.curation import database, rules
from farside.curation.verify import Finding, verify
from forging import run

FILLED = ("person", "mission", "site", "cabinet", "slot", "balance", "sample", "call", "offer", "proposal", "allocation", "review", "loan")
EDITED = {
    "person": "institution = 'elsewhere'",
    "mission": "flight_digest = 'f'",
    "site": "name = 'elsewhere'",
    "cabinet": "alarm = 'none'",
    "slot": "cabinet = 'BJ-A1'",
    "balance": "tolerance_ug = tolerance_ug + 1",
    "sample": "mass_ug = mass_ug + 1",
    "call": "title = 'over'",
    "offer": "mass_ug = mass_ug + 1",
    "proposal": "title = 'another'",
    "allocation": "asked_ug = asked_ug + 1",
    "review": "score = 1",
    "loan": "due = '2098-01-01'",
}
CODES = {
    "person": "ito",
    "mission": "change6",
    "site": "SS",
    "cabinet": "SS-V1",
    "slot": "SS-V1-3",
    "balance": "XPR",
    "sample": "CE6-R",
    "call": "CALL-1",
    "offer": "CALL-1:CE6-R",
    "proposal": "P-1",
    "allocation": "P-1:CE6-R",
    "review": "P-1:zhao",
    "loan": "L-1",
}

RECORD = {
    "a text edited": ("UPDATE curation_event SET text = replace(text, 'BJ-N1-1', 'BJ-N1-x') WHERE number = 9", "event 9: its hash is not"),
    "a hash edited": (
        "UPDATE curation_event SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE number = 9",
        "event 9: its hash is not",
    ),
    "an epoch edited": ("UPDATE curation_event SET at_utc = '1' || substr(at_utc, 2) WHERE number = 9", "event 9: it is before"),
    "a verb edited": ("UPDATE curation_event SET verb = 'lend' WHERE number = 9", "event 9: its text tells another verb"),
    "an actor edited": ("UPDATE curation_event SET actor = 'wang' WHERE number = 9", "event 9: its text tells another actor"),
    "a second person edited": ("UPDATE curation_event SET second = 'wang' WHERE number = 9", "event 9: its text tells another second"),
    "a reason edited": ("UPDATE curation_event SET reason = 'why not' WHERE number = 9", "event 9: its text tells another reason"),
    "a key edited": ("UPDATE curation_event SET key = 'k' WHERE number = 9", "event 9: its text tells another key"),
    "a predecessor edited": (
        "UPDATE curation_event SET prev = substr(prev, 2) || substr(prev, 1, 1) WHERE number = 9",
        "event 9: it does not follow",
    ),
    "an event taken out": ("DELETE FROM curation_event WHERE number = 9", "event 10: it does not follow"),
    "the first event taken out": ("DELETE FROM curation_event WHERE number = 0", "event 1: it does not follow"),
    "the last event taken out": ("DELETE FROM curation_event WHERE number = (SELECT MAX(number) FROM curation_event)", "are not as event"),
    "an event put in": (
        (
            "INSERT INTO curation_event (number, prev, hash, verb, at_utc, actor, reason, text) SELECT number + 1, hash, 'f', 'v',"
            " at_utc, 'li', '', '{}' FROM curation_event ORDER BY number DESC LIMIT 1"
        ),
        "its hash is not that of its text",
    ),
    "two events changed about": (
        (
            "UPDATE curation_event SET number = 999 WHERE number = 9; UPDATE curation_event SET number = 9 WHERE number = 10;"
            " UPDATE curation_event SET number = 10 WHERE number = 999"
        ),
        "event 9: it does not follow",
    ),
    "a mass edited": (
        "UPDATE curation_posting SET mass_ug = mass_ug + 1 WHERE event = (SELECT MAX(event) FROM curation_posting) AND line = 0",
        "its postings are not those of its text",
    ),
    "an account edited": (
        "UPDATE curation_posting SET account = 'CE6-Q' WHERE account = 'CE6-R'",
        "its postings are not those of its text",
    ),
    "a posting taken out": ("DELETE FROM curation_posting WHERE account = 'CE6-R'", "its postings are not those of its text"),
    "a posting put in": (
        "INSERT INTO curation_posting (event, line, account, mass_ug) VALUES (9, 0, 'CE6-R', 5)",
        "event 9: its postings are not those of its text",
    ),
    "a posting of no event": (
        "INSERT INTO curation_posting (event, line, account, mass_ug) VALUES (999, 0, 'CE6-R', 5)",
        "event 999: postings without an event",
    ),
    "lines changed about": (
        "UPDATE curation_posting SET line = line + 7 WHERE account = 'CE6-R'",
        "its postings are not those of its text",
    ),
    "a touch taken out": (
        "DELETE FROM curation_touch WHERE kind = 'sample' AND code = 'CE6-R'",
        "touches sample CE6-R is told and not listed",
    ),
    "a touch put in": (
        "INSERT INTO curation_touch (kind, code, event) VALUES ('sample', 'CE6-R', 1)",
        "event 1: that it touches sample CE6-R is listed and not told",
    ),
    "a touch of another kind": (
        "UPDATE curation_touch SET kind = 'slot' WHERE kind = 'site' AND code = 'SS'",
        "touches site SS is told and not",
    ),
    "a touch of another event": ("UPDATE curation_touch SET event = 1 WHERE kind = 'site' AND code = 'SS'", "touches site SS is"),
}


@contextmanager
def foreign(address: str, server: Any) -> Iterator[None]:
    """A shell that may do everything and undoes it at the end; the rules are put back before `verify` looks."""
    owner = address if connection.vendor == "sqlite" else f"{server.address}/{address.rpartition('/')[2]}"
    database.use(owner, owner=True)
    try:
        with transaction.atomic():
            if connection.vendor == "sqlite":
                run("PRAGMA ignore_check_constraints = ON")
                rules.uninstall(connection)
            else:
                run("SET LOCAL session_replication_role = replica")
            yield
            transaction.set_rollback(True)
    finally:
        database.use(address)


def found(*statements: str) -> tuple[Finding, ...]:
    """What is found after these statements, once the rules are as they were."""
    for statement in statements:
        run(statement)
    if connection.vendor == "sqlite":
        rules.install(connection)
    report = verify()
    assert not report.sound
    return report.findings


@pytest.fixture
def shell(busy: str, request: pytest.FixtureRequest) -> Iterator[None]:
    server = request.getfixturevalue("postgresql_server") if connection.vendor == "postgresql" else None
    with foreign(busy, server):
        yield


@pytest.mark.parametrize(("sql", "words"), [pytest.param(*damage, id=name) for name, damage in RECORD.items()])
def test_damage_to_the_record_is_found_and_named(sql: str, words: str, shell: None) -> None:
    findings = found(*sql.split("; "))
    assert any(words in str(finding) for finding in findings), findings
    if words.startswith("event "):
        assert str(findings[0]).startswith(words.partition(":")[0]), findings


@pytest.mark.parametrize("kind", FILLED)
def test_an_edited_row_is_found(kind: str, shell: None) -> None:
    findings = found(f"UPDATE curation_{kind} SET {EDITED[kind]} WHERE code = '{CODES[kind]}'")
    column = EDITED[kind].partition(" ")[0]
    assert re.match(rf"{kind} {CODES[kind]}: {column} is not as event \d+ tells", str(findings[0])), findings


@pytest.mark.parametrize("kind", FILLED)
def test_a_row_taken_out_is_found(kind: str, shell: None) -> None:
    findings = found(f"DELETE FROM curation_{kind} WHERE code = '{CODES[kind]}'")
    assert re.search(rf"{kind} {CODES[kind]}: event \d+ tells of it, and it is not there", "\n".join(map(str, findings)))


@pytest.mark.parametrize("kind", FILLED)
def test_a_row_put_in_is_found(kind: str, shell: None) -> None:
    columns = [name for (name,) in run(f"SELECT * FROM curation_{kind} WHERE 1 = 0") or []] or _columns(kind)
    values = ", ".join("'mine'" if name == "code" else _other(kind, name) for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    findings = found(f"INSERT INTO curation_{kind} ({names}) SELECT {values} FROM curation_{kind} WHERE code = '{CODES[kind]}'")
    assert f"{kind} mine: no event tells of it" in map(str, findings), findings


@pytest.mark.parametrize("kind", FILLED)
def test_a_row_put_under_another_event_is_found(kind: str, shell: None) -> None:
    findings = found(f"UPDATE curation_{kind} SET event = 1 WHERE code = '{CODES[kind]}'")
    assert str(findings[0]).startswith(f"{kind} {CODES[kind]}: event is not as event"), findings


def _columns(kind: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, f"curation_{kind}")]


def _other(kind: str, name: str) -> str:
    """A column's value in a copy of a row, other where the column is unique."""
    unique = {
        ("loan", "sample"): "'CE6-Q'",
        ("loan", "allocation"): "'P-2:CE6-N'",
        ("sample", "slot"): "NULL",
        ("offer", "sample"): "'CE6-Q'",
        ("allocation", "sample"): "'CE6-Q'",
        ("review", "reviewer"): "'weber'",
    }
    return unique.get((kind, name), f'"{name}"')


def test_an_event_written_whole_by_a_foreign_shell_is_found_by_what_it_changes(shell: None) -> None:
    """Hashes, postings and rows agree; what it does to a sample is against what samples are."""
    from forging import Forged

    Forged(touched=[("sample", "CE6-P", {"purpose": "public"}), ("sample", "CE6-X", {"returned": False})]).write()
    number = run("SELECT MAX(number) FROM curation_event")[0][0]
    words = list(map(str, found()))
    assert f"event {number}: it changes purpose of sample CE6-P, which never changes" in words
    assert f"event {number}: it changes returned of sample CE6-X, which never changes" in words


def test_a_state_of_other_columns_or_types_is_found(shell: None) -> None:
    from forging import Forged

    Forged(touched=[("sample", "CE6-Q", {})], lie=lambda told: told["states"]["sample"][0].update(extra=None)).write()
    number = run("SELECT MAX(number) FROM curation_event")[0][0]
    Forged(touched=[("sample", "CE6-R", {})], lie=lambda told: told["states"]["sample"][0].update(returned=0)).write()
    Forged(touched=[("sample", "CE6-P", {})], lie=lambda told: told["states"]["sample"][0].pop("title")).write()
    words = "\n".join(map(str, found()))
    assert f"event {number}: it tells of sample CE6-Q other columns than a sample has" in words
    assert f"sample CE6-R: event is not as event {number + 1} tells" in words
    assert f"event {number + 2}: its text cannot be read: 'title'" in words


def test_a_mass_below_zero_written_whole_is_found(shell: None) -> None:
    from forging import Forged

    if connection.vendor == "postgresql":
        run("ALTER TABLE curation_sample DROP CONSTRAINT sample_mass_is_never_below_zero, DROP CONSTRAINT sample_reserved_is_within_mass")
    Forged([("CE6-Q", -6_000_000), ("lost:change6", 6_000_000)], [("sample", "CE6-Q", {})]).write()
    words = "\n".join(map(str, found()))
    assert "it takes more of CE6-Q than there is" in words
    assert "sample CE6-Q: it is against sample_mass_is_never_below_zero" in words


def test_a_head_noted_elsewhere_tells_a_chain_written_anew(busy: str) -> None:
    assert verify(known=(3, run("SELECT hash FROM curation_event WHERE number = 3")[0][0])).sound
    assert [str(f) for f in verify(known=(3, "0" * 64)).findings] == [
        "event 3: its hash is not 0000000000000000..., the one noted elsewhere"
    ]


# Tables and rules

STRUCTURE = {
    "a rule dropped": (
        'DROP TRIGGER "event_balances_insert"',
        "DROP TRIGGER event_insert_rules ON curation_event",
        r"rules: the rule (event_balances_insert|event_insert_rules) is missing",
    ),
    "a rule of another's": (
        "CREATE TRIGGER mine AFTER INSERT ON curation_event BEGIN SELECT 1; END",
        "CREATE TRIGGER mine AFTER INSERT ON curation_event FOR EACH ROW EXECUTE FUNCTION touch_insert_rules()",
        "rules: the trigger mine is not declared",
    ),
    "a rule that never fires": (
        (
            'DROP TRIGGER "event_balances_insert"; CREATE TRIGGER "event_balances_insert" BEFORE INSERT'
            ' ON "curation_event" BEGIN SELECT 1; END'
        ),
        "ALTER TABLE curation_event DISABLE TRIGGER event_insert_rules",
        r"rules: the rule \w+ was altered",
    ),
    "a rule with another condition": (
        (
            'DROP TRIGGER "event_balances_insert"; CREATE TRIGGER "event_balances_insert" BEFORE INSERT'
            ' ON "curation_event" WHEN 0 BEGIN SELECT 1;'
            " END"
        ),
        (
            "DROP TRIGGER event_insert_rules ON curation_event; CREATE TRIGGER event_insert_rules BEFORE INSERT ON curation_event"
            " FOR EACH ROW WHEN (false) EXECUTE FUNCTION event_insert_rules()"
        ),
        r"rules: the rule \w+ was altered",
    ),
    "an index dropped": (
        'DROP INDEX "loan_one_open_a_sample"',
        "DROP INDEX loan_one_open_a_sample",
        r"tables: loan: the unique key \(\('sample',\), True\) is missing",
    ),
    "a table that looks like ours": (
        "CREATE TABLE curation_more (code text)",
        "CREATE TABLE curation_more (code text)",
        "tables: the table curation_more is not declared",
    ),
    "a column more": (
        "ALTER TABLE curation_event ADD COLUMN more text",
        "ALTER TABLE curation_event ADD COLUMN more text",
        r"tables: event: the column \('more'",
    ),
}


@pytest.mark.parametrize("damage", [pytest.param(damage, id=name) for name, damage in STRUCTURE.items()])
def test_damage_to_rules_and_tables_is_found(damage: tuple[str, str, str], busy: str, request: pytest.FixtureRequest) -> None:
    sqlite, postgresql, words = damage
    server = request.getfixturevalue("postgresql_server") if connection.vendor == "postgresql" else None
    with foreign(busy, server):
        if connection.vendor == "sqlite":
            rules.install(connection)
        for statement in re.split(r"; (?=CREATE)", sqlite if connection.vendor == "sqlite" else postgresql):
            run(statement)
        findings = list(map(str, verify().findings))
    assert any(re.search(words, each) for each in findings), findings


REBUILT = {
    "a check altered": ('"mass_ug" >= 0)', '"mass_ug" >= -9)', "the constraint sample_mass_is_never_below_zero is missing or altered"),
    "a check dropped": (
        'CONSTRAINT "sample_mass_is_never_below_zero" CHECK ("mass_ug" >= 0), ',
        "",
        "sample_mass_is_never_below_zero is missing",
    ),
    "a reference dropped": (' REFERENCES "curation_mission" ("code") DEFERRABLE INITIALLY DEFERRED', "", "the reference ('mission'"),
    "a key without order": ('"code" varchar(80) NOT NULL PRIMARY KEY', '"code" varchar(80) NOT NULL', "the unique key (('code',), False)"),
    "a column that may be null": ('"status" varchar(10) NOT NULL', '"status" varchar(10) NULL', "the column ('status'"),
    "another order of letters": (
        '"status" varchar(10) NOT NULL',
        '"status" varchar(10) NOT NULL COLLATE NOCASE',
        "says more than is declared",
    ),
}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in REBUILT.items()])
def test_a_table_rebuilt_otherwise_is_found(change: tuple[str, str, str], busy: str, tmp_path: Path) -> None:
    """By a plain shell, which turns the schema's table into what it likes."""
    old, new, words = change
    copy = shutil.copyfile(busy, tmp_path / "copy.sqlite3")
    shell = sqlite3.connect(copy)
    shell.executescript("PRAGMA writable_schema = ON")
    before = shell.execute("SELECT sql FROM sqlite_master WHERE name = 'curation_sample'").fetchone()[0]
    assert old in before
    shell.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'curation_sample'", [before.replace(old, new)])
    if "PRIMARY KEY" in old:
        shell.execute("DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_curation_sample_2'")
        shell.execute(
            "UPDATE sqlite_master SET name = 'sqlite_autoindex_curation_sample_1' WHERE name = 'sqlite_autoindex_curation_sample_2'"
        )
    shell.commit()
    shell.close()
    database.use(copy)
    try:
        findings = list(map(str, verify().findings))
    finally:
        database.use(busy)
    assert any(words in each for each in findings), findings


POSTGRESQL = {
    "a check altered": (
        (
            "ALTER TABLE curation_sample DROP CONSTRAINT sample_mass_is_never_below_zero,"
            " ADD CONSTRAINT sample_mass_is_never_below_zero CHECK (mass_ug >= -9)"
        ),
        "sample_mass_is_never_below_zero is missing or altered",
    ),
    "a check not asked": (
        (
            "ALTER TABLE curation_sample DROP CONSTRAINT sample_mass_is_never_below_zero,"
            " ADD CONSTRAINT sample_mass_is_never_below_zero CHECK (mass_ug >= 0) NOT VALID"
        ),
        "sample_mass_is_never_below_zero is missing",
    ),
    "references switched off": ("ALTER TABLE curation_sample DISABLE TRIGGER ALL", "its references are switched off"),
    "a column's type": (
        "ALTER TABLE curation_token ALTER COLUMN digest TYPE text; ALTER TABLE curation_posting ALTER COLUMN mass_ug TYPE numeric",
        "the column ('mass_ug'",
    ),
    "a table that inherits": ("CREATE TABLE mine () INHERITS (curation_posting)", "its table is more than one"),
    "a policy": ("ALTER TABLE curation_event ENABLE ROW LEVEL SECURITY", "its table is more than one"),
    "a rewriting rule": ("CREATE RULE mine AS ON UPDATE TO curation_event DO INSTEAD NOTHING", "its table is more than one"),
    "a function of another's": (
        "CREATE OR REPLACE FUNCTION event_insert_rules() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "the rule event_balances_insert is missing",
    ),
    "a function's settings": ("ALTER FUNCTION event_insert_rules() RESET search_path", "the rule event_insert_rules was altered"),
    "a function for the owner": ("ALTER FUNCTION event_insert_rules() SECURITY DEFINER", "the rule event_insert_rules was altered"),
    "a default": ("ALTER TABLE curation_sample ALTER COLUMN status SET DEFAULT 'held'", "the column ('status'"),
}


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("damage", [pytest.param(damage, id=name) for name, damage in POSTGRESQL.items()])
def test_what_a_superuser_alters_is_found(damage: tuple[str, str], shell: None) -> None:
    sql, words = damage
    findings = found(*re.split("; (?=ALTER)", sql))
    assert any(words in str(finding) for finding in findings), findings


# One flipped byte

FLIPS = 20


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_one_flipped_byte_is_found_wherever_it_lies(busy: str, tmp_path: Path) -> None:
    """In 20 places of a seeded draw over the bytes that hold content: tables, their indexes and the schema; each in a copy of its own."""
    connection.close()
    whole = Path(busy).read_bytes()
    places = _content(Path(busy), whole)
    draw = random.Random(6)
    missed = []
    for place in draw.sample(places, FLIPS):
        copy = tmp_path / f"{place}.sqlite3"
        flipped = bytearray(whole)
        flipped[place] ^= 1 << draw.randrange(8)
        copy.write_bytes(flipped)
        database.use(copy)
        report = verify()
        connection.close()
        if report.sound:
            missed.append((place, whole[place], flipped[place]))
    database.use(busy)
    assert not missed


def _content(file: Path, whole: bytes) -> list[int]:
    """Where cells lie on the pages of the ledger's tables and indexes: their payload, by `dbstat` and the file format."""
    shell = sqlite3.connect(file)
    size = shell.execute("PRAGMA page_size").fetchone()[0]
    pages = shell.execute(
        "SELECT pageno FROM dbstat WHERE name LIKE 'curation%' OR name LIKE 'sqlite_autoindex_curation%'"
        " OR name LIKE 'loan%' AND pagetype IN ('leaf', 'internal', 'overflow')"
    ).fetchall()
    unsaid = shell.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'curation_token' AND rootpage > 0").fetchall()
    shell.close()
    places: list[int] = []
    for (page,) in sorted(set(pages) - set(unsaid)):
        start = (page - 1) * size
        if whole[start] in (0x02, 0x05, 0x0A, 0x0D):
            cells = int.from_bytes(whole[start + 5 : start + 7], "big") or 65536
            gaps = _gaps(whole[start : start + size])
            places += [start + at for at in range(cells, size) if at not in gaps]
        else:
            places += range(start + 4, start + size)
    return [place for place in places if whole[place] not in (0,)]


def _gaps(page: bytes) -> set[int]:
    """Free bytes between the cells of a page."""
    found: set[int] = set()
    at = int.from_bytes(page[1:3], "big")
    while at:
        found |= set(range(at, at + int.from_bytes(page[at + 2 : at + 4], "big")))
        at = int.from_bytes(page[at : at + 2], "big")
    return found


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_one_changed_letter_is_found_wherever_it_lies(shell: None) -> None:
    """The same on PostgreSQL, whose files have checksums of their own: one letter of one value, in 20 places of a seeded draw."""
    draw = random.Random(6)
    columns = run(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE 'curation\\_%%' AND table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND table_name <> 'curation_token'",
    )
    done = 0
    while done < FLIPS:
        table, column = draw.choice(columns)
        filled = run(f'SELECT ctid::text, "{column}" FROM {table} WHERE length("{column}") > 0 ORDER BY 1')
        if not filled:
            continue
        place, value = draw.choice(filled)
        at = draw.randrange(len(value))
        flipped = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        with suppress(IntegrityError), transaction.atomic():  # a word that a constraint knows is none of these
            run(f'UPDATE {table} SET "{column}" = %s WHERE ctid = %s::tid', flipped, place)
            assert not verify().sound, (table, column, value, flipped)
            done += 1
            transaction.set_rollback(True)
