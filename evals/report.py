"""The evaluation as a page: the table, plots, and every failure with what was cited and what was due."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure as Canvas

from assistant.models import Answer, Outcome
from evals.dataset import GoldQuestion, Kind
from evals.metrics import Figure, Relevance, all_needed_cited, figure
from evals.scoring import Failure

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_BLUE, _GREY = "#1d5a96", "#6b7280"
Cases = Sequence[tuple[GoldQuestion, Answer]]


def write_report(
    path: Path,
    *,
    stamp: Mapping[str, str],
    figures: Mapping[str, Figure],
    floors: Mapping[str, float],
    plots: Mapping[str, str],
    failures: Sequence[Failure],
) -> None:
    """Write one HTML file that needs nothing else. plots: SVG by title."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATE.parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(_TEMPLATE.name).render(
        stamp=stamp, figures=figures, floors=floors, plots=plots, failures=failures, shown=shown
    )
    path.write_text(page, "utf-8")


def shown(name: str, value: Figure) -> str:
    """A figure as it stands in a table."""
    if not value.n:
        return "not measured"
    if name.startswith("milliseconds"):
        return f"{value.value:.0f} ms"
    return f"{value.value:.1%} [{value.low:.1%}, {value.high:.1%}]"


def plots(answered: Cases, relevance: Relevance, *, confidences: Mapping[str, float]) -> dict[str, str]:
    """By section, by persona, by number of clauses needed, and how far the confidence can be relied on."""
    answerable = [(q, a) for q, a in answered if q.kind is Kind.ANSWERABLE]

    def by(key: Mapping[str, str]) -> dict[str, Figure]:
        groups: dict[str, list[float]] = {}
        for question, answer in answerable:
            groups.setdefault(key[question.id], []).append(all_needed_cited(question, answer, relevance))
        return {name: figure(values) for name, values in sorted(groups.items())}

    sections = {q.id: q.needed[0][0].rpartition("/")[0] for q, _ in answerable}
    personas = {
        q.id: {"support": "support staff", "dsl": "DSL", "starter": "new starter"}[q.persona] for q, _ in answerable
    }
    needs = {q.id: f"{len(q.needed)} clause{'s' if len(q.needed) > 1 else ''} needed" for q, _ in answerable}
    return {
        "All needed clauses cited, by who asks": bars(by(personas)),
        "All needed clauses cited, by how many are needed": bars(by(needs)),
        "All needed clauses cited, by section": bars(by(sections)),
        "How often it is right to answer, by confidence": reliability(answered, confidences),
        "Abstention: recall against needless refusals": abstention_curve(answered, confidences),
    }


def bars(groups: Mapping[str, Figure]) -> str:
    """Horizontal bars with their intervals, as SVG."""
    canvas = Canvas(figsize=(8, 0.6 + 0.28 * max(2, len(groups))), layout="constrained")
    axes = canvas.subplots()
    values = [group.value for group in groups.values()]
    below = [max(0.0, group.value - group.low) for group in groups.values()]
    above = [max(0.0, group.high - group.value) for group in groups.values()]
    axes.barh(
        [f"{name} ({group.n})" for name, group in groups.items()],
        values,
        color=_BLUE,
        xerr=[below, above],
        ecolor=_GREY,
    )
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    return _svg(canvas)


def reliability(answered: Cases, confidences: Mapping[str, float], *, bins: int = 8) -> str:
    """The share of answerable questions in each eighth of the confidences, against the confidence."""
    rows = _judged(answered, confidences)
    canvas = Canvas(figsize=(5, 4), layout="constrained")
    axes = canvas.subplots()
    if rows:
        values = np.array(sorted(rows))
        for part in np.array_split(values, min(bins, len(values))):
            axes.scatter(part[:, 0].mean(), part[:, 1].mean(), color=_BLUE)
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="dashed")
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that the documents answer")
    return _svg(canvas)


def abstention_curve(answered: Cases, confidences: Mapping[str, float]) -> str:
    """For each threshold: unanswerable questions refused, against answerable ones refused."""
    rows = np.array(_judged(answered, confidences) or [(0.0, 0.0)])
    thresholds = np.unique(rows[:, 0])
    answerable, others = rows[rows[:, 1] == 1, 0], rows[rows[:, 1] == 0, 0]
    canvas = Canvas(figsize=(5, 4), layout="constrained")
    axes = canvas.subplots()
    if len(answerable) and len(others):
        refused = [(answerable < t).mean() for t in thresholds]
        caught = [(others < t).mean() for t in thresholds]
        axes.plot(refused, caught, color=_BLUE)
    axes.set_xlabel("answerable questions refused")
    axes.set_ylabel("unanswerable questions refused")
    return _svg(canvas)


def _judged(answered: Cases, confidences: Mapping[str, float]) -> list[tuple[float, float]]:
    """Confidence, and 1.0 where the documents answer, of each question that was searched for."""
    return [
        (confidences[q.id], float(q.kind is Kind.ANSWERABLE))
        for q, a in answered
        if q.kind in {Kind.ANSWERABLE, Kind.UNANSWERABLE} and q.id in confidences and a.outcome is not Outcome.ESCALATED
    ]


def _svg(canvas: Canvas) -> str:
    with rc_context({"svg.hashsalt": "evaluation", "svg.fonttype": "none"}):
        out = io.StringIO()
        canvas.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()[out.getvalue().index("<svg") :]
