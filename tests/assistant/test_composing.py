"""From clauses to Markdown: marks, lists within lists, layers in their order, nothing said twice or changed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import composing
from assistant.composing import citation, drafts, layer_of, markdown
from assistant.models import Statement
from assistant.selecting import Candidate
from assistant.understanding import Intent, Understanding
from assistant.verifying import stands_in
from corpus.models import Authority, Clause, ClauseKind, Document, Edition, Modality, Stage
from corpus.register import Register, load_register
from index.vocabulary import load_vocabulary
from tests.index.fakes import clause

VOCABULARY = load_vocabulary()
POLICY = Document("cwsw", "The policy", "the Trust", Authority.TRUST_POLICY, "2025")
GUIDANCE = Document("dfe", "The guidance", "DfE", Authority.STATUTORY, "2024", summary=True)
HANDBOOK = Document("handbook", "Staff handbook", "the school", Authority.LOCAL, "2026", origin="added")
EXCLUSION = "dfe-exclusion-2024-08"


def understood(intent: Intent = Intent.GENERAL, *terms: str, stages: tuple[Stage, ...] = ()) -> Understanding:
    return Understanding(text="", intent=intent, terms=terms, stages=stages)


ANYTHING = understood()
WHOLE = understood(Intent.PROCEDURE, stages=(Stage.BEFORE,))  # "what must I do before ...?"


def candidate(found: Clause, document: Document = GUIDANCE) -> Candidate:
    return Candidate(found, document, 1.0, 1.0, 1.0)


def shown(*clauses: Clause, document: Document = GUIDANCE, asked: Understanding = ANYTHING) -> str:
    """The Markdown of clauses that are said whole."""
    written = drafts([candidate(found, document) for found in clauses], asked, VOCABULARY)
    statements = [
        Statement(text=draft.text, citations=(n,), layer=draft.layer, stage=draft.clause.stage.value)
        for n, draft in enumerate(written, start=1)
    ]
    clauses_by_number = {n: draft.clause for n, draft in enumerate(written, start=1)}
    return markdown(statements, clauses_by_number, by_stage=asked.wants_whole_procedure)


MUST = clause("dfe", "1", "Heads must write.", modality=Modality.MUST, stage=Stage.DECISION)
MUST_NOT = clause("dfe", "5", "Heads must not wait.", modality=Modality.MUST_NOT, stage=Stage.BEFORE)
SHOULD = clause("dfe", "2", "Heads should ask.", modality=Modality.SHOULD, stage=Stage.BEFORE)
MAY = clause("dfe", "3", "Heads may call.", modality=Modality.MAY, stage=Stage.AFTER)
ASKS = clause("dfe", "6", "Heads should wait.", modality=Modality.SHOULD)
FACT = clause("dfe", "4", "Heads are many.")
METHODS = "We use these methods;\n- meetings\n- plans"


# --- Markdown ------------------------------------------------------------------------------------


def test_nothing_is_shown_as_nothing() -> None:
    assert markdown([], {}) == ""


def test_the_first_statement_leads_and_the_rest_stand_under_their_layers_in_order() -> None:
    assert shown(FACT, MAY, SHOULD, MUST, MUST_NOT) == (
        "Heads are many. [1]\n\n"
        "**What the law requires (must)**\n\n- Heads must write. [2]\n- Heads must not wait. [3]\n\n"
        "**What the guidance expects (should)**\n\n- Heads should ask. [4]\n\n"
        "**What is allowed (may)**\n\n- Heads may call. [5]"
    )


def test_what_binds_as_the_first_does_follows_it_under_one_heading() -> None:
    assert shown(SHOULD, FACT, MUST, ASKS) == (
        "**What the guidance expects (should)**\n\nHeads should ask. [1]\n\n*Also*\n\n- Heads should wait. [2]\n\n"
        "**What the law requires (must)**\n\n- Heads must write. [3]\n\n"
        "**Background**\n\n- Heads are many. [4]"
    )


def test_items_of_one_list_open_an_answer_together() -> None:
    leads = [clause("cwsw", f"list/{n}", f"Lead {n}.", kind=ClauseKind.ITEM, parent_id="cwsw/list") for n in (1, 2)]
    other = clause("cwsw", "other/1", "More.", kind=ClauseKind.ITEM, parent_id="cwsw/other")
    assert shown(*leads, other, MUST) == (
        "- Lead 1. [1]\n- Lead 2. [2]\n\n"
        "**What the law requires (must)**\n\n- Heads must write. [3]\n\n"
        "**Background**\n\n- More. [4]"
    )


def test_a_whole_procedure_tells_the_stage_asked_about_first_and_each_by_layer() -> None:
    """Asked before a decision: what must be done after it comes after what should be done before it."""
    assert shown(MUST, ASKS, SHOULD, MAY, MUST_NOT, asked=WHOLE) == (
        "**What the law requires (must)**\n\n*Before*\n\n- Heads must not wait. [1]\n\n"
        "**What the guidance expects (should)**\n\n*Before*\n\n- Heads should ask. [2]\n\n"
        "*At every stage*\n\n- Heads should wait. [3]\n\n"
        "**What the law requires (must)**\n\n*On the decision, without delay*\n\n- Heads must write. [4]\n\n"
        "**What is allowed (may)**\n\n*Afterwards*\n\n- Heads may call. [5]"
    )


def test_a_procedure_that_holds_at_every_stage_names_none() -> None:
    assert shown(FACT, asked=WHOLE) == "**Background**\n\n- Heads are many. [1]"


def test_one_step_of_a_procedure_is_answered_with_what_answers_best() -> None:
    """ "How do governors decide on 9 days?" asks for no stages: what happens before or afterwards is no help."""
    step = understood(Intent.PROCEDURE, "governors", "decide", "nine", "days", stages=(Stage.AFTER,))
    assert shown(SHOULD, MUST, asked=step).startswith("**What the guidance expects (should)**\n\nHeads should ask. [1]")


@pytest.mark.parametrize("asked", [understood(), WHOLE])
def test_marks_count_up_as_they_are_read(asked: Understanding) -> None:
    text = shown(FACT, MAY, SHOULD, MUST, MUST_NOT, asked=asked)
    assert re.findall(r"\[(\d+)\]", text) == ["1", "2", "3", "4", "5"]


def test_a_statement_shows_all_its_marks() -> None:
    statement = Statement(text="Heads must write.", citations=(2, 3), layer="must", stage="always")
    text = markdown([statement], {2: MUST, 3: MUST})
    assert text == "**What the law requires (must)**\n\nHeads must write. [2][3]"


def test_a_list_that_leads_has_its_items_under_it() -> None:
    methods = clause("cwsw", "10", METHODS, kind=ClauseKind.LIST)
    assert shown(methods) == "We use these methods; [1]\n\n- meetings\n- plans"


def test_a_list_further_down_is_indented() -> None:
    methods = clause("cwsw", "10", METHODS, kind=ClauseKind.LIST)
    assert shown(FACT, methods).endswith("\n\n- We use these methods; [2]\n  - meetings\n  - plans")


def test_lists_within_lists_keep_their_depth_and_letters_become_points() -> None:
    text = "Plans cover:\n(a) needs\n  - now\n  - later\n(b) people\n  such as parents"
    nested = clause("cwsw", "1", text, kind=ClauseKind.LIST)
    assert shown(nested) == ("Plans cover: [1]\n\n- (a) needs\n  - now\n  - later\n- (b) people\n  - such as parents")
    assert shown(FACT, nested).endswith(
        "\n  - (a) needs\n    - now\n    - later\n  - (b) people\n    - such as parents"
    )


def test_a_list_without_a_lead_in_stands_under_its_heading() -> None:
    names = clause("cwsw", "list", "- Meads: A B\n- Reddings: C D", heading="Governors", kind=ClauseKind.LIST)
    assert shown(names) == "Governors [1]\n\n- Meads: A B\n- Reddings: C D"
    assert shown(FACT, names).endswith("- Governors [2]\n  - Meads: A B\n  - Reddings: C D")


def test_a_list_within_an_item_keeps_the_lead_in_of_both() -> None:
    inner = clause("cwsw", "1/3", "use money:\n- for trips", lead_in="Staff will help by:", kind=ClauseKind.LIST)
    assert shown(inner) == "Staff will help by: use money: [1]\n\n- for trips"


def test_only_an_item_that_names_somebody_is_labelled() -> None:
    def item(text: str, **fields: object) -> str:
        return shown(clause("cwsw", "1", text, heading="Named DSL", kind=ClauseKind.ITEM, **fields))

    assert item("Meads School: Olivia de Groot, Deputy") == "Named DSL, Meads School: Olivia de Groot, Deputy [1]"
    assert item("A safe place is kept") == "A safe place is kept [1]"
    assert item("Note: the head decides") == "Note: the head decides [1]"
    assert item("Meads School: Olivia de Groot", lead_in="They are:") == "They are: Meads School: Olivia de Groot [1]"
    sentence = "Staff should know: Support is there."
    assert item(sentence) == f"{sentence} [1]"


@pytest.mark.integration
def test_what_does_not_say_whom_it_speaks_of_has_it_in_brackets(real_documents: dict[str, Document]) -> None:
    clauses = {found.id: found for document in real_documents.values() for found in document.clauses}
    subjects = tomllib.loads(Path(composing.__file__).with_name("subjects.toml").read_text("utf-8"))["subjects"]
    assert set(subjects) <= set(clauses)
    for id_, subject in subjects.items():
        assert shown(clauses[id_], document=POLICY).split("\n\n")[1].startswith(f"[{subject}] ")
    named = shown(clauses["cwsw/roles-and-responsibilities/p5/11"], document=POLICY)
    assert "[The designated teachers] They are qualified teachers, and will promote" in named
    # No clause of the policy begins so that nobody knows who or what is meant.
    lost = re.compile(r"(?:They|This is|These|It|Include|Incorporat|That is|Use|Make|Share|Promote|Identify|Provide)")
    unsaid = [
        found.id
        for found in real_documents["cwsw"].clauses
        if lost.match(found.full_text) and not {found.id, found.parent_id} & set(subjects)
    ]
    assert {id_.rpartition("/")[0] for id_ in unsaid} == {
        "cwsw/additional-educational-needs/p1/3"
    }  # it tells the school


# --- layers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modality", "layer"),
    [
        (Modality.MUST, "must"),
        (Modality.MUST_NOT, "must"),
        (Modality.SHOULD, "should"),
        (Modality.SHOULD_NOT, "should"),
        (Modality.MAY, "may"),
        (Modality.INFORMATION, "information"),
    ],
)
def test_guidance_speaks_in_the_layer_of_its_modal_verb(modality: Modality, layer: str) -> None:
    found = clause("dfe", "1", "Heads act.", modality=modality)
    assert layer_of(found, GUIDANCE) == layer
    assert layer_of(found, POLICY) == "policy"  # a policy's must is no law
    assert layer_of(found, HANDBOOK) == "local"


def test_a_clause_that_rests_on_an_edition_of_its_own_speaks_with_that_authority() -> None:
    digest = Document("changes-2026", "Changes", "us", Authority.LOCAL, "", summary=True)
    found = clause("changes-2026", "1", "Schools must.", modality=Modality.MUST, edition_id="cwsa-2026")
    assert load_register().editions["cwsa-2026"].authority is Authority.STATUTORY
    assert layer_of(found, digest) == "must"
    assert layer_of(clause("changes-2026", "2", "Pages vary."), digest) == "information"


@pytest.mark.integration
def test_the_layer_of_a_shipped_clause_never_strengthens_it(real_documents: dict[str, Document]) -> None:
    for document in real_documents.values():
        for found in document.clauses:
            layer = layer_of(found, document)
            if layer in {"must", "should", "may"}:
                assert found.modality.value.split()[0] == layer, found.id
            if document.id == "cwsw":
                assert layer == "policy"


# --- citations -----------------------------------------------------------------------------------


def test_a_citation_carries_the_whole_clause_and_the_part_relied_on() -> None:
    document = Document(
        "dfe", "Guide", "DfE", Authority.STATUTORY, "2024", "g-2024", url="https://x.uk/g", summary=True
    )
    found = clause("dfe", "60", "act.", lead_in="Heads must:", heading="Duties", page=9, modality=Modality.MUST)
    (draft,) = drafts([candidate(found, document)], understood(), VOCABULARY)
    made = citation(3, draft, register=Register([]), in_force=False)
    assert made.model_dump() == {
        "n": 3, "clause_id": "dfe/60", "document_id": "dfe", "document": "Guide", "locator": "Duties, 60",
        "heading_path": ("Duties",), "text": "Heads must: act.", "quote": "Heads must: act.", "authority": "statutory",
        "edition": "2024", "in_force": False, "summary": True, "page": 9, "url": "https://x.uk/g", "modality": "must",
    }  # fmt: skip


def test_a_clause_of_another_edition_is_cited_with_that_edition_and_its_address() -> None:
    entry = Edition("new", "New law", "DfE", Authority.STATUTORY, "2026", url="https://x.uk/new")
    digest = Document("changes", "Changes", "us", Authority.LOCAL, "", url="https://x.uk/changes")
    found = clause("changes", "1", "Heads must.", edition_id="new", url="www.y.uk/seen")
    (draft,) = drafts([candidate(found, digest)], understood(), VOCABULARY)
    made = citation(1, draft, register=Register([entry]), in_force=True)
    assert (made.authority, made.edition, made.url) == ("statutory", "2026", "https://x.uk/new")


@pytest.mark.parametrize(
    ("seen_at", "url"),
    [
        ("enfield.gov.uk/services/vs", "https://enfield.gov.uk/services/vs"),
        ("a.gov.uk/x and b.gov.uk/y", "https://a.gov.uk/x"),
        ("a.gov.uk/x (2021); b.gov.uk", "https://a.gov.uk/x"),
        ("a.gov.uk/.../x", ""),
        ("the 2021 page", ""),
        ("", ""),
    ],
)
def test_where_a_clause_was_seen_is_its_address_where_the_document_has_none(seen_at: str, url: str) -> None:
    (draft,) = drafts([candidate(clause("dfe", "1", "Heads act.", url=seen_at))], understood(), VOCABULARY)
    assert citation(1, draft, register=Register([]), in_force=True).url == url


# --- what is taken of a clause -------------------------------------------------------------------

LONG = [
    "The trust runs three schools in the south of the county and has done so for a number of years now.",
    "The board meets in the hall of the largest school, where tea is served before and after each meeting.",
    "A personal education plan is reviewed every term, unless the social worker asks for it sooner.",
    "The virtual school is then told of the outcome in writing by the designated teacher of the school.",
    "Photographs of the board are on the walls of the hall, together with those of former headteachers.",
    "Visitors sign the book in the front office and wear a badge for as long as they stay on the site.",
    "The car park is behind the hall and may be used by visitors on any day when there is no market.",
]


def extracted(found: Clause, *terms: str, intent: Intent = Intent.GENERAL) -> str:
    (draft,) = drafts([candidate(found)], understood(intent, *terms), VOCABULARY)
    return draft.text


def test_a_short_clause_and_a_list_are_said_whole() -> None:
    listing = "Plans:\n" + "\n".join(f"- {sentence}" for sentence in LONG)
    assert extracted(clause("dfe", "1", LONG[0])) == LONG[0]
    assert extracted(clause("dfe", "1", listing, kind=ClauseKind.LIST)) == listing
    assert extracted(clause("dfe", "1", " ".join(LONG), lead_in="We say:")) == "We say: " + " ".join(LONG)


@pytest.mark.parametrize("place", range(len(LONG)))
def test_of_a_long_clause_the_sentences_around_the_answer_are_said(place: int) -> None:
    sentences = [*LONG[:2], *LONG[3:]]
    sentences.insert(place, LONG[2])
    text = " ".join(sentences)
    said = extracted(
        clause("dfe", "1", text), *VOCABULARY.terms("how often is a PEP reviewed"), intent=Intent.HOW_OFTEN
    )
    assert LONG[2] in said
    assert len(said) <= 600
    assert len(said) < len(text)
    assert stands_in(said, text)


def test_a_sentence_that_points_back_brings_the_one_it_points_to() -> None:
    filler = "The hall holds many chairs for visitors from the town and the villages nearby on open days. " * 6
    duty = "Governing boards must use their best endeavours for pupils with special needs at all times."
    points_back = f"This duty applies to a suspension too, {'whatever the reason for it and ' * 16}however short."
    text = f"{filler}{duty} {points_back} The hall is then locked."
    assert extracted(clause("dfe", "1", text), *VOCABULARY.terms("duty suspension reason")).startswith(duty)


def test_one_sentence_longer_than_the_limit_is_said_whole() -> None:
    text = "A plan " + "and a plan " * 60 + "is made."
    assert extracted(clause("dfe", "1", text)) == text


@pytest.mark.integration
def test_every_shipped_clause_makes_a_statement_that_passes_the_gate_and_is_shown_in_full(
    real_documents: dict[str, Document],
) -> None:
    def bare(text: str) -> Sequence[str]:
        return re.sub(r"(?m)^\s*- |\[\d+\]", " ", text).split()

    for document in real_documents.values():
        for found in document.clauses:
            (draft,) = drafts([candidate(found, document)], understood(Intent.GENERAL, "c_pep", "school"), VOCABULARY)
            assert stands_in(draft.text, found.full_text), found.id
            statement = Statement(text=draft.text, citations=(1,), layer=draft.layer, stage="always")
            for by_stage in (False, True):
                text = markdown([statement], {1: found}, by_stage=by_stage)
                assert " ".join(bare(draft.text)) in " ".join(bare(text)), found.id
                assert text.count("[1]") == 1
