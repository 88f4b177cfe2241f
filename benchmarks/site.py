"""The laboratory's site under load: 50 readers and 5 writers at once, on this machine alone.

    python -m benchmarks.site [LEDGER] [--owner ADDRESS]

A demonstration is made in the ledger (a SQLite file in a temporary folder when none is named, or an empty PostgreSQL database), served by
gunicorn with two workers of eight threads on 127.0.0.1, and asked by people in sessions of their own: each reader opens a page, looks at it
for a second, opens the next; each writer splits a milligram off a sample of theirs by the form, once in two seconds. Bounded in requests.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from argparse import ArgumentParser
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.measure import CHECKOUT, machine

READERS, WRITERS = 50, 5
PAGES, SPLITS = 20, 10  # of each reader, of each writer
READ_S, WRITE_S = 1.0, 2.0
ADDRESSES = (
    "/bench", "/samples", "/samples/at/CE6-S-RES", "/samples/core/CE6-D", "/vaults", "/vaults/N1", "/rounds", "/rounds/R1",
    "/loans", "/loans/L1", "/catalogue", "/audit", "/audit/40", "/samples/proof/CE6-D-01",
)  # fmt: skip
PASSWORD = secrets.token_urlsafe(12)


class Visitor:
    """A session: its cookies, and how long each answer took [s]."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.took = port, dict[str, str](), list[float]()
        self.statuses: Counter[int] = Counter()
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, address: str, form: dict[str, str] | None = None) -> str:
        """The page at an address; redirects are followed, the way there is timed as one."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        begin = time.perf_counter()
        self.connection.request(method, address, urllib.parse.urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        self.took.append(time.perf_counter() - begin)
        self.statuses[answer.status] += 1
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.connection.close()  # a reader who looks at a page for a second comes by a new one
        return body

    def sign_in(self, person: str) -> None:
        token = _token(self.ask("GET", "/sign-in"))
        self.ask("POST", "/sign-in", {"csrfmiddlewaretoken": token, "username": person, "password": PASSWORD})
        self.took.clear()  # a password is meant to take long


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page[:300]
    return found[1]


def read(visitor: Visitor, draw: random.Random) -> None:
    """Open pages, and look at each."""
    time.sleep(draw.random() * READ_S)
    for _ in range(PAGES):
        visitor.ask("GET", draw.choice(ADDRESSES))
        time.sleep(READ_S)


def write(visitor: Visitor, sample: str, draw: random.Random) -> None:
    """Split a milligram off a sample, again and again, by its form."""
    time.sleep(draw.random() * WRITE_S)
    for _ in range(SPLITS):
        page = visitor.ask("GET", f"/do/split?sample={sample}")
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key is not None
        sent = {"csrfmiddlewaretoken": _token(page), "key": key[1], "sample": sample, "parts-0-mass": "1 mg", "back": "/bench"}
        visitor.ask("POST", f"/do/split?sample={sample}", sent)
        time.sleep(WRITE_S)


def serve(environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The site on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "gunicorn", "farside.web.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8"]
    server = subprocess.Popen([*words, "--log-level", "warning"], env=environment)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server, port
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise RuntimeError("the site did not start")


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("ledger", nargs="?")
    parser.add_argument("--owner")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = told.ledger or str(Path(folder) / "lab.sqlite3")
        environment = {**os.environ, "FARSIDE_LAB": ledger, "FARSIDE_LAB_SECRET": secrets.token_urlsafe(64)}
        environment |= {"DJANGO_SETTINGS_MODULE": "farside.web.settings", "FARSIDE_LAB_CONTENTS": folder}
        os.environ.update(environment)
        _demonstrate(ledger, told.owner)
        server, port = serve(environment)
        try:
            readers, writers, took_s = _load(port)
        finally:
            server.terminate()
            server.wait()
        _print(ledger, readers, writers, took_s)


def _demonstrate(ledger: str, owner: str | None) -> None:
    from farside.curation import database

    database.create(ledger, owner)
    from django.contrib.auth.models import User

    from farside.curation.models import Person
    from farside.web.demonstration import demonstrate

    papers = json.loads((CHECKOUT / "tests" / "reference" / "delivery_change6.json").read_text("utf-8"))
    demonstrate(papers)
    for code in Person.objects.values_list("code", flat=True):
        User.objects.create_user(code, password=PASSWORD)


def _load(port: int) -> tuple[list[Visitor], list[Visitor], float]:
    readers, writers = [[Visitor(port) for _ in range(count)] for count in (READERS, WRITERS)]
    for i, visitor in enumerate([*readers, *writers]):
        visitor.sign_in("li.wei" if i % 2 else "chen.yu")
    threads = [threading.Thread(target=read, args=(visitor, random.Random(i))) for i, visitor in enumerate(readers)]
    samples = ("CE6-S", "CE6-S-RES", "CE6-S-PUB", "CE6-D-02", "CE6-D-03")
    threads += [threading.Thread(target=write, args=(v, samples[i], random.Random(-i))) for i, v in enumerate(writers)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return readers, writers, time.perf_counter() - begin


def _print(ledger: str, readers: list[Visitor], writers: list[Visitor], took_s: float) -> None:
    from farside.curation.verify import verify

    print(machine(), "PostgreSQL" if "://" in ledger else "SQLite")
    for name, visitors in (("reading", readers), ("writing", writers)):
        took = sorted(1e3 * each for visitor in visitors for each in visitor.took)
        statuses = sum((visitor.statuses for visitor in visitors), Counter[int]())
        p95 = statistics.quantiles(took, n=20)[-1]
        middle = statistics.median(took)
        print(f"{name}: {len(took)} answers in {took_s:.0f} s, median {middle:.0f} ms, p95 {p95:.0f} ms, statuses {dict(statuses)}")
    report = verify()
    print(f"the chain verifies: {report.sound}, {report.events} events")


if __name__ == "__main__":
    main()
