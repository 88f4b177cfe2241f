"""Progress: what `plan` and `fly` report while they work, shown live on a terminal and as plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import rich.progress


class Progress:
    """Called as `progress(stage, done)`, `done` from 0 to 1; keeps the seconds that each stage took in `seconds`.

    A context: the live display is gone when it ends. Everything goes to the error stream, so that answers stay clean.
    """

    def __init__(self, live: bool | None = None) -> None:
        self.live = sys.stderr.isatty() if live is None else live
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._since = time.perf_counter()
        self._bars: rich.progress.Progress | None = None
        self._bar: rich.progress.TaskID | None = None

    def __call__(self, stage: str, done: float) -> None:
        """Note that `stage` is that far; the time since the last call goes to the stage reported then."""
        self._count()
        if stage != self._stage:
            self._begin(stage)
        if self._bars is not None and self._bar is not None:
            self._bars.update(self._bar, completed=done)

    def __enter__(self) -> Self:
        if self.live:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._count()
        self._stage = ""
        if self._bars is not None:
            self._bars.stop()

    def _begin(self, stage: str) -> None:
        """Close the stage before, and show the new one."""
        self._stage = stage
        if self._bars is None:
            sys.stderr.write(f"{stage} ...\n")
            sys.stderr.flush()
            return
        if self._bar is not None:
            self._bars.update(self._bar, completed=1.0)
            self._bars.stop_task(self._bar)
        self._bar = self._bars.add_task(stage, total=1.0)

    def _count(self) -> None:
        """Give the time since the last call to the stage at work."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._since = now
