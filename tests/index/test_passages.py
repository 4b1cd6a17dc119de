"""No clause is cut off unread: every word is in a passage, and every passage is one that the model reads whole."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus.library import shipped_documents
from corpus.models import Clause, Document
from index.embedding import Embedder
from index.passages import Passage, clause_text, passages, question_text
from index.vocabulary import load_vocabulary
from tests.index.fakes import HashingEmbedder, added, clause, ten_clauses

VOCABULARY = load_vocabulary()
LONG_WORD = "x" * 3000
ODD = st.text(
    alphabet=st.one_of(st.sampled_from("ab .\n\t\u00a0\u2028\x1c-CLA"), st.characters(codec="utf-8")), max_size=1500
)


def of(one: Clause, embedder: Embedder) -> list[Passage]:
    return passages(replace(added("d"), clauses=(one,)), embedder=embedder, vocabulary=VOCABULARY)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words_of(found: list[Passage], one: Clause) -> str:
    """The passages' own characters, without the heading that each begins with, and without spaces."""
    context = clause_text(replace(one, text="", lead_in=""), VOCABULARY)
    return "".join(squeezed(passage.text.removeprefix(context)) for passage in found)


def check(one: Clause, embedder: Embedder) -> list[Passage]:
    found = of(one, embedder)
    assert [passage.number for passage in found] == list(range(len(found)))
    assert all(embedder.count_tokens(passage.text) <= embedder.max_tokens for passage in found)
    said = squeezed(f"{VOCABULARY.spell_out(one.lead_in)} {VOCABULARY.spell_out(one.text)}")
    assert words_of(found, one) == said
    return found


def test_a_short_clause_is_one_passage_with_heading_and_lead_in(embedder: HashingEmbedder) -> None:
    (passage,) = of(ten_clauses()[0].clauses[3], embedder)
    assert passage.text == (
        "Designated teacher: The designated teacher will: review each personal education plan every term"
    )
    assert passage.clause_id == "cwsw/teacher/list/1"


def test_acronyms_are_written_out(embedder: HashingEmbedder) -> None:
    (passage,) = of(clause("d", "1", "The DT meets each CLA pupil.", heading="PEP"), embedder)
    assert passage.text == ("personal education plan: The designated teacher meets each looked-after child pupil.")
    assert question_text(" what does  the dt do?", VOCABULARY) == "what does the designated teacher do?"


def test_a_long_clause_parts_at_sentences(embedder: HashingEmbedder) -> None:
    sentence = "The governing board reviews the policy with every member of staff each year."
    found = check(clause("d", "1", " ".join([sentence] * 40), heading="Review"), embedder)
    assert len(found) > 2
    assert all(passage.text.startswith(f"Review: {sentence}") for passage in found)
    assert all(passage.text.endswith(sentence) for passage in found)


def test_the_same_words_have_the_same_key(embedder: HashingEmbedder) -> None:
    one, other = ten_clauses()[0].clauses[1], ten_clauses()[2].clauses[1]
    assert of(one, embedder)[0].key == of(other, embedder)[0].key
    assert of(one, embedder)[0].key != of(ten_clauses()[0].clauses[0], embedder)[0].key


@pytest.mark.parametrize("heading", ["", "Heading", "EHC " * 60, "CLA " * 60, "\u6f22" * 300, LONG_WORD])
@pytest.mark.parametrize("text", [LONG_WORD, "a " * 2000, "CLA, " * 500, "\u6f22" * 2000, "A. " * 900, "word\n" * 900])
def test_odd_texts_and_headings(embedder: HashingEmbedder, heading: str, text: str) -> None:
    check(clause("d", "1", text, heading=heading), embedder)
    check(clause("d", "1", text, heading=heading), HashingEmbedder(max_tokens=32))


@given(text=ODD, heading=ODD, lead_in=ODD)
@example(text="a\x1cb " * 200, heading="", lead_in="")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text(text: str, heading: str, lead_in: str) -> None:
    check(clause("d", "1", text, heading=heading, lead_in=lead_in), HashingEmbedder(max_tokens=40))


@pytest.mark.integration
@given(text=ODD, heading=ODD)
@example(text="a\x1cb " * 300, heading="x\x1cy")
@example(text=LONG_WORD, heading="EHC " * 40)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_with_the_real_tokenizer(real_embedder: Embedder, text: str, heading: str) -> None:
    check(clause("d", "1", text, heading=heading), real_embedder)


@pytest.mark.integration
def test_no_shipped_clause_is_cut_off(real_embedder: Embedder) -> None:
    documents: list[Document] = shipped_documents()
    assert real_embedder.max_tokens == 256
    clauses = [one for document in documents for one in document.clauses]
    assert len(clauses) > 800
    for one in clauses:
        found = check(one, real_embedder)
        read = " ".join(passage.text for passage in found).split()
        missing = set(VOCABULARY.spell_out(one.text).split()) - set(read)
        assert not missing, f"{one.id} lost {missing}"
