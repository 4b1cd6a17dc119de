"""Clauses in, the texts that are embedded out: none longer than the model reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.identifiers import short_heading
from corpus.models import Clause, Document
from corpus.sentences import sentences
from index.embedding import Embedder
from index.vocabulary import Vocabulary

_MAX_HEADING_CHARS = 160
FIRST_QUESTION = 1000  # passages from this number on are questions that the clause answers


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a clause with its heading and lead-in before it, or a question that the clause answers.

    number: the place of a piece in its clause; 1000 and up for questions.
    """

    clause_id: str
    number: int
    text: str

    @property
    def is_question(self) -> bool:
        return self.number >= FIRST_QUESTION

    @property
    def key(self) -> str:
        """What the vector is stored under: the same words need no second embedding."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def passages(
    document: Document,
    *,
    embedder: Embedder,
    vocabulary: Vocabulary,
    questions: Mapping[str, Sequence[str]] | None = None,
) -> list[Passage]:
    """Every word of every clause, in passages that the model reads whole; then the questions of each clause, by id."""
    found: list[Passage] = []
    for clause in document.clauses:
        found += _of_clause(clause, embedder, vocabulary)
        for number, question in enumerate((questions or {}).get(clause.id, ()), start=FIRST_QUESTION):
            found.append(Passage(clause.id, number, question_text(question, vocabulary)))
    return found


def clause_text(clause: Clause, vocabulary: Vocabulary) -> str:
    """What is embedded for a clause that the model reads whole: heading, lead-in, words, acronyms written out."""
    words = f"{_heading(clause, vocabulary)}{vocabulary.spell_out(clause.lead_in)} {vocabulary.spell_out(clause.text)}"
    return _plain(words)


def question_text(question: str, vocabulary: Vocabulary) -> str:
    """What is embedded for a question."""
    return _plain(vocabulary.spell_out(question, question=True))


def _heading(clause: Clause, vocabulary: Vocabulary) -> str:
    heading = short_heading(clause.heading_path[-1])[:_MAX_HEADING_CHARS] if clause.heading_path else ""
    return f"{vocabulary.spell_out(heading)}: " if heading else ""


def _of_clause(clause: Clause, embedder: Embedder, vocabulary: Vocabulary) -> Iterator[Passage]:
    full = clause_text(clause, vocabulary)
    if embedder.count_tokens(full) <= embedder.max_tokens:
        yield Passage(clause.id, 0, full)
        return
    context = _heading(clause, vocabulary)
    if embedder.count_tokens(context) > embedder.max_tokens // 2:
        context = ""  # so long a heading would leave the clause no room
    budget = embedder.max_tokens - embedder.count_tokens(context)
    words = f"{vocabulary.spell_out(clause.lead_in)} {vocabulary.spell_out(clause.text)}"
    for number, piece in enumerate(_pieces(words, budget, embedder)):
        yield Passage(clause.id, number, _plain(f"{context}{piece}"))


def _pieces(text: str, budget: int, embedder: Embedder) -> Iterator[str]:
    """Lines and sentences gathered up to the budget of tokens; an over-long one is halved at a space."""
    units = [unit for line in text.split("\n") for unit in sentences(_plain(line))]
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


def _plain(text: str) -> str:
    """Single spaces only; before counting, since a tokenizer may drop what parts words here."""
    return " ".join(text.split())


def node_id(passage: Passage) -> str:
    """What a passage is called in Chroma and in LlamaIndex."""
    return f"{passage.clause_id}#{passage.number}"


def passage_of(node: str) -> Passage:
    """The passage of a node's id, without its text."""
    clause_id, _, number = node.rpartition("#")
    return Passage(clause_id, int(number), "")
