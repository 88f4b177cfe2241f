"""Files are whole or not there, whatever happens: real kills of a real writer."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from farside.products.whole import PARTIAL, write_whole

NAMES = ("a.json", "b.nc", "c.oem", "flight.json")
SIZE = 200_000

CHILD = """
import sys
from pathlib import Path
from farside.products.whole import write_whole

def writer(letter):
    def write(path):
        with open(path, "w") as file:
            for _ in range(200):
                file.write(letter * 1000)
                file.flush()
    return write

print("ready", flush=True)
for round in range(10_000):
    letter = "abcdefgh"[round % 8]
    write_whole(Path(sys.argv[1]), {name: writer(letter) for name in sys.argv[2:]})
"""


def text_writer(text):
    return lambda path: path.write_text(text)


def hidden_in(folder: Path) -> list[Path]:
    return [p for place in (folder.parent, folder) for p in place.glob(f".*{PARTIAL}")]


def test_a_new_folder_appears_at_once(tmp_path):
    paths = write_whole(tmp_path / "out", {"a.txt": text_writer("one"), "b.txt": text_writer("two")})
    assert {name: path.read_text() for name, path in paths.items()} == {"a.txt": "one", "b.txt": "two"}
    assert hidden_in(tmp_path / "out") == []


def test_an_old_folder_keeps_what_is_not_ours(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_whole(tmp_path, {"a.txt": text_writer("one"), "b.txt": text_writer("two")})
    write_whole(tmp_path, {"a.txt": text_writer("three")}, stale=("a.txt", "b.txt"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "notes.txt"]
    assert (tmp_path / "a.txt").read_text() == "three"


def test_a_failing_writer_changes_nothing(tmp_path):
    def fails(path):
        path.write_text("half")
        raise RuntimeError("disk full")

    write_whole(tmp_path / "out", {"a.txt": text_writer("one")})
    with pytest.raises(RuntimeError, match="disk full"):
        write_whole(tmp_path / "out", {"a.txt": text_writer("two"), "b.txt": fails})
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.txt"]
    assert (tmp_path / "out" / "a.txt").read_text() == "one"


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotADirectoryError, match="is a file"):
        write_whole(tmp_path / "out", {"a.txt": text_writer("one")})


def test_permissions_are_those_of_any_new_folder(tmp_path):
    write_whole(tmp_path / "out", {"a.txt": text_writer("one")})
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kill_at_any_moment_leaves_whole_files(tmp_path, kill):
    """Killed at random moments while it writes again and again: each file is of one piece, and the next writer sweeps up."""
    out, rng = tmp_path / "out", random.Random(kill)
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(out), *NAMES], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.08))
        child.send_signal(kill)
        child.communicate()
        for name in NAMES:
            if (out / name).exists():
                text = (out / name).read_text()
                assert len(text) == SIZE
                assert len(set(text)) == 1
    write_whole(out, {name: text_writer("z" * SIZE) for name in NAMES})
    assert hidden_in(out) == []
    assert sorted(os.listdir(out)) == sorted(NAMES)


def test_a_living_writer_is_left_alone(tmp_path):
    """A second writer of the same folder does not sweep away what the first one is still writing."""

    def slow(path):
        path.write_text("slow")
        write_whole(tmp_path / "out", {"fast.txt": text_writer("fast")})

    write_whole(tmp_path / "out", {"slow.txt": slow})
    assert sorted(os.listdir(tmp_path / "out")) == ["fast.txt", "slow.txt"]
