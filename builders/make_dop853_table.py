"""Write src/farside/dynamics/dop853.py: the coefficients of DOP853, as SciPy states them.

They are numbers of Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, 2nd ed. 1993, II.5 and II.6. Run by hand:
`python builders/make_dop853_table.py`; the result is committed.
"""

import pathlib

import numpy as np
import scipy
from scipy.integrate._ivp import dop853_coefficients as table

target = pathlib.Path(__file__).parents[1] / "src" / "farside" / "dynamics" / "dop853.py"
lines = [
    '"""The numbers of DOP853: Runge-Kutta of order 8(5,3) with dense output of order 7.',
    "",
    "Source: Hairer, Norsett & Wanner, *Solving Ordinary Differential Equations I*, 2nd ed. 1993, II.5 and II.6.",
    f"Written by `builders/make_dop853_table.py` with SciPy {scipy.__version__}; not edited by hand.",
    '"""',
    "",
    "import numpy as np",
    "",
]
for name in ("A", "B", "C", "E3", "E5", "D"):
    array = np.asarray(getattr(table, name), dtype=float)
    rows = ", ".join(repr(float(v)) for v in array.ravel())
    shape = ", ".join(map(str, array.shape)) + ("," if array.ndim == 1 else "")
    lines.append(f"{name} = np.array([{rows}]).reshape(({shape}))")
target.write_text("\n".join(lines) + "\n")
