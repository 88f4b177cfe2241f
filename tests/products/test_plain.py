import json
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from farside.phases.leg import Attitude, Outcome
from farside.products.plain import plain, write_json


class Pair(NamedTuple):
    first: float
    second: tuple[int, ...]


class Declared(BaseModel):
    altitude_m: float
    names: tuple[str, ...] = ()


def test_records_become_dictionaries_of_their_fields():
    law = Attitude((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1e-4, 5.0)
    assert plain(law) == {"axis": [1.0, 0.0, 0.0], "toward": [0.0, 1.0, 0.0], "rate_rad_s": 1e-4, "reference_s": 5.0}
    assert plain(Pair(1.0, (2, 3))) == {"first": 1.0, "second": [2, 3]}
    assert plain(Declared(altitude_m=3.0)) == {"altitude_m": 3.0, "names": []}
    assert plain({"where": Path("/a"), "how": Outcome.DONE, "many": np.arange(2.0)}) == {"where": "/a", "how": "done", "many": [0.0, 1.0]}


def test_what_is_not_finite_is_null_and_what_is_not_data_is_refused():
    assert plain([float("inf"), np.nan, np.float64(2.0)]) == [None, None, 2.0]
    with pytest.raises(TypeError, match="object cannot be written"):
        plain(object())


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_written_is_read_to_the_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("json") / "numbers.json"
    write_json(path, np.array(numbers))
    assert json.loads(path.read_text()) == numbers


def test_enumerations_of_text_and_numbers():
    class Kind(Enum):
        A = 3

    assert plain(Kind.A) == 3


def test_lists_of_numbers_are_one_line(tmp_path):
    value = {"a": [1.0, 2.5], "b": [[1, 2], [3]], "c": {}, "d": [], "e": [{"f": None}], 3: "x"}
    write_json(tmp_path / "x.json", value)
    text = (tmp_path / "x.json").read_text()
    assert json.loads(text) == {**{key: item for key, item in value.items() if key != 3}, "3": "x"}
    assert text.splitlines()[1:5] == [' "a": [1.0, 2.5],', ' "b": [', "  [1, 2],", "  [3]"]
