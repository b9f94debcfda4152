"""Files that were flipped or cut off at seeded places: each is named in one clear message, and none is used."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sim import library
from sim.ensemble.posterior import core_of, read_posterior
from sim.ensemble.run import open_ensemble
from sim.errors import InputError, OutputError
from sim.evaluation.counts import counted, planning_figures
from sim.evaluation.displaced import early_counts, later_counts
from sim.place.place import load_place
from sim.report.material import read_material
from sim.results.checksums import sealed
from sim.results.write import read
from sim.scenario.load import load
from sim.sensitivity.discover import discover_in, parse

WANTED = parse("persons_remaining_share > 0.5")
READ: dict[str, tuple[str, ...]] = {
    "run": ("run.json", "result.nc", "summary.json"),
    "compare": ("compare.json", "comparison.nc", "members.csv", "assumed.csv"),
    "ensemble": ("ensemble.json", "ensemble.nc", "members.csv", "assumed.csv"),
}
READERS: dict[str, tuple[Callable[[Path], object], ...]] = {
    "run": (read_material, read),
    "compare": (read_material, lambda folder: discover_in(folder, "ceasefire", WANTED)),
    "ensemble": (read_material, open_ensemble, lambda folder: discover_in(folder, "ceasefire", WANTED)),
}
FILES = [(kind, name) for kind, names in READ.items() for name in names]


def harmed(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the content with a bit flipped, a byte replaced and a piece cut off, each at several places."""
    for _ in range(6):
        at = chance.randrange(len(content))
        yield content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        other = (content[at] + 1 + chance.randrange(255)) % 256
        yield content[:at] + bytes([other]) + content[at + 1 :]
        yield content[:at]
    yield b""
    yield b"\0" * len(content)


@pytest.mark.parametrize(("kind", "name"), FILES, ids=[f"{kind}-{name}" for kind, name in FILES])
def test_every_reader_names_the_damaged_file_and_never_uses_it(copied, kind, name):
    file = copied / kind / name
    for content in harmed(file.read_bytes(), random.Random(f"{kind} {name}")):
        file.write_bytes(content)
        for read_it in READERS[kind]:
            with pytest.raises(InputError, match=r"found .*, expected ") as caught:
                read_it(copied / kind)
            assert caught.value.problems[0].file == str(file if name in caught.value.problems[0].file else file.parent)
            assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("words", "damage"),
    [
        (("report", "run"), "run/result.nc"),
        (("report", "compare"), "compare/members.csv"),
        (("report", "ensemble"), "ensemble/ensemble.json"),
        (("compare", "as_reported", "ceasefire", "--ensemble", "ensemble"), "ensemble/assumed.csv"),
        (("discover", "ceasefire", "persons_remaining_share > 0.5", "--from", "compare"), "compare/comparison.nc"),
    ],
)
def test_the_command_line_says_it_in_a_line(corridor, contents, copied, monkeypatch, words, damage):
    monkeypatch.chdir(copied)
    (copied / damage).write_bytes((copied / damage).read_bytes()[:-9])
    before = contents(copied)
    answer = corridor(*words)
    assert answer.code == 2
    assert answer.said.startswith(f"error: {damage}: found ")
    assert answer.said.count("\n") == 1
    assert contents(copied) == before


def older(manifest: Path) -> None:
    """Make a result look as if another version of the model had written it, all in good order."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["scenarios"][1]["resolved"]["parameters"]["hr_of_old"] = {"value": 1.0}
    manifest.write_text(json.dumps(sealed(content)), encoding="utf-8")


@pytest.mark.parametrize(("kind", "manifest"), [("compare", "compare.json"), ("ensemble", "ensemble.json")])
def test_a_result_of_another_model_version_is_named_as_the_culprit(copied, kind, manifest):
    older(copied / kind / manifest)
    for read_it in READERS[kind]:
        with pytest.raises(OutputError, match=r"found a result that this version can't read \(.*hr_of_old") as caught:
            read_it(copied / kind)
        assert caught.value.problems[0].file == str(copied / kind)


def test_a_file_that_claims_more_than_it_can_hold_is_refused_before_memory_is_taken(copied):
    import h5netcdf

    folder = copied / "run"
    with h5netcdf.File(folder / "result.nc", "w") as file:
        file.dimensions = {"time": 10**12}
        file.create_variable("persons_home", ("time",), float, chunks=(1000,))
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    from sim.results.checksums import sha256

    manifest["files"]["result.nc"] = sha256(folder / "result.nc")
    (folder / "run.json").write_text(json.dumps(sealed(manifest)), encoding="utf-8")
    with pytest.raises(OutputError, match=r"result.nc claims 8,000,000,000,000 bytes of numbers, which its"):
        read_material(folder)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what ships."""
    root = tmp_path_factory.mktemp("installed")
    shutil.copytree(library.seeds_folder(), root / "seeds")
    shutil.copytree(library.scenarios_folder(), root / "scenarios")
    return root


def read_seeds() -> None:
    """Read all that the scenarios of September 2023 are made of."""
    load_place("karabakh_2023")
    posterior = load("base").posterior
    assert posterior
    read_posterior(posterior)
    core_of(posterior)
    counted("karabakh_2023")
    early_counts("karabakh_2020")
    later_counts("karabakh_2020")
    planning_figures("karabakh_2023")


def used(seeds: Path) -> list[Path]:
    """Return the files that :func:`read_seeds` reads."""
    folder = seeds / "seeds" / "karabakh_2023"
    return sorted([*folder.glob("*.csv"), *folder.glob("*.toml"), *folder.glob("counts/*/*.csv")]) + sorted(
        [*(seeds / "seeds").glob("posterior*.csv"), *(seeds / "seeds").glob("karabakh_2020/counts/*/displaced.csv")]
    )


def test_damaged_seeds_are_refused_in_words_or_still_make_sense(seeds, monkeypatch):
    monkeypatch.setattr(library, "_root", lambda: seeds)
    chance, refused = random.Random(4), 0
    for file in used(seeds):
        whole = file.read_bytes()
        for content in list(harmed(whole, chance))[::4]:
            file.write_bytes(content)
            with suppress(InputError):
                read_seeds()
                refused -= 1
            refused += 1
        file.write_bytes(whole)
    assert refused > 20
