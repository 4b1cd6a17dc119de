"""Keyword search, vector search, and both fused: a question in, ranked clauses out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from corpus.models import Clause, Document
from index.clause_cache import ClauseCache
from index.embedding import Embedder, Vectors
from index.models import SearchFilter, SearchMode, SearchResult, flag
from index.passages import question_text
from index.record import Record
from index.snapshot import Nearest, VectorSearch
from index.spelling import Speller
from index.vocabulary import Vocabulary, references_in

_POOL = 100  # candidates from each ranking before fusion
_FILTERED_POOL = 400
_NEAREST_PASSAGES = 300  # a clause has several: its words and the questions written for it
# Weights of the rankings, each brought to 0..1; measured on the development split (evals/README.md).
_KEYWORD_WEIGHT, _VECTOR_WEIGHT, _QUESTION_WEIGHT = 0.6, 0.4, 0.7
_KEPT_VECTORS = 64
_KEPT_TERMS = 20_000  # clauses whose terms are kept: some 20 MB
_CITED_WORTH = 1.5  # a paragraph asked for by number comes before the best of the others, which has 1 at most
_MANY_CLAUSES = 20_000  # from here on, words that stand in most clauses are not worth their time
_COMMON_SHARE = 0.25
_CITED = re.compile(r"(?<!\d)(\d{1,3}(?:\.\d{1,3}){0,2})(?!\d)")


class Searcher:
    """Searches one state of the index. Thread-safe: it only reads."""

    def __init__(self, record: Record, vectors: VectorSearch, embedder: Embedder, vocabulary: Vocabulary) -> None:
        self.record = record
        self.vectors = vectors
        self.embedder = embedder
        self.vocabulary = vocabulary
        self._vector_of = lru_cache(maxsize=_KEPT_VECTORS)(embedder.embed_query)
        self.cached = ClauseCache(record)
        self._terms: dict[tuple[object, ...], frozenset[str]] = {}

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The documents by id, without their clauses."""
        return {summary.document.id: summary.document for summary in self.record.documents()}

    def _know(self, clauses: Iterable[Clause]) -> None:
        """Read the documents anew where a clause is of one that came after this searcher was opened."""
        if any(clause.document_id not in self.documents for clause in clauses):
            del self.documents
            self.__dict__.pop("_asked_about", None)

    @cached_property
    def _asked_about(self) -> set[str]:
        return self.record.documents_asked_about()

    @cached_property
    def term_counts(self) -> Mapping[str, int]:
        """In how many clauses each index term stands."""
        return self.record.term_counts()

    @cached_property
    def speller(self) -> Speller:
        return Speller(self.record.words(), self.vocabulary)

    @cached_property
    def size(self) -> int:
        """How many clauses there are."""
        return self.record.counts()["clauses"]

    def search(
        self,
        question: str,
        *,
        top_k: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
        filters: SearchFilter | None = None,
    ) -> list[SearchResult]:
        """The top_k clauses for a question, best first, equal scores by identifier; [] for a blank one."""
        filters = filters or SearchFilter()
        question = self.speller.mend(question)
        if not question.strip():
            return []
        pool = _FILTERED_POOL if filters else max(_POOL, top_k)
        keyword = {} if mode is SearchMode.VECTOR else dict(self._keyword(question, pool, filters))
        near = Nearest({}, {}, {}) if mode is SearchMode.KEYWORD else self._nearest(question, filters, keyword)
        scores = fused((_KEYWORD_WEIGHT, keyword), (_VECTOR_WEIGHT, near.words), (_QUESTION_WEIGHT, near.questions))
        for clause in self._cited(question):
            scores[clause.id] = scores.get(clause.id, 0.0) + _CITED_WORTH
        ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))
        found: list[SearchResult] = []
        for start in range(0, len(ranked), top_k):  # no more clauses are read than are needed
            clauses = self.cached.clauses(ranked[start : start + top_k])
            self._know(clauses.values())
            found += [
                SearchResult(
                    clauses[id_],
                    scores[id_],
                    keyword.get(id_, 0.0),
                    near.words.get(id_, 0.0),
                    near.questions.get(id_, 0.0),
                    near.support.get(id_, 0.0),
                )
                for id_ in ranked[start : start + top_k]
                if id_ in clauses and filters.admits(clauses[id_], self.documents[clauses[id_].document_id].authority)
            ]
            if len(found) >= top_k:
                break
        return found[:top_k]

    def vector_of(self, question: str) -> Vectors:
        """The vector of a question, acronyms written out; shape (dimension,). The latest are kept."""
        return self._vector_of(question_text(question, self.vocabulary))

    def terms_of(self, clause: Clause) -> frozenset[str]:
        """The index terms of a clause with its headings and when it applies; kept, since every question asks again."""
        key = (clause.id, clause.fingerprint, clause.heading_path, clause.when)
        known = self._terms.get(key)
        if known is None:
            words = f"{' '.join(clause.heading_path)} {clause.full_text} {clause.when}"
            if len(self._terms) >= _KEPT_TERMS:
                self._terms.clear()
            known = self._terms[key] = frozenset(self.vocabulary.terms(words))
        return known

    def stands_in_a_clause(self, term: str) -> bool:
        """Whether an index term stands in a clause itself, and not only in a question written for one."""
        return bool(self.record.keyword_search(f'{{heading lead_in words place}} : "{term}"', limit=1))

    def _keyword(self, question: str, pool: int, filters: SearchFilter) -> list[tuple[str, float]]:
        counts = self.term_counts
        terms = [term for term in dict.fromkeys(self.vocabulary.terms(question)) if term in counts]
        if self.size >= _MANY_CLAUSES and len(terms) > 1:
            rarest = min(counts[term] for term in terms)
            terms = [term for term in terms if counts[term] <= max(rarest, _COMMON_SHARE * self.size)]
        if not terms:
            return []
        expression = " OR ".join(f'"{term}"' for term in terms)
        return self.record.keyword_search(expression, limit=pool, document_ids=filters.document_ids)

    def _nearest(self, question: str, filters: SearchFilter, also: Iterable[str]) -> Nearest:
        """The nearest passages; and how near the words of each clause are that was found, also by its keywords.

        Questions outnumber clauses by far: among the nearest passages a clause's own words are mostly missing.
        """
        vector = self.vector_of(question)
        near = self.vectors.search(vector, limit=_NEAREST_PASSAGES, where=_where(filters))
        missing = {*also, *near.questions} - near.words.keys()
        words = {**near.words, **self.cached.nearness(vector, missing)}
        return self._filled(Nearest(words, near.questions, near.support))

    def _filled(self, near: Nearest) -> Nearest:
        """For clauses of documents that no questions were written for, nearness to their words stands in.

        What a user adds would otherwise stay behind whatever ships, however well it answers.
        """
        own = {id_: s for id_, s in near.words.items() if id_.partition("/")[0] not in self._asked_about}
        return Nearest(near.words, {**near.questions, **own}, {**near.support, **own}) if own else near

    def _cited(self, question: str) -> list[Clause]:
        """The paragraphs that a question asks for by number: "paragraph 60", "KCSIE 54"."""
        named = self.vocabulary.documents_named(question)
        numbers = references_in(question) or (_CITED.findall(question) if named else [])
        cited = [clause for number in numbers for clause in self.record.numbered(number, named)]
        if numbers and named and not cited:  # the document of that name may have been added under another id
            cited = [clause for number in numbers for clause in self.record.numbered(number)]
        return cited


