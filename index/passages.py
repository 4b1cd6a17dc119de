"""Clauses in, the texts that are embedded out: none longer than the model reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.identifiers import short_heading
from corpus.models import Clause, Document
from corpus.sentences import sentences
from index.embedding import Embedder
from index.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a clause with its heading and lead-in before it; number is its place in the clause."""

    clause_id: str
    number: int
    text: str

    @property
    def key(self) -> str:
        """What the vector is stored under: the same words need no second embedding."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def passages(document: Document, *, embedder: Embedder, vocabulary: Vocabulary) -> list[Passage]:
    """Every word of every clause, in passages that the model reads whole."""
    return [passage for clause in document.clauses for passage in _of_clause(clause, embedder, vocabulary)]


def _of_clause(clause: Clause, embedder: Embedder, vocabulary: Vocabulary) -> Iterator[Passage]:
    heading = vocabulary.spell_out(short_heading(clause.heading_path[-1])[:160] if clause.heading_path else "")
    lead_in = vocabulary.spell_out(clause.lead_in)
    context = f"{heading}: " if heading else ""
    full = f"{context}{lead_in} {vocabulary.spell_out(clause.text)}".replace("\n", " ")
    if embedder.count_tokens(full) <= embedder.max_tokens:
        yield Passage(clause.id, 0, " ".join(full.split()))
        return
    budget = embedder.max_tokens - embedder.count_tokens(context)
    words = f"{lead_in} {vocabulary.spell_out(clause.text)}"
    for number, piece in enumerate(_pieces(words, budget, embedder)):
        yield Passage(clause.id, number, " ".join(f"{context}{piece}".split()))


def _pieces(text: str, budget: int, embedder: Embedder) -> Iterator[str]:
    """Lines and sentences gathered up to the budget of tokens; an over-long one is halved at a space."""
    units = [unit for line in text.split("\n") for unit in sentences(line)]
    pending = ""
    while units:
        unit = units.pop(0)
        joined = f"{pending} {unit}".strip()
        if embedder.count_tokens(joined) <= budget:
            pending = joined
        elif pending:
            yield pending
            pending, units = "", [unit, *units]
        else:
            middle = unit.rfind(" ", 1, len(unit) // 2 + 1)
            middle = middle if middle > 0 else len(unit) // 2
            units = [unit[:middle].strip(), unit[middle:].strip(), *units]
    if pending:
        yield pending
