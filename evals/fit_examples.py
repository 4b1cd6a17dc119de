"""Embed the questions and messages that new ones are told by: `python -m evals.fit_examples`.

Writes assistant/examples.npz; prints how well live concerns are told, each message without itself. To be run whenever
the embedder or evals/training/ has changed; the order is that of the files, so that calibration can leave out the very
question it asks about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.examples import EXAMPLES_PATH, HEAD_WORTH, NEAREST, Example, Examples, Head, along, write_examples
from assistant.precedents import Precedents
from evals.training_data import (
    HELD_OUT,
    TRAINING_DIR,
    UNSEEN,
    Conversation,
    Labelled,
    last_turns,
    load_conversations,
    load_labelled,
    load_last_turns,
    load_messages,
    load_near_misses,
    load_precedents,
    load_unanswerable,
)
from index.clause_questions import load_questions
from index.embedding import Embedder, Vectors, load_embedder
from index.passages import question_text
from index.vocabulary import load_vocabulary

_EVERY = 4  # of the questions written per clause one in so many: enough for every clause to have some
_CHUNK = 2000
# Of the embedder's 384 axes: half the size and time, and on the development split the area under the curve is the same
# to three places, for abstaining as for live concerns (of 128, 0.001 less).
_AXES = 192


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of which it is known whether it is answered.

    places: its own and those of its other wording among the examples. held_out: of a document nothing is fitted on;
    unseen: by the embedder. judged: with what it takes to answer it. turn: what was typed, where it is that with its
    topic.
    """

    text: str
    answerable: bool
    places: Mapping[Example, tuple[int, ...]] = field(default_factory=dict)
    held_out: bool = False
    unseen: bool = False
    judged: Labelled | None = None
    turn: str = ""


def unanswered() -> list[Asked]:
    """Near misses and questions outside the subject, in the order of the examples."""
    found: list[Asked] = []
    for folder in (TRAINING_DIR, UNSEEN):
        near = [(text, id_) for id_, written in load_near_misses(folder).items() for text in written]
        for text, id_ in [*near, *((text, "") for text in load_unanswerable(folder))]:
            places = {Example.UNANSWERED: (len(found),)}
            found.append(Asked(text, False, places, id_.partition("/")[0] in HELD_OUT, folder == UNSEEN))
    return found


def written() -> list[str]:
    """Some of the questions written for each clause."""
    return [text for texts in load_questions().values() for text in texts[::_EVERY]]


def labelled() -> list[Asked]:
    """The judged questions in all their wordings, in the order of the examples."""
    place, found = len(written()), []
    for held_out, unseen, judged in (
        (False, False, [*load_labelled(), *load_last_turns()]),
        (False, True, [*load_labelled(UNSEEN), *load_last_turns(UNSEEN)]),
        (True, False, load_precedents()),
    ):
        for one in judged:
            places = {Example.ASKED: tuple(range(place, place + len(one.wordings)))}
            found += [Asked(text, True, places, held_out, unseen, one) for text in one.wordings]
            place += len(one.wordings)
    return found


def turns() -> list[Asked]:
    """The last turns of conversations, each with its topic. places: of all that its conversation brought."""
    kinds, kept = _last_turns(), texts()
    where = {kind: _places(kept[kind]) for kind in (Example.ASKED, *kinds)}
    found: list[Asked] = []
    for unseen, held_out, talks in _conversations():
        for talk, judged in zip(talks, last_turns(talks), strict=True):
            brought = {
                Example.ASKED: judged.wordings,
                Example.TOPIC_UNANSWERED: judged.twins,
                Example.TURN_ASKED: talk.turns[-1:],
                Example.TURN_UNANSWERED: talk.twins,
            }
            places = {kind: tuple(n for text in own for n in where[kind][text]) for kind, own in brought.items()}
            found.append(Asked(judged.again, True, places, held_out, unseen, judged, talk.turns[-1]))
            found += [
                Asked(text, False, places, held_out, unseen, turn=last)
                for text, last in zip(judged.twins, talk.twins, strict=True)
            ]
    return found


def _conversations() -> list[tuple[bool, bool, list[Conversation]]]:
    """All of them, with whether the embedder has not seen them and whether nothing is fitted on them."""
    return [
        (False, False, load_conversations()),
        (True, False, load_conversations(UNSEEN)),
        (False, True, load_conversations(name="precedent-conversations.jsonl")),
    ]


def _last_turns() -> dict[Example, list[str]]:
    """The last turns as they were typed, and those that nothing answers with their topic."""
    talks = [talk for _, _, some in _conversations() for talk in some]
    return {
        Example.TOPIC_UNANSWERED: [twin for judged in last_turns(talks) for twin in judged.twins],
        Example.TURN_ASKED: [talk.turns[-1] for talk in talks],
        Example.TURN_UNANSWERED: [last for talk in talks for last in talk.twins],
    }


