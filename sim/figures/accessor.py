"""Results that know how to plot themselves: ``result.plot.arrivals(ax)``, ``comparison.plot.difference(ax)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results.result import Result


class RunPlots:
    """Plots of one run, by name; each draws onto the Axes that it is given, or onto a new figure's, and returns them.

    ``result.plot.queue(ax)`` is ``result.plot("queue", ax)``. ``dir(result.plot)`` names them all.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def __call__(self, kind: str = "arrivals", ax: Axes | None = None) -> Axes:
        """Draw one of :data:`sim.figures.run.KINDS`."""
        from sim.figures.run import plot

        return plot(self._result, kind, ax)

    def __getattr__(self, kind: str) -> Callable[..., Axes]:
        """Return the function that draws ``kind``."""
        if kind.startswith("_") or kind not in dir(self):
            raise AttributeError(f"no plot called `{kind}`; {did_you_mean(kind, dir(self)) or 'see dir() of this'}")
        return lambda ax=None: self(kind, ax)

    def __dir__(self) -> Iterator[str]:
        """Return the names of the plots."""
        from sim.figures.run import KINDS

        return iter(KINDS)

    def __repr__(self) -> str:
        return f"<plots of a run: {', '.join(dir(self))}>"


class ComparisonPlots:
    """Plots of a comparison, each onto the Axes that it is given, or onto a new figure's; they return the Axes."""

    def __init__(self, comparison: Any) -> None:
        self._comparison = comparison

    def arrivals(self, ax: Axes | None = None) -> Axes:
        """Draw arrivals of all scenarios over each other."""
        return self.series("arrivals_cumulative", ax)

    def series(self, variable: str, ax: Axes | None = None) -> Axes:
        """Draw one series without further dimensions for all scenarios over each other."""
        from sim.figures.compare import overlay

        _known(variable, self._series(), "variable")
        return self._draw(ax, lambda axes: overlay(axes, self._comparison.dataset, variable))

    def difference(self, scenario: str, ax: Axes | None = None, variable: str = "arrivals_cumulative") -> Axes:
        """Draw one scenario less the baseline, member by member under the same chance."""
        from sim.figures.compare import difference

        baseline = self._comparison.baseline
        _known(scenario, [name for name in self._comparison.scenarios if name != baseline], "scenario")
        _known(variable, self._series(), "variable")
        data = self._comparison.dataset
        return self._draw(ax, lambda axes: difference(axes, data, baseline, scenario, variable))

    def outcome(self, measure: str = "persons_arrived", ax: Axes | None = None) -> Axes:
        """Draw one headline number of each scenario: median, 50% and 90% of members."""
        from sim.figures.compare import outcome
        from sim.results.compared import COMPARED, by_member
        from sim.results.words import MEASURES

        _known(measure, COMPARED, "measure")
        what, summaries = MEASURES[measure], by_member(self._comparison.summaries)
        return self._draw(ax, lambda axes: outcome(axes, summaries, measure, what.label, what.unit))

    def _series(self) -> list[str]:
        arrays = self._comparison.dataset.data_vars.items()
        return [str(name) for name, array in arrays if set(array.dims) == {"scenario", "member", "time"}]

    def _draw(self, ax: Axes | None, draw: Callable[[Axes], None]) -> Axes:
        from sim.figures.gallery import comparison_footer
        from sim.figures.style import footer, sheet, style

        with style():
            if ax is None:
                figure, axes = sheet(1, 1, size=(9.0, 4.6))
                ax = axes[0, 0]
                titles = {name: scenario.title for name, scenario in self._comparison.scenarios.items()}
                footer(figure, comparison_footer(self._comparison, self._comparison.seed, titles))
            draw(ax)
        return ax


def _known(word: str, known: Any, key: str) -> None:
    if word not in known:
        listed = ", ".join(f"`{name}`" for name in known)
        raise InputError(Problem("plot", key, f"`{word}`", f"one of {listed}", did_you_mean(word, known)))
