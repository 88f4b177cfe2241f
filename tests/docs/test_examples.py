"""The examples run, and what they print is right where it is known; so does the smallest mission of the page on mission files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pages import CHECKOUT, read, say

EXAMPLES = CHECKOUT / "examples"


def printed(name: str, *words: str) -> str:
    done = subprocess.run([sys.executable, str(EXAMPLES / name), *words], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_fly_and_print() -> None:
    out = printed("fly_and_print.py")
    for event in ("tli", "loi_1", "lander_separation", "tei_2", "entry_interface"):
        assert re.search(rf"^2024-0[56]-\d\d .* {event} ", out, re.MULTILINE), event
    assert "<Flight change6 2024-05-03" in out
    assert out.rstrip().endswith("m/s")


def test_where_is_the_lander() -> None:
    """On 2 June it stands on the site: 41.6385 S, 206.0148 E, 5.256 km below the sphere by the mission file, within a hundred metres."""
    out = printed("where_is_the_lander.py")
    latitude, longitude, height = (float(x) for x in re.findall(r"(-?[\d.]+) N (-?[\d.]+) E, (-?[\d.]+) km above the moon", out)[0])
    assert latitude == pytest.approx(-41.6385, abs=0.009)  # 100 m are 0.0033 deg, and two digits are printed
    assert longitude == pytest.approx(206.0148, abs=0.009)
    assert height == pytest.approx(-5.256, abs=0.1)
    assert "the craft is lander" in out


def test_move_the_site() -> None:
    """A site a degree further north: the trans-lunar burn stays what it is within a metre a second, the way home does not."""
    out = printed("move_the_site.py", "-41.6385", "-40.6385")
    head, *lines = out.splitlines()
    assert head.split()[-2:] == ["-41.64", "-40.64"]
    prices = {line[:60].strip(): [float(x) for x in line.split()[-2:]] for line in lines}
    assert abs(prices["trans-lunar burn"][0] - prices["trans-lunar burn"][1]) < 1.0
    assert abs(prices["second burn home"][0] - prices["second burn home"][1]) > 1.0


def test_laboratory_story() -> None:
    """Every microgram of the papers is somewhere: the accounts sum to zero, and the chain is sound."""
    pytest.importorskip("django", reason="needs the extra lab (Django)")
    out = printed("laboratory_story.py")
    assert re.search(r"^received:change6 +-1,535,249,434 ug$", out, re.MULTILINE)
    assert re.search(r"^sum +0 ug; \d+ events, sound$", out, re.MULTILINE)
    assert "refused: lend: ito has L2 since" in out


def test_every_example_is_named_in_the_readme() -> None:
    for example in EXAMPLES.glob("*.py"):
        assert f"(examples/{example.name})" in read("README.md")


def test_the_smallest_mission_flies(tmp_path: Path) -> None:
    text = re.search(r"^```toml\n(\[mission\].*?)^```", read("docs/mission_file.md"), re.DOTALL | re.MULTILINE)
    assert text is not None
    (tmp_path / "smallest.toml").write_text(text[1], encoding="utf-8")
    assert "smallest: flown to the end of its road" in say("farside fly smallest.toml", tmp_path)


def test_skip_or_direct() -> None:
    """Guidance keeps 7 g and the site down to -6.2 deg; steeper, no bank does, and load grows with every tenth of a degree."""
    out = printed("skip_or_direct.py")
    rows = [line.split() for line in out.splitlines()[1:]]
    guided = {float(row[2]): [float(cell) for cell in row[3:]] for row in rows if row[0] == "guided"}
    assert len(rows) == 3 * len(guided)
    for angle_deg, (load_g, *_rest, miss_km) in guided.items():
        assert (miss_km < 2.0) is (angle_deg >= -6.2), angle_deg
        assert load_g < 7.1 or angle_deg < -6.2
    sideways = [float(row[4]) for row in rows if row[2] == "sideways"]
    assert sideways == sorted(sideways)


@pytest.mark.slow
def test_how_long_to_stay() -> None:
    """49 hours are nearly the cheapest: the plane turns least at apolune, and least on the way home."""
    out = printed("how_long_to_stay.py", "24", "49.25", "96")
    turned = re.search(r"^plane rotation at apolune .*?\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)$", out, re.MULTILINE)
    assert turned is not None
    short, flown, long = (float(cell) for cell in turned.groups())
    assert flown < short and flown < long


@pytest.mark.slow
def test_weaker_engine() -> None:
    """A third of the thrust burns three times as long and loses by it; a sixth does not reach the circle that the plan needs."""
    out = printed("weaker_engine.py", "3000", "1000", "500")
    (strong, weak) = ([float(cell) for cell in re.findall(r"([\d.]+) in ([\d.]+)", line)[0]] for line in out.splitlines()[1:3])
    assert weak[0] > strong[0] and 3.0 < weak[1] / strong[1] < 3.6
    assert "500 N  no plan: " in out
