"""Write docs/laboratory_verbs.md from the verbs themselves: what each does, who may, what it takes, and an example.

    python builders/make_verbs.py

`tests/docs/test_laboratory.py` writes it again and compares.
"""

from __future__ import annotations

from pathlib import Path

import click

from farside.cli.lab import lab
from farside.cli.lab_ledger import ready
from farside.cli.main import cli

PAGE = Path(__file__).parents[1] / "docs" / "laboratory_verbs.md"

HEAD = """# The verbs of the laboratory

Each is one event of the ledger, by `farside lab VERB` or by the function of the same name in `farside.curation.verbs`. Written by
`python builders/make_verbs.py` from the verbs themselves.

Every verb also takes `--by`, `--second`, `--reason`, `--at-utc`, `--key`, `--at` and `--json`: who acts, with whom, why, when it was done,
your own mark of the request (sent twice, it is refused), which ledger, and that the event is printed as JSON. From Python these are in the
`Act` that comes first: `verbs.unseal(Act(by="li"), sample="CE6")`.
"""


def page() -> str:
    """The whole page."""
    ready()
    from farside.cli import lab_verbs

    return "\n".join((HEAD, *(section(name) for name in lab_verbs.names())))


def section(name: str) -> str:
    """One verb."""
    from farside.cli import lab_verbs
    from farside.cli.lab_examples import EXAMPLES
    from farside.curation.verbs import VERBS

    verb, command = VERBS[name.replace("-", "_")], lab.get_command(click.Context(cli), name)
    assert command is not None
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    rows = [row(p) for p in command.params if isinstance(p, click.Option) and p.name in verb.arguments.model_fields]
    lines = [f"## `{' '.join((name, *arguments))}`", "", verb.about, "", f"*Who may*: {lab_verbs.who(verb)}.", ""]
    if rows:
        lines += ["| option | |", "| --- | --- |", *rows, ""]
    return "\n".join((*lines, "```shell", *EXAMPLES[verb.name], "```", ""))


def row(option: click.Option) -> str:
    """An option, what it takes and whether it must be given."""
    value = "" if option.is_flag or option.secondary_opts else f" {option.metavar}"
    names = "/".join((*option.opts, *option.secondary_opts))
    return f"| `{names}{value}` | {'required. ' if option.required else ''}{option.help} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
