"""The sectors that facilities belong to, and the damage states of Hazus."""

from __future__ import annotations

from typing import Literal, get_args

Sector = Literal["electricity", "gas", "water", "health", "telecom", "fuel", "road"]
DamageState = Literal["slight", "moderate", "extensive", "complete"]

SECTORS: tuple[str, ...] = get_args(Sector)
STATES: tuple[str, ...] = ("none", *get_args(DamageState))
"""Damage states by number."""
