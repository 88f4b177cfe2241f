"""`farside completion`: what a shell needs to complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from farside.cli.refusal import FLOWN

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print a shell's completion script.")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion(shell: str) -> int:
    """Print the script that makes SHELL complete farside's commands, options and files when TAB is pressed.

    \b
    Once, in the file that your shell reads when it starts:
      bash  (~/.bashrc)                   eval "$(farside completion bash)"
      zsh   (~/.zshrc, after compinit)    eval "$(farside completion zsh)"
      fish  (~/.config/fish/config.fish)  farside completion fish | source

    \b
    Examples:
      farside completion bash
      farside completion fish > ~/.config/fish/completions/farside.fish
    """
    root = click.get_current_context().find_root()
    kind = get_completion_class(shell)
    assert kind is not None, f"click completes {', '.join(SHELLS)}"
    script = kind(root.command, {}, "farside", "_FARSIDE_COMPLETE")
    click.echo(ShellComplete.source(script))  # not the class's own: that of bash starts a bash to ask its version
    return FLOWN
