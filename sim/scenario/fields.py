"""The kinds of value that scenario files hold: moments, numbers and texts, each refusing what it can't mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

K = TypeVar("K")
V = TypeVar("V")

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
OFFSET_REMEDY = "write date, time and offset, such as 2023-09-24T09:00:00+04:00"


class Unexpected(ValueError):
    """Raised inside validators: what was found and expected, in the words of :class:`sim.errors.Problem`."""

    def __init__(self, expected: str, found: str = "", remedy: str = "") -> None:
        super().__init__(expected)
        self.expected, self.found, self.remedy = expected, found, remedy


class FrozenDict(dict[K, V]):
    """A dict that refuses changes, so that a frozen model is frozen throughout."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a scenario can't be changed in place; use `scenario.vary(...)`")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


def _moment(value: object) -> datetime:
    """Return ``value`` as a datetime with an offset; numbers and bare dates are refused, not guessed."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Unexpected("a date and time", remedy=OFFSET_REMEDY) from None
    if not isinstance(value, datetime):
        bare = isinstance(value, date)
        raise Unexpected("a date and time", "a date without a time" if bare else "", OFFSET_REMEDY)
    if value.utcoffset() is None:
        raise Unexpected("an offset from UTC after the time", remedy=f"add +04:00: {value.isoformat()}+04:00")
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise Unexpected(f"a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A moment with its offset from UTC."""

Number = Annotated[float, Field(strict=True)]
Share = Annotated[float, Field(ge=0.0, le=1.0, strict=True)]
NonNegative = Annotated[float, Field(ge=0.0, le=1e12, strict=True)]


def _written(value: str) -> str:
    if not value.strip():
        raise Unexpected("some text", "an empty text")
    return value.strip()


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise Unexpected("one line", "several lines", "move the rest to `narrative`")
    return value


Text = Annotated[str, Field(max_length=20_000), AfterValidator(_written)]
"""Any text but an empty one, without the blanks around it."""

Line = Annotated[str, Field(max_length=300), AfterValidator(_written), AfterValidator(_one_line)]
"""One line of text."""
