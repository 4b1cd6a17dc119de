"""What the models are trained on, all of it written for training: the gold is never read here.

Nothing of the exclusions guidance or KCSIE is among it: what is gained there is gained unseen. What is in UNSEEN the
embedder is not shown: whatever weighs its scores is fitted there, as it will be used on questions nobody has shown it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.conversation import resolve
from corpus.clauses import parse_clauses
from corpus.library import shipped_documents
from corpus.models import Clause
from corpus.readers import read_file
from index.clause_questions import load_questions
from index.passages import clause_text, question_text
from index.related import load_related
from index.vocabulary import Vocabulary, load_vocabulary

TRAINING_DIR = Path(__file__).parent / "training"
UNSEEN = TRAINING_DIR / "unseen"
GUIDANCE = Path(__file__).parent.parent.parent / "shared" / "guidance"
REAL_DOCUMENTS = {"eyfs": "dfe-eyfs-2025.pdf", "behaviour": "dfe-behaviour-in-schools-2024-02.txt"}
HELD_OUT = frozenset({"dfe-exclusion-2024-08", "dfe-kcsie-2025"})


class Labelled(BaseModel):
    """A training question with every clause of the corpus judged.

    again: the same asked in other words, by somebody else. needed: groups, of each of which one clause must be
    cited; also: clauses that are welcome beside them. twins: worded as nearly like it as can be, and nothing answers
    them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    again: str = ""
    needed: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.question, self.again) if self.again else (self.question,)

    @property
    def relevant(self) -> frozenset[str]:
        return frozenset(id_ for group in (*self.needed, self.also) for id_ in group)


@dataclass(frozen=True, slots=True)
class Examples:
    """All texts as they are embedded.

    clauses, texts, questions, near_misses: by clause id; same: the clauses that say the same. labelled: questions with
    every clause judged. unanswerable: what nothing answers. live, ordinary: messages that report a concern, or do not.
    """

    clauses: Mapping[str, Clause]
    texts: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    near_misses: Mapping[str, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]
    labelled: tuple[Labelled, ...]
    unanswerable: tuple[str, ...]
    live: tuple[str, ...]
    ordinary: tuple[str, ...]


def load_examples(vocabulary: Vocabulary) -> Examples:
    """The questions of every clause that training may see, those of EYFS and behaviour guidance among them."""
    clauses = {clause.id: clause for document in shipped_documents() for clause in document.clauses}
    clauses |= {clause.id: clause for clause in real_clauses()}
    clauses = {id_: clause for id_, clause in clauses.items() if id_.partition("/")[0] not in HELD_OUT}
    asked = {**load_questions(), **rows(TRAINING_DIR / "real-guidance.jsonl", "questions")}

    def written(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question_text(text, vocabulary) for text in texts))

    return Examples(
        clauses=clauses,
        texts={id_: clause_text(clauses[id_], vocabulary) for id_ in clauses},
        questions={id_: written(texts) for id_, texts in asked.items() if id_ in clauses},
        near_misses={id_: written(texts) for id_, texts in load_near_misses().items() if id_ in clauses},
        same={id_: related.same for id_, related in load_related().items()},
        labelled=tuple(
            example.model_copy(
                update={
                    "question": question_text(example.question, vocabulary),
                    "again": question_text(example.again, vocabulary),
                    "twins": written(example.twins),
                }
            )
            for example in (*load_labelled(), *load_last_turns())
        ),
        unanswerable=written(load_unanswerable()),
        live=written(text for text, live in load_messages() if live),
        ordinary=written(text for text, live in load_messages() if not live),
    )


class Conversation(BaseModel):
    """Turns of which the last leans on those before it, and what answers it. whole: it as a question of its own;
    twins: other last turns, as near to it, that nothing answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turns: tuple[str, ...]
    whole: str
    needed: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()


class TurnConcern(BaseModel):
    """Turns, and two that may follow them: one that reports a concern, one as near to it that does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turns: tuple[str, ...]
    live: str
    ordinary: str


