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
    load_examples,
    load_labelled,
)
from index.clause_questions import load_questions
from index.related import load_related
from index.vocabulary import load_vocabulary
from tests.shared_material import shared

IDS = {clause.id for document in shipped_documents() for clause in document.clauses}


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_no_training_text_is_a_gold_question() -> None:
    exam = {plain(turn) for question in load_gold() for turn in question.asked}
    texts = [question for asked in load_questions().values() for question in asked]
    for path in TRAINING_DIR.glob("*.jsonl"):
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
            ]
    # Greetings and the like are as short as they are common: they prove nothing.
    assert not {text for text in map(plain, texts) if len(text.split()) > 3} & exam


def test_every_clause_has_ways_staff_ask_and_every_question_its_clause() -> None:
    written = load_questions()
    assert set(written) == IDS
    assert all(len(questions) >= 12 for questions in written.values())


def test_near_misses_and_labels_name_clauses_of_the_corpus() -> None:
    near = [json.loads(line) for line in (TRAINING_DIR / "near-misses.jsonl").read_text("utf-8").splitlines()]
    assert {row["clause"] for row in near} <= IDS
    for example in load_labelled():
        assert example.relevant <= IDS
        assert example.needed
        assert all(group[0].partition("/")[0] not in HELD_OUT for group in example.needed)


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
