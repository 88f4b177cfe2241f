"""What every test shares: where compiled functions are cached, the data beside the checkout, and no skip that CI was not told of."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from farside.dynamics.world import World
    from farside.flight import Flight

CHECKOUT = Path(__file__).parents[1]
ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")

sys.path.insert(0, str(Path(__file__).parent))  # `mission_text` is imported by name

os.environ.setdefault("FARSIDE_CACHE", str(CHECKOUT / ".cache" / "farside"))  # before farside is imported; nothing goes to the user's home
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farside.web.settings")  # one process tests the laboratory's library and its site
os.environ.setdefault("MPLCONFIGDIR", str(CHECKOUT / ".cache" / "matplotlib"))

# A shell that starts the tests in the background has them ignore interrupts, and so would every process that they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder `shared/data` beside the checkout (larger gravity and terrain files); a test that needs it is skipped without it."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def world() -> World:
    """Where most tests fly: DE421, the Moon to degree 6, May and June 2024."""
    from farside.basis.epochs import tdb_from_utc
    from farside.dynamics.world import World
    from farside.environment.ephemeris import load_sky
    from farside.environment.gravity import moon_gravity
    from farside.environment.orientation import mean_earth_from, orientation_of

    sky = load_sky(tdb_from_utc("2024-05-01T00:00:00Z"), tdb_from_utc("2024-06-30T00:00:00Z"))
    axes = orientation_of(sky)
    return World(sky, moon_gravity(6, axes), mean_earth_from(axes))


def flown(name: str) -> Flight:
    """A mission of this checkout as it is flown without errors; its plan from the cache, if it is there."""
    import farside as fs

    mission = fs.load(CHECKOUT / "missions" / f"{name}.toml")
    return fs.fly(mission, fs.plan(mission))


@pytest.fixture(scope="session")
def change6() -> Flight:
    """The road of Chang'e-6."""
    return flown("change6")


@pytest.fixture(scope="session")
def change5() -> Flight:
    """The road of Chang'e-5."""
    return flown("change5")


def allowed_reasons() -> list[re.Pattern[str]]:
    """The regular expressions of `allowed_skips.txt`, one a line; `#` begins a comment line."""
    lines = (line.strip() for line in ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


class SkipWatch:
    """Remembers every skip; where the environment says CI, one whose reason is not allowed makes the run fail."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.allowed = allowed_reasons()

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        words = report.longrepr
        reason = str(words[2] if isinstance(words, tuple) else words).removeprefix("Skipped: ")
        if not any(pattern.search(reason) for pattern in self.allowed):
            self.refused.append(f"{report.nodeid} ({reason})")

    pytest_runtest_logreport = note
    pytest_collectreport = note

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.refused and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        yield
        if self.refused:
            terminalreporter.write_line(f"FAILED: skipped without leave in tests/{ALLOWED_SKIPS.name}: {'; '.join(self.refused)}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        config.pluginmanager.register(SkipWatch(), "skip-watch")
