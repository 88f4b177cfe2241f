"""Progress: what `plan` and `fly` report while they work, shown live on a terminal and as plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from farside.cli.pace import in_words, left_s, recall, remember

if TYPE_CHECKING:
    import rich.progress


class Progress:
    """Called as `progress(stage, done)`, `done` from 0 to 1; keeps the seconds that each stage took in `seconds`.

    A context: the live display is gone when it ends. Everything goes to the error stream, so that answers stay clean. `question` is what
    was asked: the next time the same is asked, the display says how long is left.
    """

    def __init__(self, live: bool | None = None, question: str = "") -> None:
        self.live = sys.stderr.isatty() if live is None else live
        self.seconds: dict[str, float] = {}
        self._question = question
        self._past: Any = None
        self._stage, self._first = "", 0.0
        self._since = self._began = time.perf_counter()
        self._bars: rich.progress.Progress | None = None
        self._bar: rich.progress.TaskID | None = None

    def __call__(self, stage: str, done: float) -> None:
        """Note that `stage` is that far; the time since the last call goes to the stage reported then."""
        self._count()
        if stage != self._stage:
            self._begin(stage, done)
        if self._bars is not None and self._bar is not None:
            self._bars.update(self._bar, completed=done, ends=self._ends(done))

    def __enter__(self) -> Self:
        if self.live:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn(), left_column())
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._count()
        self._stage = ""
        if self._bars is not None:
            self._bars.stop()
        if kind is None and self._question:
            remember(self._question, self.seconds)

    def _begin(self, stage: str, done: float) -> None:
        """Close the stage before, and show the new one."""
        self._stage, self._first, self._began = stage, done, self._since
        if self._bars is None:
            sys.stderr.write(f"{stage} ...\n")
            sys.stderr.flush()
            return
        if self._bar is not None:
            self._bars.update(self._bar, completed=1.0, ends=None)
            self._bars.stop_task(self._bar)
        self._bar = self._bars.add_task(stage, total=1.0, ends=None)

    def _ends(self, done: float) -> float | None:
        """When all will be done, by the clock of `perf_counter`; None when nobody knows, and while the first stage loads what is needed."""
        if len(self.seconds) < 1 or not self._question:
            return None
        if self._past is None:
            self._past = recall(self._question)
        left = left_s(self._past, self._stage, self._since - self._began, self._first, done)
        return None if left is None else self._since + left

    def _count(self) -> None:
        """Give the time since the last call to the stage at work."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._since = now


def left_column() -> Any:
    """A column that counts down to the task's `ends`."""
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Left(ProgressColumn):
        """How long is left, in words; nothing when nobody knows."""

        def render(self, task: Task) -> Text:
            ends = task.fields.get("ends")
            return Text("" if ends is None or task.finished else in_words(max(0.0, ends - time.perf_counter())), style="dim")

    return Left()
