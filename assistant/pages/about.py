"""What the about page tells: what is held, and how well answers were measured to be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.service import Service
from assistant.settings import PROJECT_DIR
from corpus.register import EditionStatus
from index.record import DocumentSummary

REPORTS = PROJECT_DIR / "evals" / "reports"  # read as files: this room imports nothing from evals


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure with its 95% interval, as a reader reads it: "53%", "44% to 63%"; n: questions."""

    name: str
    value: str
    interval: str
    n: int


@dataclass(frozen=True, slots=True)
class Report:
    """The latest evaluation of one split."""

    split: str
    date: str
    embedder: str
    questions: str
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class About:
    """All that the page shows. status by document id; None where the register has no entry."""

    summaries: list[DocumentSummary]
    status: dict[str, EditionStatus | None]
    clauses: int
    reports: list[Report]
    fingerprint: str


def about(service: Service) -> About:
    """Read what is held now and the latest reports."""
    register = service.assistant.register
    summaries = service.store.record.documents()
    return About(
        summaries=summaries,
        status={s.document.id: register.status(s.document.edition_id, on=service.today) for s in summaries},
        clauses=sum(summary.size for summary in summaries),
        reports=[report for split in ("test", "dev") if (report := read_report(REPORTS / f"latest-{split}.json"))],
        fingerprint=service.fingerprint,
    )


def read_report(path: Path) -> Report | None:
    """The figures of an evaluation's JSON; None where there is no such file or it is not one."""
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        figures = [_figure(name, figure) for name, figure in values["figures"].items()]
        return Report(values["split"], values["date"], values["embedder"], str(values["questions"]), figures)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _figure(name: str, figure: dict[str, Any]) -> Figure:
    if "milliseconds" in name:
        return Figure(name, f"{figure['value']:.0f} ms", f"{figure['low']:.0f} to {figure['high']:.0f} ms", figure["n"])
    low, high = (f"{figure[end]:.0%}" for end in ("low", "high"))
    return Figure(name, f"{figure['value']:.0%}", f"{low} to {high}", int(figure["n"]))
