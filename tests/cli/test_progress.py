"""Progress: how long is left, by what it took the last time and by how far it is; kept between runs, shown on a terminal alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from farside.cli import pace
from farside.cli.progress import Progress, left_column

PAST = {"read": 1.0, "plan": 30.0, "fly": 20.0, "write": 5.0}


@pytest.mark.parametrize(
    ("stage", "elapsed_s", "first", "done", "left"),
    [
        ("plan", 10.0, 0.0, 0.0, 45.0),  # 20 of its own, 25 after it
        ("plan", 40.0, 0.0, 0.0, 25.0),  # longer than the last time: what comes after
        ("fly", 6.0, 0.25, 0.5, 17.0),  # a quarter in 6 s, half to go: 12, and 5 after it
        ("runs", 30.0, 0.0, 0.1, 270.0),  # new, but it says how far it is
        ("runs", 30.0, 0.0, 0.0, None),
    ],
)
def test_what_is_left(stage: str, elapsed_s: float, first: float, done: float, left: float | None) -> None:
    found = pace.left_s(PAST, stage, elapsed_s, first, done)
    assert found is None if left is None else found == pytest.approx(left)


@pytest.mark.parametrize(
    ("seconds", "words"), [(3.0, "a few seconds left"), (43.0, "about 40 s left"), (89.0, "about 90 s left"), (200.0, "about 3 min left")]
)
def test_an_estimate_has_no_more_digits_than_it_knows(seconds: float, words: str) -> None:
    assert pace.in_words(seconds) == words


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("farside.basis.kernel.cache_root", lambda: tmp_path)
    return tmp_path


def test_the_last_time_is_remembered_by_what_was_asked(kept: Path) -> None:
    assert pace.recall("fly x") == {}
    pace.remember("fly x", PAST)
    assert pace.recall("fly x") == PAST
    assert pace.recall("fly y") == {}
    (file,) = (kept / "pace").iterdir()
    file.write_text("[", encoding="utf-8")
    assert pace.recall("fly x") == {}


def test_a_run_leaves_its_pace_and_a_failed_one_does_not(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("farside.cli.progress.time", SimpleNamespace(perf_counter=lambda: float(next(clock))))
    with Progress(live=False, question="fly x") as progress:
        progress("read", 0.0)
        progress("fly", 0.0)
        progress("fly", 0.5)
    assert pace.recall("fly x") == {"read": 1.0, "fly": 2.0}
    with pytest.raises(RuntimeError), Progress(live=False, question="fly z") as progress:
        progress("read", 0.0)
        raise RuntimeError
    assert pace.recall("fly z") == {}


def test_the_display_counts_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("farside.cli.progress.time", SimpleNamespace(perf_counter=lambda: 60.0))
    column = left_column()
    told = (SimpleNamespace(fields={"ends": ends}, finished=done) for ends, done in ((100.0, False), (None, False), (100.0, True)))
    assert [column.render(task).plain for task in told] == ["about 40 s left", "", ""]


def test_a_terminal_is_told_what_is_left(kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    pace.remember("fly x", {"read": 1.0, "fly": 400.0})
    with Progress(live=True, question="fly x") as progress:
        progress("read", 0.0)
        progress("fly", 0.0)
        assert progress._bars is not None
        progress._bars.refresh()
    assert "about 7 min left" in capsys.readouterr().err
