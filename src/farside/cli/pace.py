"""How long is left: by what each stage took the last time the same was asked, and by how far the present stage says it is.

Kept in the cache, a small file for each question; deleting it costs nothing but the estimate.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

Stages = Mapping[str, float]


def left_s(past: Stages, stage: str, elapsed_s: float, first: float, done: float) -> float | None:
    """Seconds from now to the end, or None when nothing is known.

    `past`: stage -> seconds of the last time, in order; `stage` has been at work for `elapsed_s` and has come from `first` to `done` (0
    to 1). A stage that moves is taken to go on as fast as it went; one that does not, to take as long as the last time.
    """
    moved = done - first
    own = elapsed_s * (1.0 - done) / moved if moved > 0.0 else past[stage] - elapsed_s if stage in past else None
    if own is None:
        return None
    names = list(past)
    after = names[names.index(stage) + 1 :] if stage in past else []
    return max(own, 0.0) + sum(past[name] for name in after)


def in_words(seconds: float) -> str:
    """`about 40 s left`, `about 3 min left`: no more digits than an estimate has."""
    if seconds < 10.0:
        return "a few seconds left"
    return f"about {round(seconds, -1):.0f} s left" if seconds < 90.0 else f"about {seconds / 60.0:.0f} min left"


def recall(question: str) -> Stages:
    """What each stage took the last time; nothing when it was never asked, or cannot be read."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return {str(stage): float(seconds) for stage, seconds in json.loads(_file(question).read_text(encoding="utf-8")).items()}
    return {}


def remember(question: str, stages: Stages) -> None:
    """Keep what each stage took; a cache that cannot be written is no error."""
    with contextlib.suppress(OSError):
        _file(question).parent.mkdir(parents=True, exist_ok=True)
        _file(question).write_text(json.dumps({stage: round(seconds, 3) for stage, seconds in stages.items()}), encoding="utf-8")


def _file(question: str) -> Path:
    from farside.basis.kernel import cache_root

    return cache_root() / "pace" / f"{hashlib.sha256(question.encode()).hexdigest()[:16]}.json"
