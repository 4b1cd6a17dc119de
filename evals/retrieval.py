"""Rankings scored without selection or composing: `python -m evals.retrieval` prints the ablation of both splits.

A question counts as found whole where each needed group has a clause among the first 8, the most that an answer
cites. Recall, nDCG and reciprocal rank are ir-measures'; unanswerable questions have no relevant clause and are
left out of all of them (abstention is scored in run.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG
from rich.console import Console
from rich.table import Table

from assistant.candidates import candidates
from assistant.understanding import understand
from evals.dataset import GoldQuestion, Kind, Split, load_gold, of_kind
from evals.metrics import Figure, Relevance, figure
from evals.opening import open_store, shipped_clauses
from index.search import Searcher, fused

AT = 8
_DEPTH = 100
_OWN_WORDS = "{heading lead_in words place} : "
_BASELINES = ("LlamaIndex's default", "BM25", "dense", "plain fusion of both")
_MEASURES = (R @ AT, nDCG @ 10, RR @ 10)
Scores = Mapping[str, float]
Ranking = Callable[[Searcher, str], Scores]


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """Figures of one ranking over one set of questions."""

    found_whole: Figure
    recall: float
    ndcg: float
    reciprocal_rank: float


def main() -> None:
    """Print what each ranking finds, of both splits."""
    searcher = open_store().searcher()
    console = Console()
    for split in Split:
        table = Table("ranking", "policy", "digests", "R@8", "nDCG@10", "RR@10", title=f"{split} split")
        for name, figures in compare(searcher, split).items():
            every = figures["all"]
            table.add_row(
                name,
                f"{figures['policy'].found_whole.value:.1%}",
                f"{figures['digests'].found_whole.value:.1%}",
                *(f"{value:.3f}" for value in (every.recall, every.ndcg, every.reciprocal_rank)),
            )
        console.print(table)


def baselines(searcher: Searcher, gold: Sequence[GoldQuestion]) -> dict[str, Figure]:
    """All needed clauses among the first 8 of the rankings that one would start with, for the evaluation's table."""
    relevance = Relevance(shipped_clauses())
    answerable = of_kind(gold, Kind.ANSWERABLE)
    return {
        f"baseline, all needed in the first {AT}: {name}": score(
            run(rankings()[name], searcher, answerable), answerable, relevance
        ).found_whole
        for name in _BASELINES
    }


def compare(searcher: Searcher, split: Split) -> dict[str, dict[str, RankingFigures]]:
    """Every ranking on the answerable questions of a split: figures by "policy", "digests" and "all"."""
    relevance = Relevance(shipped_clauses())
    gold = of_kind(load_gold(), Kind.ANSWERABLE, split=split)
    parts = {"policy": "pol", "digests": "dig", "all": ""}
    return {
        name: {
            part: score(runs, [q for q in gold if q.id.startswith(prefix)], relevance) for part, prefix in parts.items()
        }
        for name, runs in ((name, run(ranking, searcher, gold)) for name, ranking in rankings().items())
    }


def run(ranking: Ranking, searcher: Searcher, gold: Sequence[GoldQuestion]) -> dict[str, Scores]:
    """What a ranking gives each question, by the question's id."""
    return {q.id: ranking(searcher, searcher.speller.mend(q.asked[-1])) for q in gold}


def score(runs: Mapping[str, Scores], gold: Sequence[GoldQuestion], relevance: Relevance) -> RankingFigures:
    """Figures of a run over these questions."""
    wanted = {q.id for q in gold}
    judged = ir_measures.calc_aggregate(
        _MEASURES,
        [ir_measures.Qrel(q.id, id_, 1) for q in gold for id_ in _needed(q)],
        [
            ir_measures.ScoredDoc(id_, clause, s)
            for id_, found in runs.items()
            if id_ in wanted
            for clause, s in found.items()
        ],
    )
    whole = [float(all(relevance.groups_met(q, best_of(runs[q.id], AT)))) for q in gold]
    return RankingFigures(figure(whole), *(float(judged[measure]) for measure in _MEASURES))


def best_of(scores: Scores, k: int) -> list[str]:
    """The k best clause ids; equal scores by identifier, so that the same run gives the same list."""
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]


def _needed(question: GoldQuestion) -> Iterator[str]:
    yield from dict.fromkeys(id_ for group in question.needed for id_ in group)


# --- rankings --------------------------------------------------------------------------------


def keywords(searcher: Searcher, question: str, *, own_words: bool) -> Scores:
    """BM25 over the clause's own words, or over the questions written for it as well."""
    terms = [term for term in dict.fromkeys(searcher.vocabulary.terms(question)) if term in searcher.term_counts]
    if not terms:
        return {}
    expression = "(" + " OR ".join(f'"{term}"' for term in terms) + ")"
    return dict(searcher.record.keyword_search(f"{_OWN_WORDS if own_words else ''}{expression}", limit=_DEPTH))


def words(searcher: Searcher, question: str) -> Scores:
    """Nearness to the clause's own words."""
    return searcher.vectors.search(searcher.vector_of(question), limit=_DEPTH, where={"passage": "text"}).words


def asked(searcher: Searcher, question: str) -> Scores:
    """Nearness to the questions written for the clause."""
    return searcher.vectors.search(searcher.vector_of(question), limit=300, where={"passage": "question"}).questions


class PlainDense:
    """LlamaIndex's default: a VectorStoreIndex, the clauses as nodes, the packaged MiniLM untrained."""

    @cached_property
    def _retriever(self) -> Any:
        from llama_index.core import MockEmbedding, Settings, VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.schema import TextNode
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        from index.onnx_export import packaged_model_dir

        Settings.llm, Settings.embed_model = MockLLM(), MockEmbedding(384)
        nodes = [TextNode(id_=clause.id, text=clause.full_text) for clause in shipped_clauses().values()]
        embedding = HuggingFaceEmbedding(str(packaged_model_dir()))
        return VectorStoreIndex(nodes, embed_model=embedding).as_retriever(similarity_top_k=_DEPTH)

    def __call__(self, _searcher: Searcher, question: str) -> Scores:
        found = self._retriever.retrieve(question)
        return {node.node.node_id: float(node.score) for node in found}


def chosen_order(searcher: Searcher, question: str, *, precedents: bool = True) -> Scores:
    """The order that selection sees: search, then everything learnt about what a question asks."""
    understanding = understand(question, vocabulary=searcher.vocabulary)
    found = candidates(searcher, understanding, precedents=precedents)
    return {candidate.clause.id: candidate.score for candidate in found}


def rankings() -> dict[str, Ranking]:
    """The rankings compared, the simplest first."""
    return {
        "LlamaIndex's default": PlainDense(),
        "BM25": lambda s, q: keywords(s, q, own_words=True),
        "dense": words,
        "plain fusion of both": lambda s, q: fused((0.6, keywords(s, q, own_words=True)), (0.4, words(s, q))),
        "BM25 with the questions": lambda s, q: keywords(s, q, own_words=False),
        "dense over the questions": asked,
        "all fused": lambda s, q: {r.clause.id: r.score for r in s.search(q, top_k=_DEPTH)},
        "weighed, without precedents": lambda s, q: chosen_order(s, q, precedents=False),
        "weighed, as `assistant ask` selects from": chosen_order,
    }


if __name__ == "__main__":
    main()
