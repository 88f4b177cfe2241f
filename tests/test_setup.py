"""`tools/setup` on machines that lack this or that, played by one stand-in for python3, uv, apt-get and id; and what the locks promise.

The faults are those of real machines: Debian's `python3 -m venv` without ensurepip exits 1 and leaves `bin/python` behind; `uv` may be
there and find no index; a set-up may be killed half-way.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-bench.lock")
READER = "tests/products/cesium"
REAL_TOOLS = "bash basename cat chmod cp cut dirname env flock grep mkdir mv realpath rm sha256sum sleep tail touch tr".split()  # noqa: SIM905

STAND_IN = """#!/usr/bin/env bash
# Plays every tool; what works on this machine is named in $WORKS, and each call is written down.
echo "$(basename "$0") $*" >>"$CALLS"
works() { [[ " $WORKS " == *" $1 "* ]]; }
make() { mkdir -p "$1/bin"; cp "$0" "$1/bin/python"; }
case "$(basename "$0") $*" in
    "id -u") echo "$USER_ID" ;;
    "uv venv "*) works uv && [ "$UV_PYTHON_DOWNLOADS" = never ] && make "${@: -1}" ;;
    "uv pip install "*) works uv && { ! works slowly || sleep 60; } ;;
    "apt-get install "*) works apt && touch "$CALLS.apt" ;;
    "apt-get "*) works apt ;;
    *" -c "*) works python ;;
    *" -m venv --without-pip "*) make "${@: -1}" ;;
    *" -m venv "*) make "${@: -1}"; works venv || [ -e "$CALLS.apt" ] ;;
    *" -m pip --python "*) works pip ;;
    *" -m pip install --upgrade --target "*) works virtualenv ;;
    *" -m virtualenv "*) make "${@: -1}" ;;
    *" -m pip install "*"--no-build-isolation"*) ! works broken-tree ;;
    "npm ci "*) works npm && [ -f package-lock.json ] ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A checkout and a PATH with stand-ins; `works` names what is in order there: python, uv, venv, pip, virtualenv, apt."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / "checkout" / ".venv"

    def command(self, works: str, use: str = "fly", user_id: int = 1000) -> tuple[list[str], dict[str, str]]:
        variables = {"PATH": str(self.root / "bin"), "CALLS": str(self.root / "calls"), "WORKS": f"python {works}", "USER_ID": str(user_id)}
        return [str(self.root / "checkout" / "tools" / "setup"), use], variables

    def setup(self, works: str, use: str = "fly", user_id: int = 1000) -> subprocess.CompletedProcess[str]:
        words, variables = self.command(works, use, user_id)
        return subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=False)

    def calls(self) -> list[str]:
        """What the stand-ins were asked since the last look, questions about the Python version left out."""
        book = self.root / "calls"
        lines = book.read_text("utf-8").splitlines() if book.exists() else []
        book.unlink(missing_ok=True)
        return [line for line in lines if " -c " not in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    (tmp_path / "checkout" / "tools").mkdir(parents=True)
    for tool in REAL_TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    for tool in ("python3", "uv", "apt-get", "id"):
        (tmp_path / "bin" / tool).write_text(STAND_IN, "utf-8")
        (tmp_path / "bin" / tool).chmod(0o755)
    (tmp_path / "checkout" / READER).mkdir(parents=True)
    for name in ("tools/setup", "pyproject.toml", *LOCKS, f"{READER}/package.json", f"{READER}/package-lock.json"):
        shutil.copy(CHECKOUT / name, tmp_path / "checkout" / name)
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("works", "user_id", "way"),
    [
        ("uv venv pip virtualenv apt", 0, "by uv"),
        ("venv pip virtualenv apt", 0, "by venv"),
        ("pip virtualenv apt", 0, "by pip from outside"),
        ("virtualenv apt", 0, "by virtualenv"),
        ("apt", 0, "by apt"),
    ],
)
def test_the_first_way_that_works_is_taken(machine: Machine, works: str, user_id: int, way: str) -> None:
    done = machine.setup(works, user_id=user_id)
    assert done.returncode == 0, done.stderr
    assert f"({way}, " in done.stderr
    assert (machine.venv / "farside-stamp").exists()


