"""All files of a flight: there, valid, of one piece even when the writer is killed, and the same when written again."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import xarray as xr

from farside.products import write_flight
from farside.products.schema import schema, schema_names
from farside.products.whole import PARTIAL

OTHERS = {"plan.json", "events.json", "burns.json", "flight.json", "trajectory.nc"}

CHILD = """
import os, sys
sys.path.insert(0, sys.argv[1])
from dataclasses import replace
from flights import LIFTOFF_S, synthetic_flight
from farside.environment.ephemeris import load_sky
from farside.products import write_flight

flight = replace(synthetic_flight(0.5), sky=load_sky(LIFTOFF_S, LIFTOFF_S + 20 * 86400.0))
write_flight(flight, sys.argv[2])
for line in sys.stdin:  # every line asks for a new writer
    writer = os.fork()
    if writer == 0:
        while True:
            write_flight(flight, sys.argv[2])
    print(writer, flush=True)
    os.waitpid(writer, 0)
    print("dead", flush=True)
"""


@pytest.fixture(scope="module")
def written(flight, tmp_path_factory):
    return write_flight(flight, tmp_path_factory.mktemp("flights") / "change6")


def test_every_file_of_the_contract_is_there(written, flight):
    assert set(written) == OTHERS | {f"{module}.oem" for module in flight.modules}
    folder = written["flight.json"].parent
    assert sorted(os.listdir(folder)) == sorted(written) == sorted(json.loads(written["flight.json"].read_text())["files"])


@pytest.mark.parametrize("name", sorted(set(schema_names()) - {"delivery"}))  # only a flight that brings a sample leaves that
def test_documents_validate_against_the_schemas_that_ship(written, name):
    jsonschema.validate(json.loads(written[f"{name}.json"].read_text()), schema(name))


def test_files_repeat_to_the_byte(flight, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1714728449")
    first, second = write_flight(flight, tmp_path / "a"), write_flight(flight, tmp_path / "b")
    for name in set(first) - {"trajectory.nc"}:  # HDF5 stamps its objects with the time
        assert first[name].read_bytes() == second[name].read_bytes()
    assert "CREATION_DATE = 2024-05-03T09:27:29\n" in first["orbiter.oem"].read_text()


def test_files_of_an_earlier_flight_go_and_those_of_the_user_stay(flight, tmp_path):
    write_flight(flight, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    write_flight(replace(flight, legs=flight.legs[:3]), tmp_path)
    assert (tmp_path / "notes.txt").exists()
    alone = replace(flight.legs[-1], phase="alone")
    write_flight(replace(flight, legs=(alone,)), tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([*OTHERS, "notes.txt", "lander.oem", "ascender.oem"])


def test_a_kill_at_any_moment_leaves_whole_files(tmp_path):
    """A writer writes again and again and is killed twelve times at random moments; what lies there can always be read."""
    out, rng = tmp_path / "out", random.Random(6)
    words = [sys.executable, "-W", "ignore", "-c", CHILD, str(Path(__file__).parent), str(out)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(12):
            child.stdin.write("\n")
            child.stdin.flush()
            writer = int(child.stdout.readline())
            time.sleep(rng.uniform(0.0, 0.3))
            os.kill(writer, signal.SIGKILL)
            assert child.stdout.readline() == "dead\n"
            read_all(out)
        child.stdin.close()
    left = [p for place in (tmp_path, out) for p in place.glob(f".*{PARTIAL}")]
    assert len(left) <= 1  # at most the last victim's; the next writer takes it away


def read_all(out: Path) -> None:
    """Every file that lies there is whole."""
    for name in set(schema_names()) - {"delivery"}:
        json.loads((out / f"{name}.json").read_text())
    for path in out.glob("*.oem"):
        assert path.read_text().endswith("\n")
    with xr.open_datatree(out / "trajectory.nc") as tree:
        assert len(tree.children) == 5
