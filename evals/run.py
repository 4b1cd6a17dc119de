"""Score the assistant on the gold questions: `make eval`, or `python -m evals.run --split test`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant import relevance
from assistant.abstaining import CALIBRATION_PATH
from assistant.answering import Assistant
from assistant.errors import BadQuestionError
from assistant.examples import EXAMPLES_PATH
from assistant.models import Answer, Question
from assistant.settings import load_settings
from evals import real_guidance
from evals.dataset import GoldQuestion, Kind, Split, check_gold, load_gold, of_kind
from evals.floors import below_floor, load_floors
from evals.judgements import load_judgements
from evals.metrics import Figure, Relevance, figure
from evals.opening import open_store, shipped_clauses
from evals.report import plots, shown, write_report
from evals.retrieval import baselines
from evals.robustness import load_paraphrases, paraphrased, same_citations, with_slip
from evals.scoring import Answered, Failure, failures, score
from index.store import Store

REPORTS = Path(__file__).parent / "reports"
LEARNT = (relevance.MODEL_PATH, CALIBRATION_PATH, EXAMPLES_PATH)
_REPEATED = 40  # questions asked twice, to see that the answer is the same


def main(
    split: Annotated[str, typer.Option(help="dev (to tune on) or test (only ever measured).")] = "dev",
    verbose: Annotated[bool, typer.Option(help="List every failure.")] = False,
    gate: Annotated[bool, typer.Option(help="End with an error where a figure is below its floor.")] = False,
) -> None:
    """Answer the gold questions of a split, print the table, write evals/reports/latest-SPLIT.json and latest.html."""
    store = open_store()
    clauses = shipped_clauses()
    gold = load_gold()
    check_gold(gold, clauses)
    chosen = [question for question in gold if question.split is Split(split)]
    console = Console(stderr=True)
    assistant = Assistant(store.searcher())
    answered, confidences = answer_all(assistant, chosen, f"Answering ({split})", console)
    figures = score(answered, clauses, load_judgements(questions={q.id for q in gold}, clauses=clauses))
    figures |= robustness(assistant, answered, gold, console)
    figures |= official_documents(store, chosen, console)
    figures |= baselines(assistant.searcher, chosen)
    floors = load_floors(split)
    print_figures(figures, floors, f"Gold questions, {split} split")
    wrong = failures(answered, clauses)
    if verbose:
        print_failures(wrong)
    _write(
        stamp(store, split),
        figures,
        floors,
        plots(_whole(answered), Relevance(clauses), confidences=confidences),
        wrong,
    )
    under = below_floor(figures, floors)
    if gate and under:
        console.print(f"below the floor: {'; '.join(under)}; mend it, or lower evals/floors.toml and say why")
        raise typer.Exit(1)


def answer_all(
    assistant: Assistant, questions: Sequence[GoldQuestion], title: str, console: Console
) -> tuple[list[Answered], dict[str, float]]:
    """Every question with its answer (None where the input was refused), and the confidence of each that has one."""
    answered: list[Answered] = []
    confidences: dict[str, float] = {}
    for question in track(questions, title, console=console):
        try:
            answer, explanation = assistant.explain(_asked(question))
        except BadQuestionError:
            answered.append((question, None))
            continue
        answered.append((question, answer))
        if explanation is not None:
            confidences[question.id] = explanation.confidence.score
    return answered, confidences


def robustness(
    assistant: Assistant, answered: Sequence[Answered], gold: Sequence[GoldQuestion], console: Console
) -> dict[str, Figure]:
    """Whether the needed clauses cited stay the same under a slip, under a paraphrase, and when asked again."""
    before = {q.id: (q, _cited(a)) for q, a in answered if a is not None and q.kind is Kind.ANSWERABLE}
    slips = [(q, slipped) for q, _ in before.values() if (slipped := with_slip(q.question, seed=q.id)) is not None]
    others = paraphrased([q for q, _ in before.values()], load_paraphrases(known={q.id for q in gold}))
    again = [(q, q.question) for q, _ in list(before.values())[:_REPEATED]]

    def unchanged(cases: Sequence[tuple[GoldQuestion, str]], title: str, *, whole: bool = False) -> Figure:
        same = []
        for question, text in track(cases, title, console=console):
            cited = _cited(assistant.answer(_asked(question).model_copy(update={"turns": (text,)})))
            known = before[question.id][1]
            same.append(float(cited == known) if whole else same_citations(known, cited, question.needed))
        return figure(same)

    return {
        "needed citations unchanged under a slip": unchanged(slips, "With a slip"),
        "needed citations unchanged under a paraphrase": unchanged(others, "Paraphrased"),
        "the same answer when asked again": unchanged(again, "Again", whole=True),
    }


def official_documents(store: Store, questions: Sequence[GoldQuestion], console: Console) -> dict[str, Figure]:
    """All needed paragraphs cited, with the official documents in the place of their digests."""
    name = "all needed clauses cited: official documents added"
    if not real_guidance.is_at_hand():
        console.print("the official documents do not lie in ../shared/guidance: their figure is not measured")
        return {name: figure([])}
    assistant = real_guidance.assistant_over(store, store.data_dir)
    answered, _ = answer_all(assistant, real_guidance.questions(questions), "Official documents", console)
    return {name: figure([real_guidance.all_paragraphs_cited(q, a) for q, a in answered if a is not None])}


def stamp(store: Store, split: str) -> dict[str, str]:
    """What a run is known by: commit, corpus, models, split, day."""
    corpus = hashlib.sha256("".join(sorted(s.content_hash for s in store.record.documents())).encode()).hexdigest()
    sha = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "split": split,
        "date": dt.date.today().isoformat(),
        "git_sha": sha or "unknown",
        "corpus": corpus[:16],
        "embedder": str(store.embedder.identity),
        "learnt": " ".join(f"{path.name} {_checksum(path)}" for path in LEARNT),
        "embedding_model": load_settings(os.environ).embedding_model or "as shipped",
        "questions": str(len(of_kind(load_gold(), *Kind, split=Split(split)))),
    }


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _asked(question: GoldQuestion) -> Question:
    return Question(turns=question.asked, school=question.school, role=question.role)


def _cited(answer: Answer) -> list[str]:
    return [citation.clause_id for citation in answer.citations]


def _whole(answered: Sequence[Answered]) -> list[tuple[GoldQuestion, Answer]]:
    return [(question, answer) for question, answer in answered if answer is not None]


def _write(
    stamped: Mapping[str, str],
    figures: Mapping[str, Figure],
    floors: Mapping[str, float],
    drawn: Mapping[str, str],
    wrong: Sequence[Failure],
) -> None:
    REPORTS.mkdir(exist_ok=True)
    report = {**stamped, "figures": {name: asdict(value) for name, value in figures.items()}}
    (REPORTS / f"latest-{stamped['split']}.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    write_report(
        REPORTS / "latest.html",
        stamp=stamped,
        figures=figures,
        floors=floors,
        plots=drawn,
        failures=wrong,
    )


def print_figures(figures: Mapping[str, Figure], floors: Mapping[str, float], title: str) -> None:
    """The table of figures with their intervals and floors."""
    table = Table("figure", "measured [95% interval]", "n", "floor", title=title)
    for name, value in figures.items():
        table.add_row(name, shown(name, value), str(value.n), f"{floors[name]:g}" if name in floors else "")
    Console().print(table)


def print_failures(wrong: Sequence[Failure]) -> None:
    """A line for each question whose answer is not what is due."""
    for failure in wrong:
        print(f"{failure.id} {failure.question!r} {failure.outcome} cited {failure.cited} missing {failure.missing}")


if __name__ == "__main__":
    typer.run(main)
