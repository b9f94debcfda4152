"""Every error Corridor raises on purpose.

::

    SimError                 anything below; the command line exits 1
    ├── InputError           the user can mend it; the command line exits 2
    │   ├── ScenarioError    a scenario file or an override; carries all problems at once
    │   ├── SeedError        a file of sourced data is missing or malformed
    │   └── OutputError      the result folder can't be used
    └── StateError           an invariant of the model was broken: a defect of ours
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal or turn text around, in place of being read."""

LONGEST_WORD = 200
"""Letters of a word that are compared with known ones."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where, what was found, what was expected, how to mend it."""

    file: str
    key: str
    found: str
    expected: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}: {_cut(self.key)}" if self.key else self.file
        text = f"{where}: found {_cut(self.found)}, expected {self.expected}"
        text = f"{text}; {self.remedy[0].lower()}{self.remedy[1:]}" if self.remedy else text
        return CONTROL.sub(lambda match: f"U+{ord(match[0]):04X}", text)


MOST_TOLD = 200
"""Problems that are told one by one; whatever has more was not meant to be read."""


def _cut(text: str, most: int = 600) -> str:
    """Return a text of the input without its middle where it is too long to be read."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


class SimError(Exception):
    """Base of every error that Corridor raises on purpose."""


class InputError(SimError):
    """Input that its author can mend; holds one or more problems."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        rest = found[MOST_TOLD:]
        more = Problem(rest[0].file, "", f"{len(rest):,} more problems", "none", "Mend these first") if rest else None
        self.problems = (*found[:MOST_TOLD], more) if more else found
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ScenarioError(InputError):
    """A scenario file, name or override that can't be used."""


class SeedError(InputError):
    """A file of sourced data that is missing or malformed."""


class OutputError(InputError):
    """A result folder that can't be written, or that holds something else."""


class StateError(SimError):
    """An invariant of the model was broken; please report it."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the closest known word, or an empty string.

    >>> did_you_mean("ceasefir", ["ceasefire", "monitoring"])
    'did you mean `ceasefire`?'
    """
    close = difflib.get_close_matches(word[:LONGEST_WORD], list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else ""
