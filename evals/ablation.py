"""What each part of search adds: `python -m evals.ablation`; a question counts where all it needs is found.

The lists stop at 8 clauses, the most that an answer cites; nothing of selection or composing is in these figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

from evals.dataset import Kind, Split, load_gold, of_kind
from evals.metrics import Relevance, figure
from evals.run import open_store, shipped_clauses
from index.passages import question_text
from index.search import Searcher, fused

_AT = 8
_OWN_WORDS = "{heading lead_in words place} : "
Ranking = Callable[[Searcher, str], Mapping[str, float]]


def main() -> None:
    searcher = open_store().searcher()
    relevance = Relevance(shipped_clauses())
    table = Table("ranking", *(f"{split}: {what}" for split in Split for what in ("policy", "digests")))
    for name, ranking in RANKINGS.items():
        cells = []
        for split in Split:
            for prefix in ("pol", "dig"):
                asked = [q for q in of_kind(load_gold(), Kind.ANSWERABLE, split=split) if q.id.startswith(prefix)]
                found = []
                for question in asked:
                    scores = ranking(searcher, searcher.speller.mend(question.asked[-1]))
                    best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:_AT]
                    found.append(float(all(relevance.groups_met(question, best))))
                cells.append(f"{figure(found).value:.1%}")
        table.add_row(name, *cells)
    Console().print(table)


def keywords(searcher: Searcher, question: str, *, own_words: bool) -> Mapping[str, float]:
    """BM25 over the clause's own words, or over the questions written for it as well."""
    terms = [term for term in dict.fromkeys(searcher.vocabulary.terms(question)) if term in searcher.term_counts]
    if not terms:
        return {}
    expression = "(" + " OR ".join(f'"{term}"' for term in terms) + ")"
    return dict(searcher.record.keyword_search(f"{_OWN_WORDS if own_words else ''}{expression}", limit=100))


def words(searcher: Searcher, question: str) -> Mapping[str, float]:
    """Nearness to the clause's own words."""
    vector = searcher.embedder.embed_query(question_text(question, searcher.vocabulary))
    return searcher.vectors.search(vector, limit=100, where={"passage": "text"}).words


def asked(searcher: Searcher, question: str) -> Mapping[str, float]:
    """Nearness to the questions written for the clause."""
    vector = searcher.embedder.embed_query(question_text(question, searcher.vocabulary))
    return searcher.vectors.search(vector, limit=300, where={"passage": "question"}).questions


RANKINGS: dict[str, Ranking] = {
    "BM25": lambda s, q: keywords(s, q, own_words=True),
    "dense (MiniLM)": words,
    "plain fusion of both": lambda s, q: fused((0.6, keywords(s, q, own_words=True)), (0.4, words(s, q))),
    "BM25 with the questions": lambda s, q: keywords(s, q, own_words=False),
    "dense over the questions": asked,
    "all fused, as `assistant ask` searches": lambda s, q: {r.clause.id: r.score for r in s.search(q, top_k=_AT)},
}


if __name__ == "__main__":
    main()
