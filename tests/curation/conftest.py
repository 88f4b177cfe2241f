"""A ledger for each test, on SQLite and on PostgreSQL, with real commits: a copied file, a database made from a template."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="needs the extra lab (Django)")

from farside.curation import database

os.environ.setdefault(database.ENVIRONMENT, "/nowhere/lab.sqlite3")  # no test works on a ledger of its user's
database.set_up()

DELIVERY = Path(__file__).parents[1] / "reference" / "delivery_change6.json"
APP_ROLE = "farside_lab_test"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server: the address of its owner's user, without a database."""

    address: str

    def run(self, *statements: str, name: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(f"{self.address}/{name}", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def drop(self, names: Iterable[str]) -> None:
        """Databases away, several at a time: each drop waits for the server's disk."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'), names))

    def app(self, name: str) -> str:
        scheme, _, rest = self.address.partition("://")
        return f"{scheme}://{APP_ROLE}@{rest.partition('@')[2]}/{name}"


def _answers(address: str) -> bool:
    import psycopg

    try:
        psycopg.connect(f"{address}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _private_cluster(folder: Path) -> str | None:
    """The address of a cluster of our own, where `initdb` exists; root runs it as another user, for PostgreSQL refuses root."""
    initdb = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
    if initdb is None:
        return None
    become: dict[str, Any] = {}
    if os.geteuid() == 0:
        with suppress(KeyError):
            become = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid}
            shutil.chown(folder, "postgres")
        if not become:
            return None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, binaries = folder / "data", Path(initdb).resolve().parent
    subprocess.run([initdb, "-D", str(data), "-A", "trust", "-U", "owner", "-E", "UTF8"], check=True, capture_output=True, **become)
    options = f"-h 127.0.0.1 -p {port} -k {folder}"
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True, **become
    )
    return f"postgresql://owner@127.0.0.1:{port}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The server on 127.0.0.1:5432 if it answers, else one of our own, else a skip that says so."""
    pytest.importorskip("psycopg", reason="needs the extra postgresql (psycopg)")
    for user in ("root", "postgres"):
        if _answers(address := f"postgresql://{user}@127.0.0.1:5432"):
            yield Server(address)
            return
    folder = Path(tempfile.mkdtemp(prefix="farside-pg-"))
    folder.chmod(0o755)
    address = _private_cluster(folder)
    if address is None:
        pytest.skip("needs PostgreSQL: a server on 127.0.0.1:5432, or initdb")
    yield Server(address)
    pg_ctl = Path(shutil.which("initdb") or "").resolve().parent / "pg_ctl"
    subprocess.run(
        [pg_ctl, "-D", folder / "data", "-m", "immediate", "stop"], capture_output=True, user="postgres" if os.geteuid() == 0 else None
    )
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Store:
    """Makes ledgers of one vendor: copies of a template, each for one test."""

    vendor: str
    copy: Callable[[str], str]
    template: Callable[..., str]  # (name, fill, the name of the template that it begins with)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Where ledgers come from: every test that uses one runs on both."""
    made: dict[str, str] = {}
    names: list[str] = []
    folder = tmp_path_factory.mktemp("ledgers")

    def sqlite_template(name: str, fill: Callable[[], None] | None, base: str | None = None) -> str:
        if name not in made:
            made[name] = str(folder / f"template-{name}.sqlite3")
            if base:
                shutil.copyfile(made[base], made[name])
                database.use(made[name])
            else:
                database.create(made[name])
            _fill(fill)
        return made[name]

    def sqlite_copy(name: str) -> str:
        target = folder / f"{name}-{len(names)}.sqlite3"
        names.append(str(target))
        shutil.copyfile(made[name], target)
        return str(target)

    if request.param == "sqlite":
        yield Store("sqlite", sqlite_copy, sqlite_template)
        _close()
        return

    server: Server = request.getfixturevalue("postgresql_server")

    def fresh() -> str:
        names.append(f"farside_test_{os.getpid()}_{len(names)}")
        return names[-1]

    def postgresql_template(name: str, fill: Callable[[], None] | None, base: str | None = None) -> str:
        if name not in made:
            made[name] = fresh()
            if base:
                server.run(f'CREATE DATABASE "{made[name]}" TEMPLATE "{made[base]}"')
                database.use(server.app(made[name]))
            else:
                server.run(f'CREATE DATABASE "{made[name]}"')
                database.create(server.app(made[name]), owner=f"{server.address}/{made[name]}")
            _fill(fill)
        return made[name]

    def postgresql_copy(name: str) -> str:
        copy = fresh()
        server.run(f'CREATE DATABASE "{copy}" TEMPLATE "{made[name]}"')
        return server.app(copy)

    yield Store("postgresql", postgresql_copy, postgresql_template)
    _close()
    server.drop(names)


def _fill(fill: Callable[[], None] | None) -> None:
    if fill is not None:
        fill()
    _close()


def _close() -> None:
    from django.db import connection

    connection.close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger on SQLite, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "lab.sqlite3"
    database.create(file)
    _close()
    return file


@pytest.fixture
def made_by_copy(empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New ledgers on SQLite are copies of an empty one, which spares two seconds of migrations each."""

    def create(ledger: str | Path) -> None:
        shutil.copyfile(empty_file, ledger)
        database.use(ledger)

    monkeypatch.setattr(database, "create", create)


@pytest.fixture
def ledger(store: Store) -> Iterator[str]:
    """An empty ledger (its genesis alone) in use; its address."""
    store.template("empty", None, None)
    yield from _used(store, "empty")


@pytest.fixture
def stocked(store: Store) -> Iterator[str]:
    """A founded laboratory with people, two sites, cabinets, a balance, and the container received, opened and separated."""
    _template(store, "stocked")
    yield from _used(store, "stocked")


@pytest.fixture
def agreed(store: Store) -> Iterator[str]:
    """The stocked laboratory in 2040, with a call, a signed agreement and a proposal that waits for the decision (`laboratory.agree`)."""
    _template(store, "agreed")
    yield from _used(store, "agreed")


@pytest.fixture
def lent(store: Store) -> Iterator[str]:
    """The same after a part of what was granted was lent (`laboratory.lend`)."""
    _template(store, "lent")
    yield from _used(store, "lent")


def _template(store: Store, name: str) -> None:
    """Templates stand on one another: a founded laboratory, an agreement in it, a loan by that."""
    from laboratory import agree, lend, stock

    base: str | None = "empty"
    store.template("empty", None, None)
    for each, step in (("stocked", stock), ("agreed", agree), ("lent", lend)):
        store.template(each, step, base)
        if each == name:
            return
        base = each


@pytest.fixture
def busy(store: Store) -> Iterator[str]:
    """The stocked laboratory with something of everything: stored, frozen, offered, reserved, lent, returned, retired (`forging.busy`)."""
    from forging import busy

    _template(store, "stocked")
    store.template("busy", busy, "stocked")
    yield from _used(store, "busy")


SPARE: dict[tuple[str, str], tuple[str, str]] = {}
"""A copy that no test has written to, by vendor and template, with its head hash (the same head is the same ledger)."""


def _used(store: Store, name: str) -> Iterator[str]:
    from farside.curation.ledger import head

    address, digest = SPARE.pop((store.vendor, name), ("", ""))
    database.use(address or (address := store.copy(name)))
    digest = digest or head().hash
    yield address
    _close()
    database.use(address)
    if head().hash == digest:
        SPARE[store.vendor, name] = address, digest
    _close()


@pytest.fixture(scope="session")
def papers() -> dict[str, Any]:
    """The papers of Chang'e-6 as a flight left them."""
    document: dict[str, Any] = json.loads(DELIVERY.read_text(encoding="utf-8"))
    return document


@pytest.fixture
def bench(stocked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stocked laboratory that has to be sound afterwards, with every microgram accounted for, whatever the test did or was refused."""
    from farside.curation import contents
    from farside.curation.verify import verify
    from farside.curation.whereabouts import whereabouts
    from laboratory import TOTAL_UG

    monkeypatch.setenv(contents.ENVIRONMENT, str(tmp_path / "contents"))
    yield stocked
    report = verify()
    assert report.sound, [str(finding) for finding in report.findings]
    there = whereabouts("change6")
    assert sum(place.mass_ug for place in there) == 0
    assert [place.mass_ug for place in there if place.account == "received"] == [-TOTAL_UG]


class Answer:
    """A status, headers, what was sent, and the document, if it is one."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.raw: bytes = response.content
        self.body: Any = json.loads(self.raw) if "json" in self.headers["Content-Type"] else None

    def __repr__(self) -> str:
        return f"<{self.status} {self.body}>"


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Ask the interface: `ask("get", "samples", by="li")`, `ask("post", "verbs/seal", {...}, by="li", second="wang", key="k")`.

    People are given a token when they first ask; `token` sends one as it is.
    """
    from django.test import Client

    from farside.curation import tokens

    client, given = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1"), dict[str, str]()

    def secret(person: str) -> str:
        if person not in given:
            given[person] = tokens.issue(person)
        return given[person]

    def asked(
        method: str, address: str, body: Any = None, *, by: str | None = None, second: str | None = None, key: str | None = None,
        token: str | None = None,
    ) -> Answer:  # fmt: skip
        headers = {}
        if by or token:
            headers["Authorization"] = f"Bearer {token or secret(str(by))}"
        if second:
            headers["X-Second-Token"] = secret(second)
        if key:
            headers["Idempotency-Key"] = key
        content = {} if body is None else {"data": body if isinstance(body, str) else json.dumps(body), "content_type": "application/json"}
        return Answer(getattr(client, method)(f"/api/{address}", headers=headers, **content))

    return asked
