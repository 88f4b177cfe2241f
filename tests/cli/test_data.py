"""`farside data`: what is taken in and listed, and what a flight is refused that names a file that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farside.cli.main import run

MISSIONS = Path(__file__).parents[2] / "missions"
COUNT = "Total_area = 4.0 <km^2>\ncrater = {diam, fraction, lon, lat\n0.2 1 206.0 -41.6\n0.05 1 206.1 -41.7\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_terrain_and_a_count_are_taken_in_and_listed(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.csv").write_text("east_m,north_m,height_m\n0,0,0\n0,1,0.1\n1,0,0\n1,1,0.1\n")
    (tmp_path / "site.scc").write_text(COUNT)
    assert run(["data", "add", str(tmp_path / "site.csv"), "--name", "shelf"]) == 0
    assert capsys.readouterr().out == (
        f"shelf: elevation model, 2 by 2 points every 1 m, kept in {folder / 'terrain' / 'shelf'}\n"
        'a mission file uses it by file = "shelf" in [terrain]\n'
    )
    assert run(["data", "add", str(tmp_path / "site.scc"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["kind"], told["used_by"]) == ("site.scc", "craters", 'craters = "site.scc" in [terrain]')
    assert Path(told["path"]).is_file()
    assert run(["data", "list"]) == 0
    terrain, craters = capsys.readouterr().out.splitlines()
    assert terrain.startswith("shelf: elevation model, 2 by 2 points every 1 m, sha256 ")
    assert craters.startswith("site.scc: crater count, 2 craters of 50 to 200 m, sha256 ")


def test_a_file_that_is_not_what_it_is_called_is_refused_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.csv").write_text("x,y\n1,2\n")
    assert run(["data", "add", str(tmp_path / "site.csv")]) == 2
    said = capsys.readouterr().err
    assert "no column east_m, north_m, height_m" in said
    assert said.count("site.csv") == 1


@pytest.mark.parametrize(("line", "what"), [('file = "a.nc"', "elevation model"), ('craters = "a.scc"', "crater count")])
def test_a_mission_that_names_what_was_not_added_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, what: str
) -> None:
    text = (MISSIONS / "change5_landing.toml").read_text(encoding="utf-8")
    (tmp_path / "x.toml").write_text(f"{text}\n[terrain]\n{line}\n", encoding="utf-8")
    assert run(["fly", str(tmp_path / "x.toml"), "--out", str(tmp_path / "out")]) == 2
    assert f"no {what} 'a." in (said := capsys.readouterr().err) and "farside data add FILE" in said
    assert not (tmp_path / "out").exists()


def test_a_terrain_too_small_is_refused_by_how_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.csv").write_text("east_m,north_m,height_m\n" + "".join(f"{e},{n},0\n" for e in range(-5, 6) for n in range(-5, 6)))
    text = (MISSIONS / "change5_landing.toml").read_text(encoding="utf-8")
    (tmp_path / "x.toml").write_text(f'{text}\n[terrain]\nfile = "small.csv"\n', encoding="utf-8")
    assert run(["data", "add", str(tmp_path / "small.csv")]) == 0
    assert run(["fly", str(tmp_path / "x.toml"), "--out", str(tmp_path / "out")]) == 2
    assert "change5_landing: small.csv: 47.5 m too small" in capsys.readouterr().err
