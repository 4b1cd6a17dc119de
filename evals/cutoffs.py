"""What citing more or fewer clauses costs: `python -m evals.cutoffs` prints it for the development split.

From which probability a clause is cited, and from which it is said as part of the answer, before abstaining and
"act now". A question counts as found whole where each needed group is cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.candidates import Candidate, candidates
from assistant.selecting import ANSWERS_FROM, FLOOR, select
from assistant.understanding import Understanding, understand
from evals.dataset import GoldQuestion, Kind, Split, load_gold, of_kind
from evals.judgements import Judgements, load_judgements
from evals.metrics import Relevance
from evals.opening import open_store, shipped_clauses
from index.search import Searcher

_FLOORS = (0.03, 0.05, FLOOR, 0.1, 0.15, 0.2, 0.3)
_ANSWERS = (0.15, 0.2, 0.27, ANSWERS_FROM, 0.45, 0.55)


@dataclass(frozen=True, slots=True)
class Asked:
    """A gold question as understood, with the clauses found for it."""

    question: GoldQuestion
    understanding: Understanding
    ranked: Sequence[Candidate]


def main() -> None:
    """Search once for each question, cut at each of the probabilities, print."""
    searcher, clauses = open_store().searcher(), shipped_clauses()
    gold = of_kind(load_gold(), Kind.ANSWERABLE, split=Split.DEV)
    judgements = load_judgements(questions={question.id for question in load_gold()}, clauses=clauses)
    found = [_found(searcher, question) for question in track(gold, "Searching")]
    table = Table("from", "whole: policy", "digests", "citations", "precision", "what is welcome")
    for floor in _FLOORS:
        chosen = [[c.clause.id for c in _cut(searcher, one, floor=floor)] for one in found]
        table.add_row(f"cited from {floor}", *row(found, chosen, Relevance(clauses), judgements))
    for answers in _ANSWERS:
        said = [[c.clause.id for c in _cut(searcher, one, answers_from=answers) if not c.see_also] for one in found]
        table.add_row(f"said from {answers}", *row(found, said, Relevance(clauses), judgements))
    Console().print(table)


def _found(searcher: Searcher, question: GoldQuestion) -> Asked:
    understanding = understand(searcher.speller.mend(question.question), vocabulary=searcher.vocabulary)
    return Asked(question, understanding, candidates(searcher, understanding))


def _cut(
    searcher: Searcher, one: Asked, *, floor: float = FLOOR, answers_from: float = ANSWERS_FROM
) -> list[Candidate]:
    return select(searcher, one.understanding, one.ranked, floor=floor, answers_from=answers_from)


def row(
    found: Sequence[Asked], chosen: Sequence[Sequence[str]], relevance: Relevance, judgements: Judgements
) -> Iterator[str]:
    """One line of the table. chosen: the ids of the clauses that each question is answered from."""
    for prefix in ("pol", "dig"):
        whole = [
            all(relevance.groups_met(one.question, ids))
            for one, ids in zip(found, chosen, strict=True)
            if one.question.id.startswith(prefix)
        ]
        yield f"{np.mean(whole):.1%}"
    yield f"{np.mean([len(ids) for ids in chosen]):.1f}"
    needed, welcome = [], []
    for one, ids in zip(found, chosen, strict=True):
        if not ids:
            continue
        right = [relevance.is_relevant(one.question, id_) for id_ in ids]
        needed.append(np.mean(right))
        judged = [bool(judgements.grade(one.question.id, id_)) for id_ in ids]
        welcome.append(np.mean([a or b for a, b in zip(right, judged, strict=True)]))
    yield f"{np.mean(needed):.1%}"
    yield f"{np.mean(welcome):.1%}"


if __name__ == "__main__":
    main()
