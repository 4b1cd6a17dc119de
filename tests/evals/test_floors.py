"""Floors under the figures."""

from __future__ import annotations

import json
from pathlib import Path

from evals.dataset import Split
from evals.floors import below_floor, load_floors
from evals.metrics import Figure, figure

HALF = Figure(0.5, 0.4, 0.6, 10)
ALARMS = "ordinary questions wrongly escalated"


def test_a_figure_below_its_floor_is_told() -> None:
    assert below_floor({"recall": HALF}, {"recall": 0.5}) == []
    assert below_floor({"recall": HALF}, {"recall": 0.51}) == ["recall is 50.0%, at least 51.0%"]


def test_false_alarms_have_a_ceiling() -> None:
    assert below_floor({ALARMS: HALF}, {ALARMS: 0.6}) == []
    assert below_floor({ALARMS: HALF}, {ALARMS: 0.02}) == [f"{ALARMS} is 50.0%, at most 2.0%"]


def test_a_floor_without_a_figure_is_told_and_one_not_measured_is_not() -> None:
    assert below_floor({}, {"recal": 0.5}) == ["recal: no such figure"]
    assert below_floor({"recall": figure([])}, {"recall": 0.5}) == []


def test_the_committed_floors_are_of_figures_that_the_committed_report_has() -> None:
    for split in Split:
        report = Path(__file__).parent.parent.parent / "evals" / "reports" / f"latest-{split.value}.json"
        figures = {name: Figure(**value) for name, value in json.loads(report.read_text("utf-8"))["figures"].items()}
        assert below_floor(figures, load_floors(split.value)) == []
