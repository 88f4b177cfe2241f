"""`farside new`: a commented mission file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from farside.cli.refusal import FLOWN, Refusal

TEMPLATES = ("sample_return", "landing", "entry")
FLOWN_BY = {"sample_return": "fly", "landing": "land", "entry": "entry"}


@click.command(short_help="Write a mission file to start from.")
@click.argument("name")
@click.option("--template", type=click.Choice(TEMPLATES), default=TEMPLATES[0], show_default=True, help="What to start from.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.  [default: NAME.toml]")
def new(name: str, template: str, out: Path | None) -> int:
    """Write a commented mission file called NAME to start from: what each key means stands above it. It is in order, and can be flown as
    it is; every number in it is an assumption until you say where yours is from. A file that is there is left alone.

    \b
    Templates:
      sample_return  a whole sample return: launch, Moon, landing, ascent, docking, entry, laboratory
      landing        a landing on the Moon alone, from an orbit that is told
      entry          an entry into the atmosphere alone, from its interface down

    \b
    Examples:
      farside new my_mission
      farside new shackleton --template landing
      farside new steep --template entry --out entries/steep.toml
    """
    from farside.products.beginnings import BeginningError, begin, beginning

    file = out or Path(f"{name}.toml")
    try:
        begin(file, beginning(name, template))
    except BeginningError as error:
        raise Refusal(str(error)) from None
    except FileExistsError:
        raise Refusal(f"{file} is there already, and is left as it is; another name, or --out FILE, would do") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    click.echo(f"{file}: {template.replace('_', ' ')} to start from")
    click.echo(f"next: edit it, then  farside check {file}  and  farside {FLOWN_BY[template]} {file}")
    return FLOWN
