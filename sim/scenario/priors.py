"""Priors of uncertain numbers, given as planners state them: a range, or a median with its central 95 %."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, ValidationInfo, field_validator

from sim.scenario.actions import Closed
from sim.scenario.fields import Number, Unexpected

Array = NDArray[np.float64]
RARE = 1e-9
Z_975 = 1.959963984540054
"""Standard normal quantile of 0.975."""


class Uniform(Closed):
    """Anything from ``low`` to ``high`` alike."""

    kind: Literal["uniform"]
    low: Number
    high: Number

    @field_validator("high")
    @classmethod
    def _ordered(cls, high: float, info: ValidationInfo) -> float:
        _check_above(high, info, "low")
        return high

    @property
    def span(self) -> tuple[float, float]:
        """Both ends of the range."""
        return self.low, self.high

    @property
    def support(self) -> tuple[float, float]:
        """Both ends of the range."""
        return self.span

    def quantile(self, u: ArrayLike, low: float = -np.inf, high: float = np.inf) -> Array:
        """Return the values below which shares ``u`` of the prior lie.

        Parameters
        ----------
        u
            Any shape, within (0, 1).
        low, high
            The prior is cut to this interval first.
        """
        left, right = max(self.low, low), min(self.high, high)
        return left + np.asarray(u, dtype=float) * (right - left)

    def __str__(self) -> str:
        return f"uniform {self.low:g} to {self.high:g}"


class Medial(Closed):
    """A two-piece normal on a transformed scale, through a median and the central 95 % on either side of it.

    With a median half-way between the two others on that scale it is the plain (log- or logit-)normal distribution.
    """

    median: Number
    p025: Number
    p975: Number

    @field_validator("p975")
    @classmethod
    def _ordered(cls, p975: float, info: ValidationInfo) -> float:
        _check_above(p975, info, "median")
        median, p025 = info.data.get("median"), info.data.get("p025")
        if median is not None and p025 is not None and median <= p025:
            raise Unexpected("`p025` < `median` < `p975`", f"p025 = {p025:g}, median = {median:g}, p975 = {p975:g}")
        return p975

    @property
    def span(self) -> tuple[float, float]:
        """Ends of the central 95 %."""
        return self.p025, self.p975

    @property
    def support(self) -> tuple[float, float]:
        """What all values but two in a thousand million lie between."""
        low, high = self.quantile([RARE, 1.0 - RARE])
        return float(low), float(high)

    @staticmethod
    def _forward(x: Array) -> Array:
        raise NotImplementedError

    @staticmethod
    def _backward(y: Array) -> Array:
        raise NotImplementedError

    def _scales(self) -> tuple[float, float, float]:
        """Return centre and the standard deviations below and above it, on the transformed scale."""
        p025, median, p975 = self._forward(np.array([self.p025, self.median, self.p975]))
        return float(median), float(median - p025) / Z_975, float(p975 - median) / Z_975

    def _share_below(self, x: float) -> float:
        from scipy.special import ndtr

        centre, below, above = self._scales()
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = float(self._forward(np.array(x))) - centre
        if np.isnan(distance):
            return 0.0 if x < self.median else 1.0
        return float(ndtr(distance / (below if distance < 0 else above)))

    def quantile(self, u: ArrayLike, low: float = -np.inf, high: float = np.inf) -> Array:
        """Return the values below which shares ``u`` of the prior lie.

        Parameters
        ----------
        u
            Any shape, within (0, 1).
        low, high
            The prior is cut to this interval first.
        """
        from scipy.special import ndtri

        least, most = self._share_below(low), self._share_below(high)
        centre, below, above = self._scales()
        z = ndtri(least + np.asarray(u, dtype=float) * (most - least))
        values = self._backward(centre + z * np.where(z < 0, below, above))
        return np.asarray(np.clip(values, low, high))

    def __str__(self) -> str:
        return f"median {self.median:g}, 95 % within {self.p025:g} to {self.p975:g}"


class LogNormal(Medial):
    """A positive number whose ratios count."""

    kind: Literal["lognormal"]

    @field_validator("median", "p025", "p975")
    @classmethod
    def _positive(cls, value: float) -> float:
        if value <= 0:
            raise Unexpected("a number above 0")
        return value

    @staticmethod
    def _forward(x: Array) -> Array:
        return np.log(x)

    @staticmethod
    def _backward(y: Array) -> Array:
        return np.exp(y)

    def __str__(self) -> str:
        return f"log-normal, {super().__str__()}"


class LogitNormal(Medial):
    """A share whose odds count."""

    kind: Literal["logitnormal"]

    @field_validator("median", "p025", "p975")
    @classmethod
    def _within_0_and_1(cls, value: float) -> float:
        if not 0 < value < 1:
            raise Unexpected("a share above 0 and below 1")
        return value

    @staticmethod
    def _forward(x: Array) -> Array:
        return np.asarray(np.log(x) - np.log1p(-x))

    @staticmethod
    def _backward(y: Array) -> Array:
        from scipy.special import expit

        return np.asarray(expit(y))

    def __str__(self) -> str:
        return f"logit-normal, {super().__str__()}"


def _check_above(value: float, info: ValidationInfo, other: str) -> None:
    least = info.data.get(other)
    if least is not None and value <= least:
        raise Unexpected(f"more than `{other}` ({least:g})")


Prior = Annotated[Uniform | LogNormal | LogitNormal, Field(discriminator="kind")]
"""How sure a number is, told apart by ``kind``."""
