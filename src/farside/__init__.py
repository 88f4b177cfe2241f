"""farside: declare a sample-return mission in one file, fly it with real physics, and keep the sample it brings home.

    import farside as fs

    mission = fs.load("missions/change6.toml")
    flight = fs.fly(mission, fs.plan(mission))
    print(flight)

The names of this package are loaded on first use: importing it costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from farside.flight import Flight, Plan, PlanError, fly, plan
    from farside.mission import Mission, MissionError, load
    from farside.phases.leg import Outcome
    from farside.products.custody import deliver
    from farside.products.datasets import to_pandas, to_xarray

__version__ = "0.1.0"
__all__ = ["Flight", "Mission", "MissionError", "Outcome", "Plan", "PlanError", "deliver", "fly", "load", "plan", "to_pandas", "to_xarray"]

_HOMES = {
    "Flight": "farside.flight",
    "Mission": "farside.mission",
    "MissionError": "farside.mission",
    "Outcome": "farside.phases.leg",
    "Plan": "farside.flight",
    "PlanError": "farside.flight",
    "deliver": "farside.products.custody",
    "fly": "farside.flight",
    "load": "farside.mission",
    "plan": "farside.flight",
    "to_pandas": "farside.products.datasets",
    "to_xarray": "farside.products.datasets",
}


def __getattr__(name: str) -> Any:
    """The public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'farside' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
