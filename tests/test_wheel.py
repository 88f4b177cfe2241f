"""A wheel built from the tree works by itself: in an environment with nothing but what it requires, and where nothing may be written.

A source archive is the repository again, and gives the same wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
MISSION = CHECKOUT / "missions" / "change6.toml"
WITHOUT_ROOTS_RIGHT = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]  # root obeys file modes too

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Install:
    """An environment with the wheel in it, made read-only, and the only folder that may be written: `scratch`."""

    environment: Path
    home: Path
    scratch: Path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.scratch)}
        obedient = WITHOUT_ROOTS_RIGHT if os.geteuid() == 0 else []
        command = [*obedient, str(self.environment / "bin" / program), *words]
        return subprocess.run(command, env=variables, cwd=self.scratch, capture_output=True, text=True, timeout=300, check=False)


def set_writable(folder: Path, *, writable: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200 if writable else path.stat().st_mode & ~0o222)


def files_of(package: Path) -> set[Path]:
    return {path.relative_to(package) for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def build(kind: str, source: Path, folder: Path) -> Path:
    """A `wheel` or `sdist` of a tree, by the installed back end: nothing is fetched."""
    words = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, unpacked."""
    archive = build("sdist", CHECKOUT, tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


@pytest.fixture(scope="module")
def install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    yield from installed(wheel, tmp_path_factory.mktemp("install"))


@pytest.fixture(scope="module")
def laboratory(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """The same with the extra `lab`."""
    yield from installed(wheel, tmp_path_factory.mktemp("laboratory"), "lab")


def installed(wheel: Path, root: Path, extra: str = "") -> Iterator[Install]:
    made = Install(root / "environment", root / "home", root / "scratch")
    subprocess.run([str(CHECKOUT / "tools" / "setup"), "fly", str(made.environment), str(wheel)], check=True, timeout=600)
    if extra:
        add_extra(made.environment, wheel, extra)
    made.home.mkdir()
    made.scratch.mkdir()
    for folder in (made.environment, made.home):
        set_writable(folder, writable=False)
    yield made
    for folder in (made.environment, made.home):
        set_writable(folder, writable=True)


def add_extra(environment: Path, wheel: Path, extra: str) -> None:
    """What an extra requires, in the locked versions, by the client that the environment has or by uv."""
    locked = (CHECKOUT / "requirements-test.lock").read_text(encoding="utf-8")
    constraints = environment.with_name("constraints.txt")
    constraints.write_text("\n".join(re.findall(r"^[\w.-]+==[^\\\n]*", locked, re.MULTILINE)), encoding="utf-8")
    python = environment / "bin" / "python"
    uv = shutil.which("uv")
    client = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    asked = f"farside[{extra}] @ {wheel.as_uri()}"
    subprocess.run([*client, "--constraint", str(constraints), asked], check=True, capture_output=True, timeout=600)


def test_it_is_the_wheel_that_runs_and_nothing_of_the_tests_is_there(install: Install) -> None:
    program = "import farside, importlib.util as u; print(farside.__file__, u.find_spec('pytest'), u.find_spec('scipy'))"
    seen = install.run("python", "-c", program)
    file, *others = seen.stdout.split()
    assert Path(file).is_relative_to(install.environment)
    assert others == ["None", "None"]


def test_the_install_cannot_be_written(install: Install) -> None:
    tried = install.run("python", "-c", "import farside, pathlib; pathlib.Path(farside.__file__).with_name('x').touch()")
    assert "PermissionError" in tried.stderr


def test_help_teaches(install: Install) -> None:
    told = install.run("farside", "--help")
    assert told.returncode == 0, told.stderr
    assert all(command in told.stdout for command in ("fly", "check", "show", "data"))


def test_a_mission_is_checked(install: Install) -> None:
    checked = install.run("farside", "check", str(MISSION))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_compiled_functions_are_cached_where_it_may_write(install: Install) -> None:
    compiled = install.run("python", "-c", "from farside.basis.kernel import cache_root; print(cache_root())")
    assert Path(compiled.stdout.strip()).is_relative_to(install.scratch), compiled.stderr


def test_every_file_of_the_package_is_in_the_wheel(install: Install) -> None:
    (installed,) = install.environment.glob("lib/python*/site-packages/farside")
    assert files_of(installed) == files_of(CHECKOUT / "src" / "farside")


def test_a_file_to_start_from_is_written_shown_and_cited(install: Install) -> None:
    """Templates, schemas and tables of the package are found outside any checkout."""
    assert not install.scratch.is_relative_to(CHECKOUT)
    for words in (["new", "mine"], ["check", "mine.toml"], ["show", "mine.toml"], ["cite", "mine.toml"]):
        done = install.run("farside", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    told = install.run("python", "-c", "from farside.products.schema import schema; print(schema('events')['$schema'])")
    assert told.stdout.startswith("https://json-schema.org/"), told.stderr


def test_the_extra_lab_opens_a_laboratory(laboratory: Install) -> None:
    """A ledger by the wheel alone: its migrations and rules are in it, the delivery is received, all is sound, and its site answers."""
    steps = [
        "init",
        "found Li --institution NAOC --site BJ --site-name Beijing",
        f"receive {CHECKOUT / 'tests' / 'reference' / 'delivery_change6.json'} --prefix CE6",
        "unseal CE6",
        "verify",
        "backup lab.zip",
    ]
    who = ["--at", "lab.sqlite3", "--by", "li"]
    for words in steps:
        done = laboratory.run("farside", "lab", *words.split(), *(who if words.split()[0] not in ("init", "verify", "backup") else who[:2]))
        assert done.returncode == 0, words + done.stdout + done.stderr
    restored = laboratory.run("farside", "lab", "restore", "lab.zip", "--at", "again.sqlite3")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    site = "import os; os.environ['FARSIDE_LAB'] = 'lab.sqlite3'; from farside.web.wsgi import application; print(application)"
    told = laboratory.run("python", "-c", site)
    assert told.returncode == 0, told.stderr


def test_without_the_extra_the_laboratory_says_what_to_install(install: Install) -> None:
    told = install.run("farside", "lab", "init", "--at", "lab.sqlite3")
    assert told.returncode == 2
    assert "farside[lab]" in told.stdout + told.stderr


def test_the_source_archive_is_what_git_keeps(unpacked: Path) -> None:
    if not (CHECKOUT / ".git").exists():
        pytest.skip("needs the git repository; an unpacked archive has none")
    kept = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()
    packed = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert packed - {"PKG-INFO"} == set(kept)


def test_the_source_archive_gives_the_same_wheel(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    def content(file: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert content(build("wheel", unpacked, tmp_path)) == content(wheel)