def _places(written: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(written):
        places[text].append(place)
    return places


def unseen_places() -> tuple[int, ...]:
    """Where the judged questions stand that relevance and abstention are fitted on: of one hand, they would speak for
    each other more than for what staff ask."""
    own = (one.places[Example.ASKED] for one in labelled() if one.unseen)
    return tuple(dict.fromkeys(chain(*own)))


def precedents() -> Precedents:
    """What each wording of labelled() took."""
    judged = [one.judged for one in labelled() if one.judged is not None]
    return Precedents.of([(tuple(dict.fromkeys(chain(*one.needed))), one.also) for one in judged])


def texts() -> dict[Example, list[str]]:
    """The examples of each kind, as written."""
    messages = [*load_messages(), *load_messages(UNSEEN)]
    return {
        Example.UNANSWERED: [one.text for one in unanswered()],
        Example.LIVE: [text for text, live in messages if live],
        Example.ORDINARY: [text for text, live in messages if not live],
        Example.ASKED: [*written(), *(one.text for one in labelled())],
        **_last_turns(),
    }


def embedded(texts: list[str], embedder: Embedder) -> Vectors:
    """Vectors as an answer would see them, shape (len(texts), dimension)."""
    vocabulary = load_vocabulary()
    with Progress() as progress:
        task = progress.add_task("Embedding", total=len(texts))
        asked = [question_text(text, vocabulary) for text in texts]
        return embedder.embed_documents(asked, progress=lambda done: progress.advance(task, done))


def labels_of(asked: list[Asked]) -> NDArray[np.int64]:
    return np.array([int(one.answerable) for one in asked])


def main() -> None:
    """Embed, fit, write, print."""
    embedder = load_embedder(model_dir=Path())
    whole = {kind: embedded(written, embedder) for kind, written in texts().items()}
    axes = principal_axes(whole)
    vectors = {kind: along(axes, rows) for kind, rows in whole.items()}
    rows, live = concern_rows(vectors)
    examples = Examples(embedder.identity.checksum, vectors, head(live_model().fit(rows, live)), precedents(), axes)
    write_examples(EXAMPLES_PATH, examples)
    print(f"{EXAMPLES_PATH.name}: {', '.join(f'{len(rows)} {kind}' for kind, rows in vectors.items())}")
    tell_concerns(vectors)


def principal_axes(vectors: Mapping[Example, Vectors], *, axes: int = _AXES) -> Vectors:
    """The axes along which the vectors are longest, through the origin as cosines are; shape (dimension, axes)."""
    together = sum(rows.T @ rows for rows in vectors.values())
    _, found = np.linalg.eigh(np.asarray(together, np.float64))  # the longest last
    longest: Vectors = found[:, ::-1][:, :axes].astype(np.float32)
    return longest


def head(model: LogisticRegression) -> Head:
    return Head(model.coef_[0].astype(np.float32), float(model.intercept_[0]))


# --- live concerns ---------------------------------------------------------------------------


def concern_rows(vectors: Mapping[Example, Vectors]) -> tuple[Vectors, NDArray[np.int64]]:
    """All messages and questions, the live ones first, and whether each reports a concern."""
    kinds = (Example.LIVE, Example.ORDINARY, Example.ASKED)
    rows = np.concatenate([vectors[kind] for kind in kinds])
    return rows, (np.arange(len(rows)) < len(vectors[Example.LIVE])).astype(np.int64)


def live_model() -> LogisticRegression:
    return LogisticRegression(C=10.0, max_iter=3000, class_weight={0: 1.0, 1: 2.0})


def nearness_without_itself(rows: Vectors, split: int) -> list[NDArray[np.float32]]:
    """The mean cosine of each row with the nearest others among the first `split` rows, and among the rest."""
    found: list[list[NDArray[np.float32]]] = [[], []]
    for start in range(0, len(rows), _CHUNK):  # all at once, 30,000 rows take gigabytes, and crash OpenBLAS
        likeness = rows[start : start + _CHUNK] @ rows.T
        places = np.arange(len(likeness))
        likeness[places, start + places] = -1.0
        for kind, part in enumerate((likeness[:, :split], likeness[:, split:])):
            found[kind].append(np.partition(part, -NEAREST, axis=1)[:, -NEAREST:].mean(axis=1))
    return [np.concatenate(parts) for parts in found]


def tell_concerns(vectors: Mapping[Example, Vectors]) -> None:
    """Print recall and false alarms by threshold: neighbours without the message itself, the head cross-fitted."""
    rows, live = concern_rows(vectors)
    logits = cross_val_predict(live_model(), rows, live, cv=5, method="decision_function")
    split = len(vectors[Example.LIVE])
    nearest = nearness_without_itself(rows, split)
    scores = nearest[0] - nearest[1] + HEAD_WORTH * logits
    ordinary, asked = (slice(split, split + len(vectors[Example.ORDINARY])), slice(-len(vectors[Example.ASKED]), None))
    for threshold in (-0.08, -0.06, -0.04, -0.03, -0.02, -0.01, 0.0, 0.02):
        over = scores >= threshold
        shares = (f"{over[part].mean():.1%}" for part in (slice(split), ordinary, asked))
        print(f"from {threshold:5.2f}: {' | '.join(shares)} of live, ordinary messages, questions to clauses")


if __name__ == "__main__":
    main()
