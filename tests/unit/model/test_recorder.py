"""What stands still is read once: the recorder misses no change for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.model import recorder
from sim.model.displacement import DisplacementModel
from sim.model.recorder import VARIABLES, Recorder
from sim.scenario.load import load


@pytest.mark.parametrize("name", ["combined", "assisted_return", "karabakh_2020"])
def test_reading_only_what_changed_misses_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"time.days": 30.0, "time.step_minutes": 180, "parameters.residents_total": 3000.0}
    model = DisplacementModel(load(name).vary(few), 3)
    gated = Recorder(model)
    monkeypatch.setattr(recorder, "VARIABLES", tuple(replace(variable, part="") for variable in VARIABLES))
    always = Recorder(model)
    while model.running:
        model.step()
        gated.observe(model)
        always.observe(model)
    assert gated.dataset(model).identical(always.dataset(model))