def load_turn_concerns() -> list[TurnConcern]:
    """None of them is shown to the embedder, or among the examples."""
    return [TurnConcern.model_validate_json(line) for line in _lines(UNSEEN / "turn-concerns.jsonl")]


def load_labelled(folder: Path = TRAINING_DIR) -> list[Labelled]:
    """The questions with every clause judged."""
    return [Labelled.model_validate_json(line) for line in _lines(folder / "labelled.jsonl")]


def load_precedents(*, conversations: bool = True) -> list[Labelled]:
    """Judged questions about the held-out documents: examples that a new question is held against, as the questions
    written for their clauses are. Nothing is fitted on them."""
    lines = _lines(TRAINING_DIR / "precedents.jsonl")
    judged = [Labelled.model_validate_json(line) for line in lines]
    talks = load_conversations(name="precedent-conversations.jsonl") if conversations else []
    return [*judged, *last_turns(talks)]


def load_last_turns(folder: Path = TRAINING_DIR) -> list[Labelled]:
    """The last turns of conversations, as judged questions."""
    return last_turns(load_conversations(folder))


def load_conversations(folder: Path = TRAINING_DIR, *, name: str = "conversations.jsonl") -> list[Conversation]:
    """Conversations with every clause judged for their last turn."""
    return [Conversation.model_validate_json(line) for line in _lines(folder / name)]


def last_turns(talks: Iterable[Conversation]) -> list[Labelled]:
    """The last turn of each conversation in words and as resolved, its twins as resolved."""
    vocabulary = load_vocabulary()

    def resolved(talk: Conversation, last: str) -> str:
        return resolve((*talk.turns[:-1], last), vocabulary=vocabulary)

    return [
        Labelled(
            question=talk.whole,
            again=resolved(talk, talk.turns[-1]),
            needed=talk.needed,
            also=talk.also,
            twins=tuple(resolved(talk, last) for last in talk.twins),
        )
        for talk in talks
    ]


def load_near_misses(folder: Path = TRAINING_DIR) -> dict[str, tuple[str, ...]]:
    """Questions that sound as if a clause answered them, and that nothing answers, by clause id."""
    found = {id_: list(texts) for id_, texts in rows(folder / "near-misses.jsonl", "near_misses").items()}
    judged = [*load_labelled(folder), *(load_precedents(conversations=False) if folder == TRAINING_DIR else ())]
    for one in judged:
        if one.twins:
            ids = [id_ for group in one.needed for id_ in group]
            held_out = next((id_ for id_ in ids if id_.partition("/")[0] in HELD_OUT), ids[0])
            found.setdefault(held_out, []).extend(one.twins)
    return {id_: tuple(texts) for id_, texts in found.items()}


def load_messages(folder: Path = TRAINING_DIR) -> list[tuple[str, bool]]:
    """Messages from staff, and whether each reports a live concern."""
    lines = [json.loads(line) for path in sorted(folder.glob("concerns*.jsonl")) for line in _lines(path)]
    return [(str(line["text"]), bool(line["live"])) for line in lines]


def load_unanswerable(folder: Path = TRAINING_DIR) -> list[str]:
    """Questions that nothing in the corpus answers."""
    return [str(json.loads(line)["text"]) for line in _lines(folder / "unanswerable.jsonl")]


def rows(path: Path, field: str) -> dict[str, tuple[str, ...]]:
    """The texts of a training file by clause id."""
    return {str(line["clause"]): tuple(line[field]) for line in map(json.loads, _lines(path))}


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def real_clauses() -> Iterator[Clause]:
    """The clauses of the real guidance set aside for training; it is read where it lies, never copied."""
    for document_id, name in REAL_DOCUMENTS.items():
        yield from parse_clauses(read_file(GUIDANCE / name), document_id=document_id)
