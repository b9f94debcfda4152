"""Keep of a result folder what docs/evaluation.md needs: its table, and a record of what it was made of.

python docs/record.py RESULT RECORD COMMAND
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sim.results.folder import read_manifest
from sim.results.text import write_json


def main(result: Path, record: Path, command: str) -> None:
    """Copy ``table.md`` and write ``record.json``: command, seed, versions, and the scenarios by name and hash."""
    manifest = read_manifest(result)
    if manifest is None:
        sys.exit(f"{result} is no result of Corridor")
    described = manifest.get("scenarios") or [manifest["scenario"]]
    record.mkdir(parents=True, exist_ok=True)
    shutil.copy(result / "table.md", record / "table.md")
    kept = {key: manifest[key] for key in ("kind", "seed", "members", "particles", "data_sha256") if key in manifest}
    scenarios = [{"name": item["name"], "hash": item["hash"]} for item in described]
    versions = manifest["provenance"]["versions"]
    write_json(record / "record.json", {**kept, "command": command, "scenarios": scenarios, "versions": versions})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
