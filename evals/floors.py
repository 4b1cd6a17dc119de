"""The figures that CI does not let fall: evals/floors.toml, raised with the figures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from evals.metrics import Figure

FLOORS_PATH = Path(__file__).with_name("floors.toml")
# Here less is better.
_CEILINGS = frozenset({"ordinary questions wrongly escalated", "ordinary turns of a conversation wrongly escalated"})


def load_floors(split: str, *, path: Path = FLOORS_PATH) -> dict[str, float]:
    """The floors of a split by the figure's name; a ceiling where less is better."""
    with path.open("rb") as file:
        return {name: float(value) for name, value in tomllib.load(file).get(split, {}).items()}


def below_floor(figures: Mapping[str, Figure], floors: Mapping[str, float]) -> list[str]:
    """One line for each figure on the wrong side of its floor, and for each floor that has no figure."""
    lines: list[str] = []
    for name, floor in floors.items():
        value = figures.get(name)
        if value is None:
            lines.append(f"{name}: no such figure")
        elif not value.n:
            continue  # not measured, which the run says
        elif value.value > floor if name in _CEILINGS else value.value < floor:
            lines.append(f"{name} is {value.value:.1%}, {'at most' if name in _CEILINGS else 'at least'} {floor:.1%}")
    return lines
