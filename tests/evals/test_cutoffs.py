"""What citing more or fewer clauses costs: the figures of a row."""

from __future__ import annotations

from assistant.understanding import Intent, Understanding
from evals.cutoffs import Asked, row
from evals.dataset import GoldQuestion, Kind
from evals.judgements import Grade, Judgements
from evals.metrics import Relevance
from tests.index.fakes import clause


def test_a_row_counts_what_is_whole_needed_and_welcome() -> None:
    clauses = {one.id: one for one in (clause("doc", f"p{n}", f"Clause {n}.") for n in range(5))}
    asked = [
        Asked(
            GoldQuestion(id=id_, kind=Kind.ANSWERABLE, persona="dsl", question="?", needed=(("doc/p0",), ("doc/p1",))),
            Understanding("?", Intent.GENERAL),
            (),
        )
        for id_ in ("pol-1", "pol-2", "dig-1")
    ]
    judgements = Judgements({("pol-1", "doc/p2"): Grade.BESIDE, ("pol-1", "doc/p3"): Grade.NOISE})
    chosen = [["doc/p0", "doc/p1", "doc/p2", "doc/p3"], ["doc/p0"], []]
    shown = list(row(asked, chosen, Relevance(clauses), judgements))
    # Where nothing is cited there is no share of it.
    assert shown == ["50.0%", "0.0%", "1.7", "75.0%", "87.5%"]
