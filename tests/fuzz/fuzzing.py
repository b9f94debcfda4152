"""Plays spoilt files by number: each is refused in plain words, or read, run and right; anything else is a defect."""

from __future__ import annotations

import random
import re
import signal
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from typer.testing import CliRunner

from sim.cli.main import app
from sim.errors import InputError
from targets import Case, Flee, Overrides, Results, ScenarioFiles, Seeds, Target

SECONDS = 20
"""Longest time that one file may take."""

REFUSED, ACCEPTED, DEFECT = "refused", "accepted", "defect"
UNCLEAR = re.compile(
    r"Input should|pydantic|validation error|\[type=|Field required|Extra inputs|NoneType|<class|Traceback"
)
OURS = re.compile(r"/(sim|fuzz)/")
SHARES = {"scenario": 0.42, "override": 0.08, "seeds": 0.2, "flee": 0.15, "result": 0.15}
"""Target → share of the cases."""

BY_COMMAND = 0.03
"""Share of cases that go through the command line."""


class TooLongError(BaseException):
    """Raised when a file takes longer than it may."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    number: int
    target: str
    kind: str
    note: str = ""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TooLongError` within the block once ``seconds`` have passed."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def targets(folder: Path, results: Path) -> dict[str, Target]:
    """Return name → target; ``results`` holds folders that Corridor wrote."""
    return {
        "scenario": ScenarioFiles(),
        "override": Overrides(),
        "seeds": Seeds(folder),
        "flee": Flee(folder),
        "result": Results(results),
    }


def fuzz(numbers: range, seed: int, known: Mapping[str, Target]) -> Iterator[Outcome]:
    """Yield the outcome of each case; a case hangs on ``seed`` and its number alone."""
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")
        name = rng.choices([*SHARES], [*SHARES.values()])[0]
        with TemporaryDirectory() as folder:
            case = known[name].spoil(rng, Path(folder))
            if not case.path.exists():
                case.path.write_bytes(case.content)
            by_command = rng.random() < BY_COMMAND and bool(known[name].words(case))
            yield Outcome(number, name, *(commanded if by_command else played)(known[name], case))


def played(target: Target, case: Case) -> tuple[str, str]:
    """Return what becomes of a case in this process, and if it is a defect what is wrong."""
    try:
        with time_limit(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            target.play(case)
    except InputError as error:
        return judged_refusal(str(error), len(error.problems))
    except TooLongError:
        return DEFECT, f"more than {SECONDS} s"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if OURS.search(frame.filename)]
        return DEFECT, f"{type(error).__name__}: {str(error)[:160]} ({' > '.join(own[-3:])})"
    return (DEFECT, f"accepted {case.reason}") if case.reason else (ACCEPTED, "")


def judged_refusal(message: str, n_problems: int) -> tuple[str, str]:
    """Return whether a refusal is clear."""
    lines = message.splitlines()
    unclear = UNCLEAR.search(message) or not lines or not n_problems
    vague = [line for line in lines if ": found " not in line]
    if unclear or (vague and len(lines) <= n_problems) or len(lines) > 5000 or max(map(len, lines)) > 2500:
        return DEFECT, f"an unclear refusal: {message[:300]}"
    return REFUSED, ""


def commanded(target: Target, case: Case) -> tuple[str, str]:
    """Return what becomes of a case on the command line."""
    whole = case.path.read_bytes()
    case.path.write_bytes(case.content)
    try:
        with time_limit(3 * SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = CliRunner().invoke(app, target.words(case))
    except TooLongError:
        return DEFECT, f"more than {3 * SECONDS} s"
    finally:
        with suppress(FileNotFoundError):
            case.path.write_bytes(whole)
    said = answer.stderr
    if answer.exit_code == 2 and said.startswith("error: "):
        return judged_refusal(said.rstrip().replace("error: ", ""), said.count("error: "))
    if answer.exit_code != 0 or said:
        return DEFECT, f"exit code {answer.exit_code}: {said[:300]} {answer.exception!r}"
    return (DEFECT, f"accepted {case.reason}") if case.reason else (ACCEPTED, "")


def table(outcomes: list[Outcome]) -> str:
    """Return how many cases of each target came to what, as text."""
    counts = Counter((item.target, item.kind) for item in outcomes)
    kinds = (REFUSED, ACCEPTED, DEFECT)
    rows = [f"{name:10}" + "".join(f"{counts[name, kind]:>10}" for kind in kinds) for name in SHARES]
    total = "".join(f"{sum(counts[name, kind] for name in SHARES):>10}" for kind in kinds)
    return "\n".join([f"{'':10}" + "".join(f"{kind:>10}" for kind in kinds), *rows, f"{'all':10}{total}"])
