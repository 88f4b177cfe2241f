"""`farside cite`: what a mission stands on."""

from __future__ import annotations

import json
from pathlib import Path

import click

from farside.cli.asking import load_mission
from farside.cli.refusal import FLOWN


@click.command(short_help="Say what a mission stands on.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--bibtex", is_flag=True, help="Print BibTeX: the works, each source of the file, the assumptions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the list.")
def cite(file: Path, bibtex: bool, as_json: bool) -> int:
    """Say what the mission in FILE stands on: every number with its source, or as an assumption; the models that it is flown by, and the
    works that they follow.

    \b
    Examples:
      farside cite missions/change6.toml
      farside cite missions/change6.toml --bibtex > change6.bib
      farside cite missions/apollo11_landing.toml --json | python -m json.tool
    """
    if bibtex and as_json:
        raise click.UsageError("--bibtex and --json are two answers; ask for one")
    mission = load_mission(file)
    from farside.products.citation import citation_bibtex, citation_lines, citation_record
    from farside.products.citation import cite as cited

    citation = cited(mission)
    if bibtex:
        click.echo(citation_bibtex(citation), nl=False)
    else:
        click.echo(json.dumps(citation_record(citation), indent=2, ensure_ascii=False) if as_json else "\n".join(citation_lines(citation)))
    return FLOWN
