"""Pages that show commands and what they print: run them, compare, and write the page anew (`python builders/make_pages.py`).

In a block marked `console` a line `$ COMMAND` is followed by what it prints, or by nothing when that is not shown. A block marked
`python` may be followed by one marked `text`: what it prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
CLOCK = re.compile(r"(?<!\d)(\d\d):(\d\d):(\d\d)")
PART, CLOCK_S = 1e-4, 5  # what another processor's rounding moves where an optimum is flat: design/accuracy.md measures it
CONSOLE = re.compile(r"(?<=^```console\n)(.*?)(?=^```)", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```\n+```text\n(.*?)^```", re.DOTALL | re.MULTILINE)


def differences(written: str, now: str) -> list[str]:
    """What a text says now and the page does not, line by line; numbers may differ by one unit of the last digit that is written or by
    one in ten thousand, clocks by five seconds."""
    old_lines, new_lines = written.splitlines(), now.splitlines()
    if len(old_lines) != len(new_lines):
        return [f"written are {len(old_lines)} lines, now there are {len(new_lines)}:", *new_lines]
    return [f"written: {old}\nnow:     {new}" for old, new in zip(old_lines, new_lines, strict=True) if not same(old, new)]


def same(old: str, new: str) -> bool:
    """Whether two lines say the same; runs of blanks and dashes do not count."""
    if re.sub(r"[\s-]+", " ", NUMBER.sub("#", old)) != re.sub(r"[\s-]+", " ", NUMBER.sub("#", new)):
        return False
    clocks = zip(CLOCK.findall(old), CLOCK.findall(new), strict=True)
    numbers = zip(NUMBER.findall(CLOCK.sub("", old)), NUMBER.findall(CLOCK.sub("", new)), strict=True)
    return all(_apart_s(a, b) <= CLOCK_S for a, b in clocks) and all(_near(a, b) for a, b in numbers)


def _apart_s(old: tuple[str, str, str], new: tuple[str, str, str]) -> int:
    """How far apart two times of day are, over midnight if that is shorter."""
    first, second = (3600 * int(h) + 60 * int(m) + int(s) for h, m, s in (old, new))
    return min((first - second) % 86_400, (second - first) % 86_400)


def _near(old: str, new: str) -> bool:
    """Whether two numbers agree as far as they are written, or to one in ten thousand."""
    a, b = value(old), value(new)
    return abs(a - b) <= max(1.01 * 10.0 ** -len(old.partition(".")[2]), PART * abs(a))


def value(number: str) -> float:
    return float(number.replace(",", ""))


def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


def dialogue(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output that the page shows under it (may be empty)."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def say(command: str, folder: Path) -> str:
    """What a command of a page prints when it is run in a folder; the complaints of one that prints nothing else."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = command.replace("make fly", "farside fly missions/change6.toml --out flights/change6")
    env = {**os.environ, "PATH": path, "FARSIDE_DATA": str(folder / "data")}
    done = subprocess.run(run, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout or done.stderr


def run_python(code: str, folder: Path) -> str:
    """What a Python block prints; its complaint when it fails."""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout if done.returncode == 0 else done.stderr


def check_page(page: str, folder: Path) -> None:
    """Run everything that a page shows, Python first, and compare."""
    found = []
    for code, written in PYTHON.findall(read(page)):
        found += differences(written.rstrip(), run_python(code, folder).rstrip())
    for block in CONSOLE.findall(read(page)):
        for command, written in dialogue(block):
            now = say(command, folder)
            if written.strip():
                found += [f"$ {command}\n{line}" for line in differences(written.rstrip(), now.rstrip())]
    assert not found, f"{page} does not show what is printed now; `python builders/make_pages.py` writes it anew\n" + "\n".join(found)


def renewed(text: str, folder: Path) -> str:
    """A page with everything that it shows as it is printed now."""

    def console(found: re.Match[str]) -> str:
        lines = []
        for command, written in dialogue(found[0]):
            now = say(command, folder)
            lines.append(f"$ {command}\n" + (now.rstrip() + "\n\n" if written.strip() else ""))
        return "".join(lines).rstrip() + "\n"

    def python(found: re.Match[str]) -> str:
        return f"```python\n{found[1]}```\n\n```text\n{run_python(found[1], folder).rstrip()}\n```"

    return CONSOLE.sub(console, PYTHON.sub(python, text))  # Python first: it may write the files that commands read
