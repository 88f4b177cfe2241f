"""A skip that CI was not told of fails the run there, says so in one line, and does neither on a desk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PLANTED = """
import pytest

def test_runs(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert False

@pytest.mark.skip(reason={reason!r})
def test_skipped(): pass
"""


def run_planted(folder: Path, reason: str, ci: str) -> subprocess.CompletedProcess[str]:
    """Run three tests under this project's conftest, one of them skipped for `reason`."""
    for name in ("conftest.py", "allowed_skips.txt"):
        shutil.copy(TESTS / name, folder / name)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -rs\n", "utf-8")
    (folder / "test_planted.py").write_text(PLANTED.format(reason=reason), "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "default", str(folder)]
    return subprocess.run(command, cwd=folder, env={**os.environ, "CI": ci}, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("reason", "ci", "passes"),
    [
        ("no time today", "true", False),
        ("no time today", "", True),
        ("needs ../shared/data beside the checkout", "true", True),
    ],
)
def test_only_allowed_skips_pass_in_ci(tmp_path: Path, reason: str, ci: str, passes: bool) -> None:
    done = run_planted(tmp_path, reason, ci)
    assert (done.returncode == 0) is passes, done.stdout
    assert ("FAILED: skipped without leave" in done.stdout) is not passes
    assert "1 passed, 1 skipped, 1 xfailed" in done.stdout.splitlines()[-1]
    assert reason in done.stdout
