"""Slips of the keyboard and paraphrases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.dataset import GoldError, load_gold
from evals.robustness import load_paraphrases, same_citations, with_slip

WORDS = st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), min_size=1, max_size=8)


@given(WORDS, st.text(max_size=5))
def test_a_slip_changes_one_word_by_one_stroke(words: list[str], seed: str) -> None:
    question = " ".join(words)
    slipped = with_slip(question, seed=seed)
    if slipped is None:
        return
    assert slipped == with_slip(question, seed=seed)
    changed = [(a, b) for a, b in zip(words, slipped.split(), strict=True) if a != b]
    assert len(changed) == 1
    assert abs(len(changed[0][0]) - len(changed[0][1])) <= 1


@pytest.mark.parametrize("question", ["PEP for CLA?", "who is he", "EHCP SENCO", ""])
def test_short_words_and_acronyms_are_left_alone(question: str) -> None:
    assert with_slip(question, seed="x") is None


def test_citations_are_the_same_where_each_needed_group_is_met_alike() -> None:
    needed = (("a", "b"), ("c",))
    assert same_citations(["a"], ["b"], needed) == 1.0
    assert same_citations(["a"], ["c"], needed) == 0.0
    assert same_citations([], [], needed) == 1.0


def test_the_paraphrases_are_of_gold_questions_and_not_the_questions_themselves() -> None:
    gold = {question.id: question for question in load_gold()}
    paraphrases = load_paraphrases(known=gold.keys())
    assert len(paraphrases) >= 200
    for paraphrase in paraphrases:
        assert paraphrase.question.strip().lower() != gold[paraphrase.of].question.strip().lower()


def test_a_paraphrase_of_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "paraphrases.jsonl"
    path.write_text('{"of": "none", "question": "?"}\n', "utf-8")
    with pytest.raises(GoldError, match=r"line 1: there is no gold question 'none'"):
        load_paraphrases(path, known={"some"})
    path.write_text('{"question": "?"}\n', "utf-8")
    with pytest.raises(GoldError, match="line 1"):
        load_paraphrases(path, known={"some"})
