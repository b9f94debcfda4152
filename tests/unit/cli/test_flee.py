"""``corridor import-flee`` and ``corridor score-flee`` as users meet them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli.main import app

RIVERLAND = Path(__file__).parents[3] / "docs" / "examples" / "riverland"


def corridor(*words: object) -> tuple[int, str]:
    answer = CliRunner().invoke(app, [str(word) for word in words])
    return answer.exit_code, answer.output


def test_an_imported_file_is_a_good_scenario(tmp_path: Path) -> None:
    path = tmp_path / "riverland.toml"
    code, said = corridor("import-flee", RIVERLAND, "--out", path)
    assert (code, "4 settlements, 4 destinations, 11 roads, 120 days" in said) == (0, True)
    assert corridor("check", path)[0] == 0
    code, told = corridor("explain", path)
    assert (code, "daily 119 numbers from 110.286 to" in " ".join(told.split())) == (0, True)
    assert "links Southholm–Quayside" in told


def test_nothing_written_earlier_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("# mine", encoding="utf-8")
    code, said = corridor("import-flee", RIVERLAND, "--out", path)
    assert (code, "there already" in said) == (2, True)
    assert path.read_text(encoding="utf-8") == "# mine"
    assert corridor("import-flee", RIVERLAND, "--out", tmp_path / "mine.txt")[0] == 2


def test_a_broken_instance_leaves_no_file_and_no_traceback(tmp_path: Path) -> None:
    folder = shutil.copytree(RIVERLAND, tmp_path / "broken")
    (folder / "input_csv" / "routes.csv").write_text("#name1,name2\nOakford,Nowhere,x\n", encoding="utf-8")
    code, said = corridor("import-flee", folder, "--out", tmp_path / "broken.toml")
    assert code == 2
    assert "error: input_csv/routes.csv: line 2: found `Nowhere`" in said
    assert "error: input_csv/routes.csv: line 2: found `x` as distance" in said
    assert not (tmp_path / "broken.toml").exists()
    assert corridor("score-flee", folder)[0] == 2


def test_a_score_is_written_by_camp_and_day(tmp_path: Path) -> None:
    code, said = corridor("score-flee", RIVERLAND, "--days", 40, "--out", tmp_path / "score")
    assert (code, "camps alike" in said, "unknown" in said) == (0, True, True)
    daily = pd.read_csv(tmp_path / "score" / "daily.csv")
    assert daily.groupby("camp").size().tolist() == [40] * 4
    assert (tmp_path / "score" / "figures" / "destinations.svg").stat().st_size > 5_000
    manifest = json.loads((tmp_path / "score" / "score.json").read_text(encoding="utf-8"))
    assert manifest["errors"]["capacity"] is None
    assert 0.0 < manifest["errors"]["rescaled"] < manifest["errors"]["equal"]
    assert corridor("score-flee", RIVERLAND, "--days", 10, "--out", tmp_path / "score")[0] == 0


def test_changes_reach_the_run(tmp_path: Path) -> None:
    told = [corridor("score-flee", RIVERLAND, "--set", f"parameters.destination_full_pull={pull}") for pull in (0, 1)]
    assert told[0] != told[1]
    assert corridor("score-flee", RIVERLAND, "--predict-departures")[1] != told[0][1]


@pytest.mark.parametrize("words", [["score-flee", "ceasefire"], ["score-flee", "nowhere"]])
def test_what_can_not_be_scored_is_refused(words: list[str]) -> None:
    code, said = corridor(*words)
    assert (code, said.startswith("error: ")) == (2, True)
    assert "Traceback" not in said
