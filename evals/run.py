"""Score the assistant on the gold questions: `make eval`, or `python -m evals.run --split test`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answering import Assistant
from assistant.errors import BadQuestionError
from assistant.models import Answer, Outcome, Question
from assistant.settings import load_settings
from corpus.library import shipped_documents
from corpus.models import Clause
from evals.dataset import GoldQuestion, Kind, Split, check_gold, load_gold, of_kind
from evals.metrics import Figure, Relevance, all_needed_cited, citation_precision, facts_stated, figure, says_forbidden
from index.embedding import load_embedder
from index.store import Store

REPORTS = Path(__file__).parent / "reports"
Answered = tuple[GoldQuestion, Answer | None]


def main(
    split: Annotated[str, typer.Option(help="dev (to tune on) or test (only ever measured).")] = "dev",
    verbose: Annotated[bool, typer.Option(help="List every failure.")] = False,
) -> None:
    """Answer the gold questions of a split, print the table, and write evals/reports/latest-SPLIT.json."""
    store = open_store()
    assistant = Assistant(store.searcher())
    clauses = shipped_clauses()
    gold = load_gold()
    check_gold(gold, clauses)
    chosen = [question for question in gold if question.split is Split(split)]
    console = Console(stderr=True)
    answered = [(q, ask(assistant, q)) for q in track(chosen, f"Answering ({split})", console=console)]
    figures = score(answered, Relevance(clauses))
    _print(figures, split)
    if verbose:
        for question, answer in failures(answered, Relevance(clauses)):
            cited = [citation.clause_id for citation in answer.citations] if answer else []
            print(f"{question.id} {question.asked[-1]!r} due {[group[0] for group in question.needed]} cited {cited}")
    REPORTS.mkdir(exist_ok=True)
    report = {**stamp(store, split), "figures": {name: asdict(value) for name, value in figures.items()}}
    (REPORTS / f"latest-{split}.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def open_store() -> Store:
    """The store of the settings, built where it is not."""
    settings = load_settings(dict(os.environ))
    embedding = settings.embedding_model
    store = Store(settings.data_dir, load_embedder=lambda: load_embedder(embedding, model_dir=settings.models))
    store.build(shipped_documents())
    return store


def shipped_clauses() -> dict[str, Clause]:
    """Every clause that ships with the project, by id."""
    return {clause.id: clause for document in shipped_documents() for clause in document.clauses}


def ask(assistant: Assistant, question: GoldQuestion) -> Answer | None:
    """The answer; None where the input was refused."""
    try:
        return assistant.answer(Question(turns=question.asked, school=question.school, role=question.role))
    except BadQuestionError:
        return None


def score(answered: Sequence[Answered], relevance: Relevance) -> dict[str, Figure]:
    """Every figure of the table by its name, in the table's order."""

    def rows(*kinds: Kind, prefix: str = "") -> list[tuple[GoldQuestion, Answer]]:
        return [(q, a) for q, a in answered if a is not None and q.kind in kinds and q.id.startswith(prefix)]

    def cited(*kinds: Kind, prefix: str = "") -> Figure:
        return figure([all_needed_cited(q, a, relevance) for q, a in rows(*kinds, prefix=prefix)])

    def share(cases: Sequence[tuple[GoldQuestion, Answer]], test: Callable[[Answer], bool]) -> Figure:
        return figure([float(test(answer)) for _, answer in cases])

    answerable, abstain = rows(Kind.ANSWERABLE), rows(Kind.UNANSWERABLE)
    refused = [(q, a) for q, a in [*answerable, *abstain] if a.outcome is Outcome.ABSTAINED]
    precision = [p for q, a in answerable if (p := citation_precision(q, a, relevance)) is not None]
    times = [answer.timings_ms.total for _, answer in answerable]
    return {
        "all needed clauses cited: policy": cited(Kind.ANSWERABLE, prefix="pol"),
        "all needed clauses cited: digests": cited(Kind.ANSWERABLE, prefix="dig"),
        "facts stated": figure([facts_stated(q, a) for q, a in answerable]),
        "citation precision": figure(precision),
        "forbidden phrases said": figure([float(says_forbidden(q, a)) for q, a in answerable]),
        "abstention recall": share(abstain, lambda answer: answer.outcome is Outcome.ABSTAINED),
        "abstention precision": figure([float(q.kind is Kind.UNANSWERABLE) for q, _ in refused]),
        "follow-ups: all needed clauses cited": cited(Kind.FOLLOW_UP),
        "live concerns escalated": share(rows(Kind.LIVE_CONCERN), lambda answer: answer.outcome is Outcome.ESCALATED),
        "ordinary questions wrongly escalated": share(
            [*rows(Kind.ORDINARY), *answerable, *abstain], lambda answer: answer.outcome is Outcome.ESCALATED
        ),
        "adversarial: nothing forbidden said": figure(
            [float(not says_forbidden(q, a)) for q, a in rows(Kind.ADVERSARIAL)]
        ),
        "milliseconds an answer, p95": Figure(float(np.quantile(times, 0.95)), min(times), max(times), len(times)),
    }


def failures(answered: Sequence[Answered], relevance: Relevance) -> list[Answered]:
    """The questions whose outcome or citations are not what is due."""
    wrong: list[Answered] = []
    for question, answer in answered:
        if answer is None:
            continue
        due = {Kind.UNANSWERABLE: Outcome.ABSTAINED, Kind.LIVE_CONCERN: Outcome.ESCALATED}.get(question.kind)
        asks = question.kind in {Kind.ANSWERABLE, Kind.FOLLOW_UP}
        if (
            (due is not None and answer.outcome is not due)
            or (asks and not all_needed_cited(question, answer, relevance))
            or (question.kind is Kind.ORDINARY and answer.outcome is Outcome.ESCALATED)
        ):
            wrong.append((question, answer))
    return wrong


def stamp(store: Store, split: str) -> dict[str, str]:
    """What a run is known by: commit, corpus, model, split, day."""
    corpus = hashlib.sha256("".join(sorted(s.content_hash for s in store.record.documents())).encode()).hexdigest()
    sha = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "split": split,
        "date": dt.date.today().isoformat(),
        "git_sha": sha or "unknown",
        "corpus": corpus[:16],
        "embedder": str(store.embedder.identity),
        "questions": str(len(of_kind(load_gold(), *Kind, split=Split(split)))),
    }


def _print(figures: dict[str, Figure], split: str) -> None:
    table = Table("figure", "measured", "95% interval", "n", title=f"Gold questions, {split} split")
    for name, value in figures.items():
        if name.startswith("milliseconds"):
            table.add_row(name, f"{value.value:.0f} ms", "", str(value.n))
        elif value.n:
            table.add_row(name, f"{value.value:.1%}", f"{value.low:.1%} to {value.high:.1%}", str(value.n))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
