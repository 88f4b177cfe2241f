"""`farside completion`: what bash, zsh and fish are told, and each of them with TAB pressed in a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farside.cli.main import run

SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(farside completion bash)"'),
    "zsh": (["-f", "-i"], 'autoload -Uz compinit && compinit -u -D && eval "$(farside completion zsh)"'),
    "fish": (["--no-config", "-i"], "farside completion fish | source"),
}
"""How each is started without the user's own settings, and the line that `farside completion --help` has for its settings."""


@pytest.mark.parametrize(("shell", "said"), [("bash", "complete -o nosort"), ("zsh", "#compdef farside"), ("fish", "complete --no-files")])
def test_each_shell_has_its_script(shell: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert said in out and f"_FARSIDE_COMPLETE={shell}_complete" in out
    assert run(["completion", "csh"]) == 2


@pytest.mark.parametrize("shell", SHELLS)
def test_the_help_says_the_line_that_is_tried_here(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "--help"]) == 0
    assert SHELLS[shell][1].rpartition("&& ")[2] in capsys.readouterr().out


def completed(*words: str) -> list[str]:
    """What bash is told for the last of the words."""
    env = {**os.environ, "_FARSIDE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(("farside", *words)), "COMP_CWORD": str(len(words))}
    asked = subprocess.run([sys.executable, "-m", "farside"], env=env, capture_output=True, text=True, check=True)
    return [line.partition(",")[2] for line in asked.stdout.splitlines()]


def test_commands_options_and_choices_are_completed() -> None:
    assert completed("ex") == ["export"]
    assert completed("data", "") == ["add", "list"]
    assert completed("export", "x", "--st") == ["--step"]
    assert completed("new", "x", "--template", "l") == ["landing"]


class Terminal:
    """A shell in a terminal of its own: what is typed goes in, what it shows comes out."""

    def __init__(self, shell: str, home: Path) -> None:
        program = shutil.which(shell)
        assert program is not None
        variables = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        self.home, self.shown = home, ""
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.chdir(home)
            os.execve(program, [program, *SHELLS[shell][0]], variables)

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait_for(self, text: str, seconds: float = 60.0) -> None:
        """Read until `text` is shown."""
        ends = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < ends, f"{text!r} was not shown, but {self.shown!r}"
            if select.select([self.end], [], [], 0.1)[0]:
                self.shown += os.read(self.end, 65536).decode(errors="replace")

    def close(self) -> None:
        os.close(self.end)
        os.waitpid(self.child, 0)


@pytest.fixture(params=SHELLS)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """Each shell, with completion switched on as the help says."""
    if shutil.which(request.param) is None:
        pytest.skip(f"needs {request.param}")
    made = Terminal(request.param, tmp_path)
    made.type(f"{SHELLS[request.param][1]}; echo 'now 'ready\r")
    made.wait_for("now ready")
    yield made
    made.close()


def test_tab_completes_command_and_choice_in_a_terminal(terminal: Terminal) -> None:
    """`farside compl TAB zs TAB` is a line that runs."""
    terminal.type("farside compl\t")
    terminal.wait_for("farside completion")
    terminal.shown = ""
    terminal.type("zs\t > written\r")
    terminal.type("echo 'it 'ran\r")
    terminal.wait_for("it ran")
    assert "#compdef farside" in (terminal.home / "written").read_text("utf-8")