def fused(*rankings: tuple[float, Mapping[str, float]]) -> dict[str, float]:
    """Weighted sum of the rankings that found anything, each brought to 0..1; the best possible sum is 1."""
    used = [(weight, _scaled(scores)) for weight, scores in rankings if scores]
    total = sum(weight for weight, _ in used)
    fused: dict[str, float] = {}
    for weight, scores in used:
        for id_, score in scores.items():
            fused[id_] = fused.get(id_, 0.0) + weight / total * score
    return fused


def _scaled(scores: Mapping[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {id_: (score - low) / (high - low) if high > low else 1.0 for id_, score in scores.items()}


def _where(filters: SearchFilter) -> dict[str, Any] | None:
    """The filter in Chroma's terms; groups and roles are flags, so that each condition is one value."""
    conditions: list[dict[str, Any]] = []
    if filters.document_ids:
        conditions.append({"document_id": {"$in": list(filters.document_ids)}})
    if filters.authorities:
        conditions.append({"authority": {"$in": [authority.value for authority in filters.authorities]}})
    for kind, names in (("group", filters.groups), ("role", filters.roles)):
        if names:
            wanted: Iterable[str] = (*names, "all") if kind == "group" else names
            conditions.append(_any_of([{flag(kind, name): True} for name in wanted]))
    return _all_of(conditions)


def _any_of(conditions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"$or": list(conditions)} if len(conditions) > 1 else conditions[0]


def _all_of(conditions: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return {"$and": list(conditions)} if len(conditions) > 1 else (conditions[0] if conditions else None)
