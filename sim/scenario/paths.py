"""Dotted paths to single values, such as ``interventions.monitors.strength``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def descend(container: Any, steps: Sequence[str]) -> tuple[Any, Any]:
    """Return the table or list that holds the last step, and that step as its key; (None, None) if there is none.

    >>> descend({"milestones": [{"day": 3.0}]}, ["milestones", "0", "day"])
    ({'day': 3.0}, 'day')
    """
    for position, step in enumerate(steps):
        key: Any = step
        if isinstance(container, list | tuple):
            key = int(step) if step.isdecimal() and len(step) < 6 else -1
            fits = 0 <= key < len(container)
        else:
            fits = isinstance(container, dict) and step in container
        if not fits:
            return None, None
        if position == len(steps) - 1:
            return container, key
        container = container[key]
    return None, None
