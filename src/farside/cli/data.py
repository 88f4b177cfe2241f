"""`farside data`: the user's own data files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from farside.cli.refusal import FLOWN, Refusal


@click.group(short_help="Add and list data files of your own.")
def data() -> None:
    """The user's own data files: better gravity fields of the Moon, elevation models of a landing site, crater counts,
    soundings of the wind.

    None is needed: what the package brings is enough. A file added here can be named in a mission file.

    \b
    Examples:
      farside data add lp165p.cof
      farside data add landing_site.nc
      farside data list
    """


@data.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Name to keep it under.  [default: that of the file]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def data_add(file: Path, name: str | None, as_json: bool) -> int:
    """Check the data in FILE and keep a copy under its name.

    The end of its name says what it is: .csv or .nc an elevation model of a landing site, .scc a crater count, any other a gravity field.
    A .csv that names height_m and east_m_s, north_m_s (or speed_m_s, from_deg) is a sounding of the wind.

    \b
    Examples:
      farside data add lp165p.cof
      farside data add gggrx_1200a.tab --name grail
      farside data add landing_site.nc
      farside data add craters.scc
    """
    from farside.environment import store

    try:
        stored = store.add(file, name)
    except (ValueError, OSError) as error:
        raise Refusal(str(error) if str(file) in str(error) else f"{file}: {error}") from None
    if as_json:
        click.echo(json.dumps(_told(stored) | {"used_by": store.key_of(stored)}, indent=2))
        return FLOWN
    click.echo(f"{stored.name}: {store.about(stored)}, kept in {stored.path}")
    click.echo(f"a mission file uses it by {store.key_of(stored)}")
    return FLOWN


@data.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the list.")
def data_list(as_json: bool) -> int:
    """List the data files that were added.

    \b
    Examples:
      farside data list
      farside data list --json | python -m json.tool
    """
    from farside.environment import store

    if as_json:
        click.echo(json.dumps({"folder": str(store.data_folder()), "files": [_told(one) for one in store.stored()]}, indent=2))
        return FLOWN
    for one in store.stored():
        click.echo(f"{one.name}: {store.about(one)}, sha256 {one.sha256[:16]}, {one.path}")
    if not store.stored():
        click.echo(f"nothing added yet in {store.data_folder()}; `farside data add FILE` adds a gravity field, a terrain or a crater count")
    return FLOWN


def _told(one: Any) -> dict[str, str]:
    """A file of the store, for programs."""
    from farside.environment import store

    return {"name": one.name, "kind": one.kind, "about": store.about(one), "sha256": one.sha256, "path": str(one.path)}
