"""The scenario: a closed, frozen description of one "what if", complete and free of references to other files."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from sim.scenario.actions import Action, Closed
from sim.scenario.fields import FrozenDict, Line, Moment, Number, Text, Unexpected
from sim.scenario.interventions import AnyIntervention
from sim.scenario.network import Network
from sim.scenario.priors import Prior
from sim.scenario.shocks import Shock

MINUTES_PER_DAY = 1440
MAX_ACTIONS = 200
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Basis = Literal["reported", "measured", "estimated", "calibrated", "assumed"]
Days = Annotated[float, Field(gt=0.0, le=3653.0, strict=True)]


class Time(Closed):
    """When the scenario starts, how long it lasts and how finely it is played.

    ``file_days`` is the length given in the file, where an override replaced it: actions that a shortened run
    never reaches are no mistake.
    """

    start: Moment
    days: Days
    step_minutes: Annotated[int, Field(ge=1, le=MINUTES_PER_DAY, strict=True)] = 60
    output_minutes: Annotated[int, Field(ge=1, le=30 * MINUTES_PER_DAY, strict=True)] | None = Field(
        default=None, validate_default=True
    )
    file_days: Days | None = None

    @field_validator("step_minutes")
    @classmethod
    def _divides_a_day(cls, step: int) -> int:
        if MINUTES_PER_DAY % step:
            raise Unexpected("minutes that divide a day evenly", remedy=f"the closest is {_closest_divisor(step)}")
        return step

    @field_validator("output_minutes")
    @classmethod
    def _multiple_of_step(cls, output: int | None, info: ValidationInfo) -> int | None:
        step: int | None = info.data.get("step_minutes")
        if step is None:
            return output
        if output is None:
            return step * math.ceil(60 / step)
        if output % step:
            raise Unexpected(f"a multiple of `step_minutes` ({step})")
        return output

    @property
    def end(self) -> datetime:
        """The moment at which the horizon ends."""
        return self.start + timedelta(days=self.days)

    @property
    def n_steps(self) -> int:
        """Steps to the horizon, the last one whole."""
        return math.ceil(round(self.days * MINUTES_PER_DAY / self.step_minutes, 6))


def _closest_divisor(step: int) -> int:
    divisors = (n for n in range(1, MINUTES_PER_DAY + 1) if MINUTES_PER_DAY % n == 0)
    return min(divisors, key=lambda n: abs(n - step))


class PlaceRef(Closed):
    """Where the scenario plays: a folder of sourced data in ``seeds/``, or the ``network`` given here."""

    dataset: Annotated[str, Field(pattern=NAME_PATTERN, max_length=64)] = ""
    network: Network | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.dataset) == (self.network is not None):
            found = "both" if self.dataset else "neither"
            raise Unexpected("either `dataset`, the name of a folder in seeds/, or `network`, a table", found)
        return self

    @model_serializer(mode="wrap")
    def _what_is_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value}


class Parameter(Closed):
    """A number, what it rests on and how sure it is.

    ``file_value`` is the number given in the file, where an override replaced it: `basis` and `source` speak of
    that one.
    """

    value: Number
    unit: str
    basis: Basis
    source: Text
    note: Annotated[str, Field(max_length=20_000)] = ""
    ledger: tuple[Line, ...] = ()
    prior: Prior | None = None
    file_value: Number | None = None


class Uncertainty(Closed):
    """A number of a shock or an intervention that isn't known, such as ``interventions.monitors.strength``."""

    path: Annotated[str, Field(pattern=r"^(shocks|interventions)\.[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=200)]
    prior: Prior
    note: Annotated[str, Field(max_length=20_000)] = ""


class Scenario(Closed):
    """One "what if", resolved: nothing is inherited, looked up or defaulted any more.

    However it is built, what is wrong with it is raised as one :class:`sim.errors.ScenarioError`.
    """

    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=64)]
    title: Line
    summary: Line
    narrative: Text
    assumptions: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)]
    triggers: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    time: Time
    place: PlaceRef
    parameters: Annotated[Mapping[str, Parameter], AfterValidator(FrozenDict)]
    shocks: Annotated[tuple[Shock, ...], Field(max_length=MAX_ACTIONS)] = ()
    interventions: Annotated[tuple[AnyIntervention, ...], Field(max_length=MAX_ACTIONS)] = ()
    uncertainties: Annotated[tuple[Uncertainty, ...], Field(max_length=MAX_ACTIONS)] = ()
    posterior: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100)] | None = None

    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _report_all_problems(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(data, cls):
            return data
        from sim.scenario.checks import validated

        return validated(data, handler, info.context)

    def values(self) -> dict[str, float]:
        """Return name → value of every parameter."""
        return {name: parameter.value for name, parameter in self.parameters.items()}

    def resolved(self) -> dict[str, Any]:
        """Return the scenario as plain JSON values; building it from them gives the same scenario."""
        return self.model_dump(mode="json")

    def hash(self) -> str:
        """Return the SHA-256 of the resolved scenario, in hexadecimal digits."""
        text = json.dumps(self.resolved(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def actions(self) -> Iterator[tuple[str, Action]]:
        """Yield section (``shocks`` or ``interventions``) and action of everything dated."""
        yield from (("shocks", action) for action in self.shocks)
        yield from (("interventions", action) for action in self.interventions)

    def origin(self, key: str) -> str:
        """Return the file that gave ``key`` (such as ``parameters.hr_threat``), or an empty string."""
        return self._origins.get(key, "")

    def priors(self) -> dict[str, Prior]:
        """Return path → prior of every uncertain number, parameters first."""
        known = {f"parameters.{name}": item.prior for name, item in self.parameters.items() if item.prior is not None}
        return known | {item.path: item.prior for item in self.uncertainties}

    def vary(self, changes: Mapping[str, object]) -> Scenario:
        """Return the scenario with ``changes``, such as ``{"parameters.hr_threat": 3.0}``."""
        from sim.scenario.vary import vary

        return vary(self, changes)

    def with_intervention(self, intervention: Action | Mapping[str, Any]) -> Scenario:
        """Return the scenario with one more intervention."""
        from sim.scenario.vary import with_action

        return with_action(self, "interventions", intervention)

    def with_shock(self, shock: Action | Mapping[str, Any]) -> Scenario:
        """Return the scenario with one more shock."""
        from sim.scenario.vary import with_action

        return with_action(self, "shocks", shock)

    def without(self, *ids: str) -> Scenario:
        """Return the scenario without the shocks and interventions of these ids."""
        from sim.scenario.vary import without

        return without(self, ids)

    def save(self, path: Path | str, *, title: str | None = None, replace: bool = False) -> Path:
        """Write the scenario as a ``.toml`` file that extends the shipped one it was made from; return its path."""
        from sim.scenario.save import save

        return save(self, path, title=title, replace=replace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.resolved() == other.resolved()

    def __hash__(self) -> int:
        return hash(self.hash())
