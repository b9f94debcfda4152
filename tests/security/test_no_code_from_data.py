"""No file can make Corridor run code: nothing that could is used anywhere in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "sim"
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "runpy", "code", "imp"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "read_pickle", "to_pickle", "startfile", "execv"}
ALLOWED = {"ensemble/cluster.py": {"pickle"}}
"""Work is handed to one's own Dask workers as bytes; nothing of it comes from a file."""


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Yield what could run code that data hold."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names if item.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in MODULES:
            yield node.module
        elif isinstance(node, ast.Call):
            yield from _unsafe_call(node)


def _unsafe_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    of_a_module = getattr(getattr(node.func, "value", None), "id", "")
    if name in CALLS and not (name == "compile" and of_a_module == "re"):
        yield name
    yield from (
        item.arg
        for item in node.keywords
        if item.arg in ("shell", "allow_pickle")
        and not (isinstance(item.value, ast.Constant) and item.value.value is False)
    )


@pytest.mark.parametrize(
    "text",
    ["import pickle", "from yaml import load", "eval(x)", "np.load(x, allow_pickle=True)", "run(x, shell=1)",
     "os.system(x)", "pd.read_pickle(x)", "import dill as d"],
)  # fmt: skip
def test_what_is_looked_for_is_found(text):
    assert list(unsafe(ast.parse(text)))


def test_nothing_in_corridor_runs_code_from_data():
    files = sorted(ROOT.rglob("*.py"))
    assert len(files) > 100
    found = {file.relative_to(ROOT).as_posix(): set(unsafe(ast.parse(file.read_text("utf-8")))) for file in files}
    assert {name: words for name, words in found.items() if words} == ALLOWED


def test_imports_by_name_name_only_modules_of_corridor_and_dask():
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
                assert file.name in ("__init__.py", "cluster.py"), file
