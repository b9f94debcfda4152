"""Which versions made a result."""

from __future__ import annotations

import hashlib
import json
import platform
import zlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.library import scenarios_folder, seeds_folder

PACKAGES = ("mesa", "numpy", "scipy", "networkx", "pandas", "xarray", "h5netcdf", "h5py", "matplotlib")


def versions(*more: str) -> dict[str, str]:
    """Return name → version of Corridor, Python, the packages that every result depends on, and ``more``."""
    return {"corridor": corridor_version(), "python": platform.python_version()} | {
        name: _installed(name) for name in (*PACKAGES, *more)
    }


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return the SHA-256 of Corridor's own code, scenarios and seeds, as hexadecimal digits."""
    digest = hashlib.sha256()
    parts = ((Path(__file__).parents[1], "*.py"), (scenarios_folder(), "*.toml"), (seeds_folder(), "*.*"))
    for folder, pattern in parts:
        for path in sorted(path for path in folder.rglob(pattern) if path.is_file()):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def software() -> dict[str, str]:
    """Return all that must be the same for a run to give the same bytes again: versions, code and seeds."""
    return {**versions(), "zlib": zlib.ZLIB_RUNTIME_VERSION, "code and seeds": code_hash()[:16]}


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return one word for :func:`software`."""
    return hashlib.sha256(json.dumps(software(), sort_keys=True).encode()).hexdigest()


def corridor_version() -> str:
    """Return the version of this package, or ``unknown`` in a checkout that is not installed."""
    return _installed("corridor-sim")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
