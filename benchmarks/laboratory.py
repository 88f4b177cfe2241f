"""The laboratory's ledger with 142,000 samples on SQLite: verify, audit, one sample, a batch, a backup.

    python -m benchmarks.laboratory [SAMPLES]

The ledger is filled by `restore`, from an archive whose events are sealed here: the rules are put in afterwards and everything is
verified, as with every restored ledger. The batch is written by the verbs, with every rule in place.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from farside.curation import database

database.set_up()

from farside.curation import verbs  # noqa: E402
from farside.curation.archive import backup, restore  # noqa: E402
from farside.curation.ledger import Act, batch  # noqa: E402
from farside.curation.models import Event  # noqa: E402
from farside.curation.readings import detail  # noqa: E402
from farside.curation.text import sealed_text  # noqa: E402
from farside.curation.verify import verify  # noqa: E402
from farside.curation.whereabouts import whereabouts  # noqa: E402

SAMPLES, OTHERS = 142_000, 1_000  # and as many events that split nothing: a stock-taking note each
LI = Act(by="li")


def texts(samples: int, folder: Path) -> Iterator[tuple[str, str]]:
    """The events of a ledger: some by the verbs, the others as the same verb would write them, with their hashes."""
    database.create(folder / "pattern.sqlite3")
    verbs.found(LI, name="Li Wei", institution="NAOC", site="BJ", site_name="Beijing")
    verbs.take_over(LI, sample="R0", mission="M0", mass="1 g", rock_type="Basalt", form="fragment")
    verbs.take_over(LI, sample="R1", mission="M0", mass="1 g", rock_type="Basalt", form="fragment")
    written = list(Event.objects.order_by("number").values_list("text", "hash"))
    yield from written
    pattern, prev = json.loads(written[-1][0]), written[-1][1]
    for i in range(2, samples):
        told = json.loads(json.dumps(pattern))
        mass_ug = 1_000 * (i % 977 + 1)
        told |= {"number": i + 2, "prev": prev, "postings": [["received:M0", -mass_ug], [f"R{i}", mass_ug]]}
        told["data"] |= {"sample": f"R{i}", "mass": mass_ug}
        told["states"]["sample"][0] |= {"code": f"R{i}", "mass_ug": mass_ug}
        text, prev = sealed_text(told)
        yield text, prev
    state = pattern["states"]["sample"][0] | {"code": "R0", "mass_ug": 1_000_000}
    for i in range(samples, samples + OTHERS):
        told = pattern | {"number": i + 2, "prev": prev, "verb": "take_stock", "data": {}, "postings": [], "states": {"sample": [state]}}
        text, prev = sealed_text(told)
        yield text, prev


def pack(file: Path, samples: int, folder: Path) -> None:
    """An archive of such a ledger."""
    count, head = 0, ""
    with zipfile.ZipFile(file, "w") as packed:
        with packed.open("events.jsonl", "w") as out:
            for text, head in texts(samples, folder):  # noqa: B007
                out.write(f"{text}\n".encode())
                count += 1
        told = {"format": "farside-ledger", "version": 1, "events": count, "head": head, "contents": 0, "made_utc": ""}
        packed.writestr("ledger.json", json.dumps(told))


def timed(what: str, work: Callable[[], Any], asked: str = "") -> Any:
    """Do it once, and print the seconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"| {what} | {wall:.3f} | {cpu:.3f} | {asked} |", flush=True)
    return answer


def audit() -> int:
    """Every balance from the postings against the row, and every whereabouts; how many balances there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), SUM(s.mass_ug <> COALESCE(p.total, 0)) FROM curation_sample s LEFT JOIN"
            " (SELECT account, SUM(mass_ug) AS total FROM curation_posting GROUP BY account) p ON p.account = s.code"
        )
        count, wrong = cursor.fetchone()
    assert wrong == 0
    assert sum(place.mass_ug for place in whereabouts("M0")) == 0
    return int(count)


def write_batch(count: int) -> None:
    with batch():
        for i in range(count):
            verbs.take_over(LI, sample=f"B{i}", mission="M0", mass="1 mg", rock_type="Soil")


def held_by_verify(ledger: Path) -> float:
    """What a process that verifies and does nothing else holds at most [MiB], as Linux tells it (`ru_maxrss` begins with the parent's)."""
    program = (
        "import re, sys; from pathlib import Path; from farside.curation import database; database.require_open(sys.argv[1], whole=False);"
        " from farside.curation.verify import verify; assert verify().sound;"
        " print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ledger)], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def main(samples: int) -> None:
    print(machine(), end="\n\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| | clock s | cpu s | asked |\n| --- | --- | --- | --- |")
        timed(f"{samples:,} events sealed", lambda: pack(folder / "made.zip", samples, folder))
        timed("restored and verified", lambda: restore(folder / "made.zip", str(folder / "lab.sqlite3")))
        report = timed("verify", verify, "3 s")
        assert report.sound, report.findings[:3]
        timed("audit: every balance, every whereabouts", audit, "3 s")
        codes = [f"R{i}" for i in range(10, samples, samples // 100)]
        began, began_cpu = time.perf_counter(), time.process_time()
        for code in codes:
            detail(code)
        per = ((time.perf_counter() - began) * 1e3 / len(codes), (time.process_time() - began_cpu) * 1e3 / len(codes))
        print(f"| one sample in detail (ms, of {len(codes)}) | {per[0]:.2f} | {per[1]:.2f} | 2 ms |")
        timed("a batch of 1,000 events", lambda: write_batch(1000), "1 s")
        timed("backup", lambda: backup(folder / "lab.zip"), "2 s")
        size = (folder / "lab.sqlite3").stat().st_size / 1e6
        print(f"\n{report.events:,} events, {report.postings:,} postings, {report.entities:,} things; {size:.0f} MB on the disk,", end=" ")
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB held at most,", end=" ")
        print(f"{held_by_verify(folder / 'lab.sqlite3'):.0f} MiB by verify alone")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
