"""Which versions made a result."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("mesa", "numpy", "scipy", "pandas", "xarray", "h5netcdf", "matplotlib")


def versions(*more: str) -> dict[str, str]:
    """Return name → version of Corridor, Python, the packages that every result depends on, and ``more``."""
    return {"corridor": corridor_version(), "python": platform.python_version()} | {
        name: _installed(name) for name in (*PACKAGES, *more)
    }


def corridor_version() -> str:
    """Return the version of this package, or ``unknown`` in a checkout that is not installed."""
    return _installed("corridor-sim")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
