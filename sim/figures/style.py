"""One look for every figure: colours that all readers can tell apart, dated axes, and files with the same bytes."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.dates import MONTHLY, AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, Formatter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
    "#000000",
)
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
"""Okabe and Ito's colours for lines, without yellow, which is too pale on white."""

DASHES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 2, 4, 2)), (0, (8, 3)))
"""Line styles that go with :data:`PALETTE`, so that lines can be told apart in grey."""

QUIET = "0.45"
"""Grey for what should not draw the eye."""

INCHES_PER_DATE = 1.0
"""Room for one date below a time axis."""

CAUTION = "conditional exploration, not a forecast"

_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlepad": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.9",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "hatch.linewidth": 0.5,
    "savefig.dpi": 150,
    "svg.hashsalt": "corridor",
    "svg.fonttype": "path",
}

_DATES: dict[str, list[str]] = {
    "formats": ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%b %Y", "%d %b", "%d %b", "%H:%M", "%H:%M"],
    "offset_formats": ["", "%Y", "%Y", "%Y", "%d %b %Y", "%d %b %Y %H:%M"],
}
"""Formats of ticks by their finest unit: year, month, day, hour, minute, second."""

_OF_THE_SESSION = frozenset(
    ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "date.epoch", "docstring.hardcopy")
)


@contextmanager
def style() -> Iterator[None]:
    """Draw in Corridor's look; the reader's own settings are as before when the block ends."""
    settings: Any = {key: value for key, value in mpl.rcParamsDefault.items() if key not in _OF_THE_SESSION} | _RC
    with mpl.rc_context(settings):
        yield


def sheet(n_rows: int, n_columns: int, *, size: tuple[float, float], **keys: Any) -> tuple[Figure, np.ndarray]:
    """Return a figure of panels and its Axes, shape (n_rows, n_columns)."""
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    axes = figure.subplots(n_rows, n_columns, squeeze=False, **keys)
    return figure, axes


def save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    """Write ``figure`` as SVG and PNG beside each other, without dates, so that equal figures are equal files.

    It is laid out once, for the PNG, which takes about as long as drawing it.
    """
    svg, png = (stem.with_name(f"{stem.name}.{form}") for form in ("svg", "png"))
    layout = figure.get_layout_engine()
    with style():
        figure.savefig(png, format="png", metadata={"Software": "Corridor"})
        figure.set_layout_engine("none")
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": "Corridor"})
        figure.set_layout_engine(layout)
    return svg, png


def footer(figure: Figure, text: str) -> None:
    """Put a small grey line below everything else, wrapped to the figure's width."""
    width = int(figure.get_figwidth() * 18)
    figure.supxlabel(textwrap.fill(text, width), x=0.01, ha="left", fontsize=7.5, color="0.35")


def title(ax: Axes, text: str) -> None:
    """Set the title of ``ax``, wrapped to its share of the figure."""
    inches = ax.bbox.width / ax.figure.dpi
    ax.set_title(textwrap.fill(text, max(20, int(inches * 12.5))), loc="left")


def dated(ax: Axes, times: Sequence[Any] | np.ndarray, zone: str) -> None:
    """Give ``ax`` a time axis with real dates from first to last time, as many as have room."""
    n_most = max(3, int(ax.bbox.width / ax.figure.dpi / INCHES_PER_DATE))
    locator = _every_few_days(np.asarray(times), n_most) or _automatic(n_most)
    ax.xaxis.set_major_locator(locator)
    formatter: Any = ConciseDateFormatter(locator, tz=UTC, **_DATES)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(formatter)
    ax.set_xlim(times[0], times[-1])
    ax.set_xlabel(f"local time [{zone}]")


def _every_few_days(times: np.ndarray, n_most: int) -> FixedLocator | None:
    """Return evenly spaced midnights, where a span of days to weeks has room for at least two; else None."""
    days = (times[-1] - times[0]) / np.timedelta64(1, "D")
    step = next((step for step in (1, 2, 3, 4, 5, 7, 10, 14) if days / step <= n_most), None)
    if step is None or days < 3.0:
        return None
    first = times[0].astype("datetime64[D]")
    midnights = np.arange(first + np.timedelta64(1, "D"), times[-1] + np.timedelta64(1, "s"), np.timedelta64(step, "D"))
    return FixedLocator(date2num(midnights))  # type: ignore[no-untyped-call]


def _automatic(n_most: int) -> AutoDateLocator:
    locator: Any = AutoDateLocator(  # type: ignore[no-untyped-call]
        tz=UTC, minticks=min(4, n_most), maxticks=n_most
    )
    locator.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]
    return cast(AutoDateLocator, locator)


class Grouped(Formatter):
    """Tick labels with thousands separators and equal decimals."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write one number."""
        return grouped(x)

    def format_ticks(self, values: Iterable[float]) -> list[str]:
        """Write all ticks of an axis with the decimals of the finest one."""
        values = list(values)
        decimals = max((len(grouped(value).partition(".")[2]) for value in values), default=0)
        return [f"{value:,.{decimals}f}".replace("-", "−") for value in values]


def counted(ax: Axes, label: str, unit: str) -> None:
    """Label the y axis with its unit and write its numbers with thousands separators."""
    ax.set_ylabel(f"{label} [{unit}]")
    ax.yaxis.set_major_formatter(Grouped())


def from_zero(ax: Axes) -> None:
    """Start the y axis at zero, and let it reach one at least, so that nothing looks like nothing."""
    ax.set_ylim(0.0, max(1.0, ax.get_ylim()[1]))


def mark_counts(ax: Axes, counts: pd.Series, times: np.ndarray) -> None:
    """Mark real counts (index: local times, values: persons) within the run as open circles."""
    seen = counts[(counts.index >= times[0]) & (counts.index <= times[-1])]
    ax.plot(
        seen.index, seen, "o", markersize=4, color=BLACK, markerfacecolor="white", markeredgewidth=0.9, label="counted",
        zorder=4,
    )  # fmt: skip


def shared_legend(ax: Axes, **keys: Any) -> None:
    """Put the legend to the right of the plot, where it hides nothing."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, alignment="left", **keys)


def grouped(value: float) -> str:
    """Write a number with thousands separators and no more decimals than it needs.

    >>> grouped(100000.0), grouped(0.25), grouped(-2.5)
    ('100,000', '0.25', '−2.5')
    """
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
