"""The site as it starts: safe settings, secrets from the environment, no ledger without its rules; and what the library does not load."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from farside.curation import database
from laboratory_site import PASSWORD


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, with the site's settings."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "farside.web.settings", **environment}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=variables, check=False)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger of its genesis alone, on SQLite."""
    ledger = str(tmp_path_factory.mktemp("site") / "lab.sqlite3")
    database.create(ledger)
    return ledger


def test_the_site_checks_clean_for_deployment(empty: str) -> None:
    done = run("-m", "farside.web", "check", "--deploy", "--fail-level", "WARNING", FARSIDE_LAB=empty, FARSIDE_LAB_HTTPS="1")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_site_opens_a_ledger_whose_rules_are_there_and_no_other(empty: str, tmp_path: Path) -> None:
    for server in ("wsgi", "asgi"):
        start = ("-c", f"from farside.web.{server} import application; print(type(application).__name__)")
        assert run(*start, FARSIDE_LAB=empty).stdout.strip() == f"{server.upper()}Handler"
        gone = run(*start, FARSIDE_LAB=str(tmp_path / "none.sqlite3"))
        assert "LedgerError" in gone.stderr
        assert gone.returncode == 1
    altered = tmp_path / "altered.sqlite3"
    shutil.copyfile(empty, altered)
    with sqlite3.connect(altered) as foreign:
        foreign.execute("DROP TRIGGER event_is_never_changed_update")
    foreign.close()
    refused = run("-c", "import farside.web.wsgi", FARSIDE_LAB=str(altered))
    assert refused.returncode == 1
    assert "the rule event_is_never_changed_update is missing" in refused.stderr


def test_secrets_and_hosts_come_from_the_environment() -> None:
    show = "from farside.web import settings as s; print(s.SECRET_KEY == 'x' * 60, len(s.SECRET_KEY) > 50, *s.ALLOWED_HOSTS, s.DEBUG)"
    assert run("-c", show).stdout.split() == ["False", "True", "127.0.0.1", "localhost", "[::1]", "False"]
    given = run("-c", show, FARSIDE_LAB_SECRET="x" * 60, FARSIDE_LAB_HOSTS="lab.example").stdout.split()
    assert given == ["True", "True", "lab.example", "False"]


def test_the_laboratory_loads_nothing_of_the_simulator(empty: str) -> None:
    load = "import sys, farside.curation, farside.web.wsgi, farside.web.urls; print(*sys.modules)"
    loaded = run("-c", load, FARSIDE_LAB=empty).stdout.split()
    assert {"farside.curation", "farside.web.api"} <= set(loaded)
    assert not {"numba", "numpy", "matplotlib", "astropy", "skyfield", "xarray"} & set(loaded)
    rooms = {name.split(".")[1] for name in loaded if name.startswith("farside.")}
    assert rooms == {"curation", "delivery", "web"}


def test_a_site_is_opened_as_the_page_says(tmp_path: Path) -> None:
    """Ledger, tables of the site, a person, a password, and the person is in."""
    here = {key: value for key, value in os.environ.items() if not key.startswith(("FARSIDE_LAB", "DJANGO"))}
    told = here | {"FARSIDE_LAB": str(tmp_path / "lab.sqlite3"), "FARSIDE_LAB_SECRET": "s" * 60}
    lab, site = [sys.executable, "-m", "farside.cli.main", "lab"], [sys.executable, "-m", "farside.web"]
    found = ["found", "Li Wei", "--institution", "NAOC", "--site", "BJ", "--site-name", "Beijing", "--by", "li"]
    for words, typed in (([*lab, "init"], ""), ([*site, "migrate"], ""), ([*lab, *found], ""), ([*site, "password", "li"], PASSWORD)):
        done = subprocess.run(words, env=told, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    program = (
        "import django; django.setup(); from django.test import Client; client = Client(SERVER_NAME='127.0.0.1');"
        f" answer = client.post('/sign-in', {{'username': 'li', 'password': {PASSWORD!r}}});"
        " assert answer.status_code == 302, answer.status_code; assert client.get('/bench').status_code == 200"
    )
    known = told | {"DJANGO_SETTINGS_MODULE": "farside.web.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
