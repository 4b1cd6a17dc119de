"""What the models learn from: nothing that is held out, nothing that is not in the corpus, none of the exam."""

from __future__ import annotations

import json
import re

import pytest

from corpus.library import shipped_documents
from evals.dataset import load_gold
from evals.training_data import (
    HELD_OUT,
    REAL_DOCUMENTS,
    TRAINING_DIR,
    UNSEEN,
    load_examples,
    load_labelled,
    load_last_turns,
    load_messages,
    load_near_misses,
    load_precedents,
    load_unanswerable,
)
from index.clause_questions import load_questions
from index.passages import question_text
from index.related import load_related
from index.vocabulary import load_vocabulary
from tests.shared_material import shared

IDS = {clause.id for document in shipped_documents() for clause in document.clauses}


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_no_training_text_is_a_gold_question() -> None:
    exam = {plain(turn) for question in load_gold() for turn in question.asked}
    texts = [question for asked in load_questions().values() for question in asked]
    for path in TRAINING_DIR.rglob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            texts += [
                row.get("text", ""),
                row.get("question", ""),
                row.get("again", ""),
                row.get("whole", ""),
                *row.get("turns", []),
                *row.get("questions", []),
                *row.get("near_misses", []),
                *row.get("twins", []),
                *(value for value in (row.get("live"), row.get("ordinary")) if isinstance(value, str)),
            ]
    # Greetings and the like are as short as they are common: they prove nothing.
    assert not {text for text in map(plain, texts) if len(text.split()) > 3} & exam


def test_every_clause_has_ways_staff_ask_and_every_question_its_clause() -> None:
    written = load_questions()
    assert set(written) == IDS
    assert all(len(questions) >= 12 for questions in written.values())


def test_near_misses_and_labels_name_clauses_of_the_corpus() -> None:
    for folder in (TRAINING_DIR, UNSEEN):
        near = [json.loads(line) for line in (folder / "near-misses.jsonl").read_text("utf-8").splitlines()]
        assert {row["clause"] for row in near} <= IDS
    judged = (*load_labelled(), *load_last_turns(), *load_labelled(UNSEEN), *load_last_turns(UNSEEN))
    for example in judged:
        assert example.relevant <= IDS
        assert example.needed
        assert all(group[0].partition("/")[0] not in HELD_OUT for group in example.needed)


def test_the_embedder_is_shown_nothing_that_its_scores_are_weighed_on() -> None:
    vocabulary = load_vocabulary()
    examples = load_examples(vocabulary)
    shown = {plain(text) for texts in (*examples.questions.values(), *examples.near_misses.values()) for text in texts}
    shown |= {plain(text) for text in (*examples.unanswerable, *examples.live, *examples.ordinary)}
    shown |= {plain(text) for example in examples.labelled for text in example.wordings}
    asked = [text for one in (*load_labelled(UNSEEN), *load_last_turns(UNSEEN)) for text in one.wordings]
    wrong = [*load_unanswerable(UNSEEN), *(text for texts in load_near_misses(UNSEEN).values() for text in texts)]
    assert len(asked) > 4000
    assert len(wrong) > 900
    for text in (*asked, *wrong, *(message for message, _ in load_messages(UNSEEN))):
        assert plain(question_text(text, vocabulary)) not in shown, text


def test_a_twin_is_a_near_miss_of_its_clause_and_held_out_with_it() -> None:
    twins = {text for one in load_precedents(conversations=False) for text in one.twins}
    assert twins
    missed = load_near_misses()
    assert twins <= {text for texts in missed.values() for text in texts}
    held_out = {text for id_, texts in missed.items() if id_.partition("/")[0] in HELD_OUT for text in texts}
    assert all(
        set(one.twins) <= held_out
        for one in load_precedents(conversations=False)
        if any(group[0].partition("/")[0] in HELD_OUT for group in one.needed)
    )


def test_links_are_between_clauses_of_the_corpus_and_never_to_oneself() -> None:
    for clause_id, related in load_related().items():
        assert {clause_id, *related.same, *related.companions} <= IDS
        assert clause_id not in {*related.same, *related.companions}
        assert all(clause_id in load_related()[other].same for other in related.same)


@pytest.mark.integration
def test_nothing_held_out_is_learnt_from() -> None:
    for name in REAL_DOCUMENTS.values():
        shared(f"guidance/{name}")
    examples = load_examples(load_vocabulary())
    for ids in (examples.clauses, examples.questions, examples.near_misses):
        assert not {id_ for id_ in ids if id_.partition("/")[0] in HELD_OUT}
    assert sum(map(len, examples.questions.values())) >= 3000
    assert any(id_.startswith("eyfs/") for id_ in examples.questions)
