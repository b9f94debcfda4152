"""Spoils files by the thousand: ``PYTHONPATH=. python tests/fuzz/by_hand.py --cases 10000 --seed 1``.

The same cases as those of the tests, as many as are asked for; ``--only NUMBER`` plays one again, and shows it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from pathlib import Path

from fuzzing import DEFECT, SHARES, Outcome, fuzz, table, targets
from targets import write_results


def main() -> None:
    """Play the cases, tell what came of them, and exit with 1 if there are defects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    asked = parser.parse_args()
    numbers = range(asked.first, asked.first + asked.cases) if asked.only is None else range(asked.only, asked.only + 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        known = targets(folder, write_results(folder / "results"))
        if asked.only is not None:
            rng = random.Random(f"{asked.seed}/{asked.only}")
            case = known[rng.choices([*SHARES], [*SHARES.values()])[0]].spoil(rng, folder)
            print(case.path, case.reason, case.text)
            (Path.cwd() / f"case-{asked.only}{case.path.suffix}").write_bytes(case.content)
        outcomes: list[Outcome] = []
        for outcome in fuzz(numbers, asked.seed, known):
            outcomes.append(outcome)
            if outcome.kind == DEFECT:
                print(f"{outcome.number} {outcome.target}: {outcome.note}", flush=True)
    print(table(outcomes))
    raise SystemExit(Counter(item.kind for item in outcomes)[DEFECT] > 0)


if __name__ == "__main__":
    main()
