"""``corridor dashboard`` says what is missing instead of failing."""

from __future__ import annotations

import importlib.util
import socket
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.dashboard.server import serve
from sim.errors import InputError

RUN = CliRunner()


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "solara" else find(name, *rest)
    )
    outcome = RUN.invoke(app, ["dashboard"])
    assert outcome.exit_code == 2
    assert "found no solara" in outcome.output
    assert "pip install 'corridor-sim[dashboard]'" in outcome.output


def test_wrong_input_is_named_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    here: Any = object()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: here)
    outcome = RUN.invoke(app, ["dashboard", "no_such.toml", "--port", "8765"])
    assert outcome.exit_code == 2
    assert "no_such.toml: found no such file" in outcome.output
    assert "1 to 65,535" in RUN.invoke(app, ["dashboard", "--port", "0"]).output


def test_a_port_in_use_is_a_problem() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"--port: found {port} .*expected a free port"):
            serve([], port, lambda url: None)
