"""Where the shipped scenarios and seeds lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _root() -> Path:
    """Return the folder that holds ``scenarios/`` and ``seeds/``."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parent


def scenarios_folder() -> Path:
    """Return the folder of the shipped scenario files."""
    return _root() / "scenarios"


def seeds_folder() -> Path:
    """Return the folder of the article's ledger and of the sourced data."""
    return _root() / "seeds"


def is_file(path: Path) -> bool:
    """Whether there is such a file; of a name that no system takes there is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def shipped_scenarios() -> dict[str, Path]:
    """Return name → file of every shipped scenario, by name."""
    return {path.stem: path for path in sorted(scenarios_folder().glob("*.toml"))}