def test_where_nothing_works_one_sentence_says_so_and_nothing_is_left(machine: Machine) -> None:
    done = machine.setup("", user_id=0)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tools/setup: no environment could be made")
    assert "apt-get install python3-venv" in done.stderr
    assert not machine.venv.exists()


def test_only_root_asks_apt(machine: Machine) -> None:
    assert machine.setup("apt", user_id=1000).returncode == 1
    assert not [call for call in machine.calls() if call.startswith("apt-get")]


def test_without_a_new_python_the_sentence_names_the_version(machine: Machine) -> None:
    words, variables = machine.command("")
    done = subprocess.run(words, env={**variables, "WORKS": ""}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr.splitlines()[-1]


def test_what_is_made_is_used_again(machine: Machine) -> None:
    machine.setup("venv")
    machine.calls()
    assert machine.setup("venv").returncode == 0
    assert machine.calls() == []


def test_the_test_environment_serves_to_fly_but_not_the_other_way_round(machine: Machine) -> None:
    machine.setup("venv", "test")
    machine.calls()
    machine.setup("venv", "fly")
    assert machine.calls() == []
    shutil.rmtree(machine.venv)
    machine.setup("venv", "fly")
    machine.calls()
    machine.setup("venv", "test")
    assert any("requirements-test.lock" in call for call in machine.calls())


def test_a_folder_without_a_stamp_is_half_made_and_goes(machine: Machine) -> None:
    (machine.venv / "bin").mkdir(parents=True)
    shutil.copy(machine.root / "bin" / "python3", machine.venv / "bin" / "python")
    (machine.venv / "left-over").touch()
    assert machine.setup("venv").returncode == 0
    assert not (machine.venv / "left-over").exists()


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_declaration_makes_it_anew(machine: Machine, changed: str) -> None:
    machine.setup("venv")
    (machine.venv / "left-over").touch()
    with (machine.root / "checkout" / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert machine.setup("venv").returncode == 0
    assert not (machine.venv / "left-over").exists()


def test_a_kill_half_way_leaves_no_stamp_and_the_next_run_mends_it(machine: Machine) -> None:
    words, variables = machine.command("uv slowly")
    running = subprocess.Popen(words, env=variables, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline_s = time.monotonic() + 30
    while not (machine.venv / "bin" / "python").exists() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert (machine.venv / "bin" / "python").exists()
    assert not (machine.venv / "farside-stamp").exists()
    assert machine.setup("uv").returncode == 0
    assert (machine.venv / "farside-stamp").exists()


def test_of_two_at_once_one_makes_it_and_the_other_waits(machine: Machine) -> None:
    words, variables = machine.command("uv")
    both = [subprocess.Popen(words, env=variables, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [running.wait(timeout=60) for running in both] == [0, 0]
    assert len([call for call in machine.calls() if call.startswith("uv venv")]) == 1


def test_a_tree_that_does_not_build_is_said_at_once(machine: Machine) -> None:
    done = machine.setup("venv pip broken-tree", user_id=0)
    assert done.returncode == 1
    assert "farside itself could not be installed" in done.stderr.splitlines()[-1]
    assert not [call for call in machine.calls() if "--without-pip" in call]
    assert not machine.venv.exists()


def test_packages_come_by_their_hash_and_the_tree_without_the_network(machine: Machine) -> None:
    machine.setup("venv", "test")
    packages, tree = (call for call in machine.calls() if " -m pip install " in call)
    assert "--require-hashes -r requirements-test.lock" in packages
    assert "--no-deps --no-build-isolation -e ." in tree


def test_tests_get_programs_where_root_can_have_them_and_do_without_elsewhere(machine: Machine) -> None:
    asked = "apt-get install -y --no-install-recommends"
    done = machine.setup("venv apt", "test", user_id=0)
    assert done.returncode == 0
    assert f"{asked} chromium zsh fish" in machine.calls()
    shutil.rmtree(machine.venv)
    done = machine.setup("venv apt", "test", user_id=1000)
    assert done.returncode == 0
    assert "not here: chromium zsh fish; the tests that ask them are skipped" in done.stderr
    assert not [call for call in machine.calls() if call.startswith(asked)]
    shutil.rmtree(machine.venv)
    for name in ("chromium", "fish"):
        (machine.root / "bin" / name).symlink_to(machine.root / "bin" / "python3")
    assert "chromium" not in machine.setup("venv apt", "test", user_id=0).stderr
    assert f"{asked} zsh" in machine.calls()


def test_tests_get_cesium_by_its_hashes_where_npm_is_and_do_without_elsewhere(machine: Machine) -> None:
    done = machine.setup("venv", "test")
    assert done.returncode == 0
    assert "not here: Cesium" in done.stderr
    for name in ("node", "npm"):
        (machine.root / "bin" / name).symlink_to(machine.root / "bin" / "python3")
    for works, there in (("venv", False), ("venv npm", True)):
        shutil.rmtree(machine.venv)
        assert ("not here: Cesium" in machine.setup(works, "test").stderr) is not there
        assert (machine.venv / "cesium" / "package-lock.json").exists() is there
    assert "npm ci --ignore-scripts --no-audit --no-fund" in machine.calls()
    shutil.rmtree(machine.venv)
    machine.setup("venv npm")
    assert not [call for call in machine.calls() if call.startswith("npm")], "who flies only needs no Cesium"


def test_an_unknown_use_is_refused(machine: Machine) -> None:
    assert machine.setup("venv", "sail").returncode == 2


def pins(lock: str) -> set[str]:
    """Each `name==version ; marker` line of a lock."""
    return set(re.findall(r"^[a-z0-9-]+==[^\\\n]*", (CHECKOUT / lock).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_address_is_named(lock: str) -> None:
    text = (CHECKOUT / lock).read_text("utf-8")
    blocks = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) >= 20
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "--index" not in text


def test_what_npm_installs_comes_by_its_hash_and_from_no_address() -> None:
    locked = json.loads((CHECKOUT / READER / "package-lock.json").read_text("utf-8"))["packages"]
    packages = {name: package for name, package in locked.items() if name}
    assert "node_modules/@cesium/engine" in packages
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in packages.values())


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_others_run_with_the_versions_that_fly(lock: str) -> None:
    assert pins("requirements.lock") <= pins(lock)


def third_party_imports(folder: Path) -> set[str]:
    """Top-level names of every module imported under a folder that is neither farside's nor of the standard library."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"farside"}


def distributions_of(module: str) -> set[str]:
    """The packages that an imported name belongs to, as the index spells them."""
    return {re.sub(r"[-_.]+", "-", owner).lower() for owner in packages_distributions()[module]}


def declared_packages() -> set[str]:
    """What the package itself may import: all but the extra `bench`, which benchmarks/ imports."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (text for name, extra in project["optional-dependencies"].items() if name != "bench" for text in extra)
    return {re.split(r"[<>=\[]", text)[0].lower() for text in (*project["dependencies"], *extras)}


def test_what_the_package_imports_is_declared() -> None:
    imported = third_party_imports(CHECKOUT / "src")
    assert {owner for module in imported for owner in distributions_of(module)} <= declared_packages()


def test_what_the_benchmarks_import_is_locked() -> None:
    """Beside others in the lock of `bench`; the laboratory's own in that of the tests."""
    owners = {"benchmarks": None, "forces_again": None, "replay": None, "java": "jpype1", "org": "jpype1", "jpype": "jpype1"}
    imported = third_party_imports(CHECKOUT / "benchmarks") - {name for name, owner in owners.items() if owner is None}
    locked = {pin.partition("==")[0] for lock in LOCKS for pin in pins(lock)}
    assert {owners.get(name) or name.replace("_", "-") for name in imported} <= locked


def test_benchmarks_have_a_folder_of_their_own(machine: Machine) -> None:
    done = machine.setup("venv", "bench")
    assert done.returncode == 0, done.stderr
    own = machine.venv.with_name(".venv-bench")
    assert (own / "farside-stamp").exists()
    assert not machine.venv.exists()
    assert "not here: Java; the benchmarks go without Orekit" in done.stderr
    machine.calls()
    assert machine.setup("venv", "bench").returncode == 0
    assert machine.calls() == []
    shutil.rmtree(own)
    machine.setup("venv apt", "bench", user_id=0)
    assert "apt-get install -y --no-install-recommends openjdk-17-jre-headless" in machine.calls()


def test_what_is_declared_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in (CHECKOUT / "src").rglob("*.py"))
    words = {word.lower() for word in re.findall(r"\w+", sources)}  # packages of data are named in strings
    used = {owner for module in packages_distributions() if module.lower() in words for owner in distributions_of(module)}
    assert declared_packages() <= used
