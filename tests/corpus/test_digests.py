"""The digests: our own words, each clause with its force and its place, resting on an edition we know."""

from __future__ import annotations

import re
from functools import cache

import pypdfium2 as pdfium
import pytest

from corpus.library import shipped_documents
from corpus.models import Clause, Document, Modality, Stage
from corpus.register import load_register
from tests.shared_material import shared

TOPICS = {
    "exclusions": "dfe-exclusion-2024-08",
    "keeping children safe in education": "dfe-kcsie-2025",
    "behaviour": "dfe-behaviour-2024-02",
    "designated teacher": "dfe-designated-teacher-2018",
    "local-authority duties": "dfe-la-duties-2018",
    "virtual school head extension": "dfe-vsh-extension-2024",
    "pupil premium plus": "dfe-pupil-premium-2025-26",
    "SEND": "dfe-send-code-2015",
    "attendance": "dfe-attendance-2024-08",
    "admissions": "dfe-admissions-code-2021",
    "restrictive interventions": "dfe-restrictive-interventions-2026-04",
    "Hertfordshire Virtual School": "herts-virtual-school",
    "Hertfordshire Steps": "herts-steps",
    "what changed in 2026": "changes-2026",
}
VERBS = {
    Modality.MUST: r"\bmust\b",
    Modality.MUST_NOT: r"\bmust (?:\w+ )?(?:not|never)\b",
    Modality.SHOULD: r"\bshould\b|\b(?:is|are) expected to\b",  # as the source puts it
    Modality.SHOULD_NOT: r"\bshould (?:\w+ )?(?:not|never)\b",
    Modality.MAY: r"\bmay\b",
}
RUN = 10  # words in a row that would be copied and not told

DIGESTS = [document for document in shipped_documents() if document.summary]
EVERY = pytest.mark.parametrize("digest", DIGESTS, ids=lambda digest: digest.id)


def test_the_fourteen_topics_have_a_digest_each() -> None:
    assert {digest.id for digest in DIGESTS} == set(TOPICS.values())
    assert len(TOPICS) == 14


@EVERY
def test_each_clause_is_tagged_and_fit_to_cite(digest: Document) -> None:
    assert len(digest.clauses) >= 10
    for clause in digest.clauses:
        assert clause.reference, clause.id
        assert clause.when, clause.id
        assert clause.stage in Stage
        assert 0 < len(clause.full_text) < 600, clause.id
        assert clause.text[0].isupper() or clause.text[0] in "‘“'\"0123456789", clause.id
        assert clause.text.endswith((".", "!", "?", ".)", "’", "”")), clause.id
        assert not set("`|") & set(clause.text), clause.id
        assert clause.heading_path, clause.id


@EVERY
def test_each_clause_carries_its_modal_verb(digest: Document) -> None:
    for clause in digest.clauses:
        assert clause.modality in {*VERBS, Modality.INFORMATION}, clause.id
        if clause.modality in VERBS:
            assert re.search(VERBS[clause.modality], clause.text), f"{clause.id}: {clause.modality}: {clause.text}"


@EVERY
def test_each_rests_on_an_edition_in_the_register(digest: Document) -> None:
    editions = load_register().editions
    assert digest.edition_id in editions or digest.id == "changes-2026"  # which rests on many
    for clause in digest.clauses:
        edition = clause.edition_id or digest.edition_id
        assert edition in editions or (clause.url and not edition), clause.id


@EVERY
def test_a_place_is_a_paragraph_a_page_or_said_to_be_unverified(digest: Document) -> None:
    place = r"(?:Annex \w+, )?(?:paragraphs?|pages?) \d|paragraph not verified|Part \w+|Summary|Annex \w|Section \d"
    for clause in digest.clauses:
        assert clause.edition_id or re.match(place, clause.reference), f"{clause.id}: {clause.reference}"
        if clause.id.count("/") == 1:  # known by its paragraph, or the next from the same paragraph: "60", "60-2"
            assert clause.id.rpartition("/")[2].removeprefix("page-").partition("-")[0] in cited(clause), clause.id


def cited(clause: Clause) -> set[str]:
    """The paragraphs or pages that a clause's reference names, with those between: "paragraphs 108 to 111"."""
    spans = re.findall(r"(\d+)(?: to (\d+))?", clause.reference)
    return {str(number) for first, last in spans for number in range(int(first), int(last or first) + 1)}


@pytest.mark.integration
@pytest.mark.parametrize(("code", "digest_id"), [("SUS", "dfe-exclusion-2024-08"), ("KCS", "dfe-kcsie-2025")])
def test_every_paragraph_that_the_facts_name_is_cited(code: str, digest_id: str) -> None:
    facts = [
        line for line in shared("guidance/facts.md").read_text("utf-8").splitlines() if line.startswith(f"- **{code}-")
    ]
    assert len(facts) > 50
    named = {number for line in facts for span in re.findall(r"¶(\d+)(?:-(\d+))?", line) for number in span if number}
    (digest,) = [document for document in DIGESTS if document.id == digest_id]
    found = set().union(*(cited(clause) for clause in digest.clauses))
    assert len(named) > 50
    assert not sorted(named - found, key=int)


def runs(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"\w+", re.sub(r"['’]", "", text.lower()))
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


@cache
def official_runs() -> frozenset[tuple[str, ...]]:
    """Every run of ten words in the official texts."""
    found: set[tuple[str, ...]] = set()
    for path in sorted(shared("guidance").glob("dfe-*")):
        if path.suffix == ".txt":
            found |= runs(path.read_text("utf-8"))
        else:
            pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(path)]
            found |= runs(" ".join(pages))
    return frozenset(found)


@pytest.mark.integration
@EVERY
def test_no_run_of_words_is_taken_from_the_official_texts(digest: Document) -> None:
    assert len(official_runs()) > 50_000
    copied = {run for clause in digest.clauses for run in runs(clause.text) & official_runs()}
    assert not [" ".join(run) for run in copied]
