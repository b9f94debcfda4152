"""Merges a scenario file with its parents, from the oldest down, and remembers which file gave what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem, did_you_mean
from sim.scenario.problems import FILE_KEYS, Loc, listed, shown
from sim.scenario.read import File

OWN_KEYS = ("name", "title", "summary", "narrative", "assumptions", "triggers")
"""What each file must say for itself."""

LISTS = {"shocks": "id", "interventions": "id", "uncertainties": "path"}
"""Lists of tables → the key that tells their entries apart."""


@dataclass(slots=True)
class Draft:
    """A scenario in the making: merged data, which file gave what, and problems met on the way."""

    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Loc, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def merged(files: list[File]) -> Draft:
    """Return the files merged, the oldest (last) first."""
    draft = Draft()
    for file in reversed(files):
        _prepare(draft, file)
        _merge(draft, file)
    return draft


def _prepare(draft: Draft, file: File) -> None:
    """Take out of the parents' draft what ``file`` doesn't inherit."""
    for key in OWN_KEYS:
        draft.data.pop(key, None)
        draft.origins.pop((key,), None)
    draft.origins[()] = file.label
    ids = file.data.get("remove", [])
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        draft.problems.append(Problem(file.label, "remove", shown(ids), "a list of ids of inherited actions"))
        return
    inherited = [name for section in ("shocks", "interventions") for name in _names(draft, section)]
    paths = _names(draft, "uncertainties")
    for name in ids:
        if name not in inherited and name not in paths:
            expected = f"the id of an inherited shock or intervention ({listed(inherited) or 'there are none'})"
            remedy = did_you_mean(name, [*inherited, *paths])
            draft.problems.append(Problem(file.label, "remove", shown(name), expected, remedy))
    remove_actions(draft, ids)
    remove_uncertainties(draft, ids)


def _names(draft: Draft, section: str) -> list[str]:
    entries = draft.data.get(section)
    return [name for item in entries if (name := _name(item, section))] if isinstance(entries, list) else []


def _name(entry: object, section: str) -> str | None:
    name = entry.get(LISTS[section]) if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else None


def remove_actions(draft: Draft, ids: list[str]) -> None:
    """Take the actions of these ids out, and the uncertainties about them with them."""
    for section in LISTS:
        entries = draft.data.get(section)
        if isinstance(entries, list):
            files = [draft.origins.get((section, index), "") for index in range(len(entries))]
            pairs = zip(entries, files, strict=True)
            _set_list(draft, section, [pair for pair in pairs if not _concerns(pair[0], section, ids)])


def remove_uncertainties(draft: Draft, paths: Collection[str]) -> None:
    """Take the uncertainties about these paths out: who sets a number by hand is sure of it."""
    entries = draft.data.get("uncertainties")
    if isinstance(entries, list):
        files = [draft.origins.get(("uncertainties", index), "") for index in range(len(entries))]
        pairs = zip(entries, files, strict=True)
        _set_list(draft, "uncertainties", [pair for pair in pairs if _name(pair[0], "uncertainties") not in paths])


def _concerns(entry: object, section: str, ids: list[str]) -> bool:
    name = _name(entry, section)
    if name is not None and section == "uncertainties":
        return any(name.split(".")[1:2] == [item] for item in ids)
    return name in ids


def _set_list(draft: Draft, section: str, pairs: list[tuple[object, str]]) -> None:
    """Store entries and the files that they came from."""
    for loc in [loc for loc in draft.origins if loc[:1] == (section,)]:
        del draft.origins[loc]
    draft.data[section] = [entry for entry, _ in pairs]
    draft.origins |= {(section, index): file for index, (_, file) in enumerate(pairs) if file}


def _merge(draft: Draft, file: File) -> None:
    """Lay ``file`` over the draft of its parents."""
    for key, value in file.data.items():
        if key in FILE_KEYS:
            continue
        inherited = draft.data.get(key)
        if key in LISTS and isinstance(value, list):
            _merge_list(draft, key, value, file.label)
        elif key == "parameters" and isinstance(value, dict) and isinstance(inherited, dict):
            for name, entry in value.items():
                inherited[name] = _merge_table(draft, (key, name), inherited.get(name), entry, file.label)
        else:
            merges = key == "time" or (key == "place" and not _moves(draft, value))
            draft.data[key] = _merge_table(draft, (key,), inherited if merges else None, value, file.label)


def _moves(draft: Draft, place: object) -> bool:
    """Whether ``place`` brings a network of its own; what parents fitted to their place is left behind."""
    if not (isinstance(place, dict) and "network" in place):
        return False
    draft.data.pop("posterior", None)
    return True


def _merge_table(draft: Draft, loc: Loc, old: object, new: object, label: str) -> object:
    """Return ``new`` laid over ``old`` key by key where both are tables, else ``new``."""
    if isinstance(old, dict) and isinstance(new, dict):
        draft.origins |= {(*loc, key): label for key in new}
        return old | new
    draft.origins[loc] = label
    return new


def _merge_list(draft: Draft, section: str, new: list[object], label: str) -> None:
    """Replace inherited entries of the same id where they stand; append the others."""
    old = draft.data.get(section)
    entries = old if isinstance(old, list) else []
    pairs = [(entry, draft.origins.get((section, index), "")) for index, entry in enumerate(entries)]
    places = {name: index for index, (entry, _) in enumerate(pairs) if (name := _name(entry, section))}
    for entry in new:
        name = _name(entry, section)
        if name in places:
            pairs[places.pop(name)] = (entry, label)
        else:
            pairs.append((entry, label))
    _set_list(draft, section, pairs)
