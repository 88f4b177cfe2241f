"""Dispersions: how wrong navigation and execution are, one sigma, when a flight is flown with them."""

from __future__ import annotations

from pydantic import Field

from farside.basis.declaration import Angle, Declaration, Distance, Fraction, Speed


class Dispersions(Declaration):
    """One-sigma errors per axis of the navigated state; of thrust, pointing and the accelerometer's scale per burn.

    A correction of less than `minimum_correction_m_s` is not burned.
    """

    navigation_position_m: Distance = Field(alias="navigation_position")
    navigation_velocity_m_s: Speed = Field(alias="navigation_velocity")
    thrust: Fraction
    pointing_rad: Angle = Field(alias="pointing")
    accelerometer: Fraction
    minimum_correction_m_s: Speed = Field(alias="minimum_correction")
