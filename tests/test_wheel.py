"""A wheel built from the tree works by itself: in an environment with nothing but what it requires, and where nothing may be written."""

from __future__ import annotations

import os
import subprocess
import sys
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    root = tmp_path_factory.mktemp("install")
    made = Install(root / "environment", root / "home", root / "scratch")
    subprocess.run([str(CHECKOUT / "tools" / "setup"), "fly", str(made.environment), str(wheel)], check=True, timeout=600)
    made.home.mkdir()
    made.scratch.mkdir()
    for folder in (made.environment, made.home):
        set_writable(folder, writable=False)
    yield made
    for folder in (made.environment, made.home):
        set_writable(folder, writable=True)


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
