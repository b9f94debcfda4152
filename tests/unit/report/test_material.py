from __future__ import annotations

import json
import shutil

import pytest

from sim.ensemble.run import run_ensemble
from sim.errors import OutputError
from sim.report.html import page
from sim.report.material import read_material
from sim.results.checksums import sealed
from sim.scenario.load import load


def test_a_run_is_a_comparison_of_one_with_one(folders, real_result):
    material = read_material(folders / "run")
    assert (material.n_members, list(material.scenarios)) == (1, ["as_reported"])
    assert material.baseline == "as_reported"
    assert float(material.dataset["arrivals_cumulative"][0, 0, -1]) == real_result.summary["persons_arrived"]
    assert material.dataset["persons_present"].sizes["settlement"] == 22


def test_a_comparison_is_read_as_it_was_written(folders, real_comparison):
    material = read_material(folders / "comparison")
    assert list(material.scenarios) == ["as_reported", "integration_roadmap"]
    assert material.titles["integration_roadmap"] == "A gradual integration roadmap"
    assert material.n_members == 3
    assert material.summaries["persons_arrived"].to_list() == real_comparison.summaries["persons_arrived"].to_list()


def test_what_is_no_result_is_refused_in_words(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for name, found in (("empty", "no result of Corridor"), ("file", "a file"), ("nowhere", "no such folder")):
        with pytest.raises(OutputError, match=f"{name}: found {found}, expected a folder that `corridor run`"):
            read_material(tmp_path / name)


def test_a_result_of_another_kind_is_refused_in_words(tmp_path):
    manifest = {"made_by": "corridor", "kind": "hindcast"}
    (tmp_path / "hindcast.json").write_text(json.dumps(sealed(manifest)))
    with pytest.raises(OutputError, match=r"another kind \(hindcast\), expected a run, a comparison or an ensemble"):
        read_material(tmp_path)


def test_an_ensemble_is_read_as_it_was_written(tmp_path):
    small = {"time.days": 2.0, "parameters.residents_total": 500.0}
    scenarios = [load(name).vary(small) for name in ("as_reported", "ceasefire")]
    run_ensemble(scenarios, tmp_path / "out", 2, 7, workers=1, figures=False)
    material = read_material(tmp_path / "out")
    assert (list(material.scenarios), material.n_members) == (["as_reported", "ceasefire"], 2)
    assert "A ceasefire that holds" in page(material)
    (tmp_path / "out" / "ensemble.nc").unlink()
    with pytest.raises(OutputError, match=r"unfinished ensemble \(4 of 4 runs\)"):
        read_material(tmp_path / "out")


def cut(path):
    path.write_bytes(path.read_bytes()[:2000])


def unknown_parameter(path):
    manifest = json.loads(path.read_text("utf-8"))
    manifest["scenarios"][0]["resolved"]["parameters"]["hr_nonsense"] = {"value": 1}
    path.write_text(json.dumps(sealed(manifest)))


def one_scenario(path):
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:4]) + "\n")


@pytest.mark.parametrize(
    ("name", "damage", "found"),
    [
        ("compare.json", cut, "compare.json: found a damaged file"),
        ("comparison.nc", cut, "comparison.nc: found a damaged file"),
        ("members.csv", one_scenario, "members.csv: found a damaged file"),
        ("assumed.csv", lambda path: path.unlink(), "assumed.csv: found no such file"),
        ("compare.json", unknown_parameter, "this version can't read"),
    ],
)
def test_a_damaged_comparison_is_refused_in_words(folders, tmp_path, name, damage, found):
    folder = tmp_path / "copy"
    shutil.copytree(folders / "comparison", folder)
    damage(folder / name)
    with pytest.raises(OutputError, match=found):
        read_material(folder)
