"""Where links to clauses lead: here, moved, gone, unknown; other editions; the words marked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.pages.reading import matching, sections
from assistant.pages.text import outline, segments
from assistant.reader import Whereabouts, find_clause, neighbours, notices_of, reference_of
from assistant.references import formatted_reference
from assistant.service import Service
from corpus.models import Document
from index.store import Store
from tests.index.fakes import added, clause, ten_clauses

SENTENCE = "The headteacher must, without delay, notify the social worker."


def test_a_clause_is_here_and_one_that_never_was_is_unknown(service: Service) -> None:
    found = find_clause("cwsw/suspensions/1", service)
    assert found.whereabouts is Whereabouts.HERE
    assert found.place
    assert found.place.clause.id == "cwsw/suspensions/1"
    assert found.others == ()
    assert find_clause("cwsw/never/1", service).whereabouts is Whereabouts.UNKNOWN
    assert find_clause("nothing", service).whereabouts is Whereabouts.UNKNOWN


def test_a_clause_whose_document_was_replaced_shows_both_wordings(service: Service) -> None:
    old = added("guide", "Lanterns are lit at dusk.", "Lanterns are put out at dawn.")
    service.store.add(old)
    new = replace(added("guide", "Lanterns are lit at noon."), edition="2027")
    replace_document(service, new)
    found = find_clause("guide/p1", service)
    assert found.whereabouts is Whereabouts.HERE
    assert found.place
    assert found.place.clause.text == "Lanterns are lit at noon."
    assert [(place.state, place.clause.text) for place in found.others] == [("earlier", "Lanterns are lit at dusk.")]
    assert not reference_of(found.others[0], service).in_force


def test_a_clause_that_was_taken_out_is_shown_as_it_was(service: Service) -> None:
    service.store.add(added("guide", "Lanterns are lit at dusk.", "Lanterns are put out at dawn."))
    replace_document(service, added("guide", "Lanterns are lit at dusk."))
    found = find_clause("guide/p2", service)
    assert found.whereabouts is Whereabouts.GONE
    assert found.place
    assert found.place.clause.text == "Lanterns are put out at dawn."
    assert found.place.state == "earlier"


def test_a_clause_whose_words_stand_elsewhere_has_moved(service: Service) -> None:
    words = "Lanterns are lit at dusk."
    service.store.add(added("guide", words))
    service.archive.keep(service.store, ["guide"])
    moved = Document(
        **{**vars_of(added("guide")), "clauses": (clause("guide", "lighting/1", words, heading="Lighting"),)}
    )
    service.store.add(moved)
    found = find_clause("guide/p1", service)
    assert found.whereabouts is Whereabouts.MOVED
    assert found.place
    assert found.place.clause.id == "guide/lighting/1"


def test_the_same_paragraph_of_a_newer_edition_is_shown_too(real_service: Service, make_store: object) -> None:
    store: Store = make_store()  # type: ignore[operator]
    number = clause("old-guide", "78", SENTENCE, number="78")
    newer = clause("new-guide", "78", "The headteacher must notify the social worker within an hour.", number="78")
    document = added("old-guide")
    store.build(
        [
            replace(document, clauses=(number,), edition_id="exclusion-2024-08", origin="shipped"),
            replace(document, id="new-guide", clauses=(newer,), edition_id="exclusion-2026-07", origin="shipped"),
        ]
    )
    service = Service(store, today=lambda: real_service.today)
    found = find_clause("old-guide/78", service)
    assert [(place.state, place.clause.id) for place in found.others] == [("newer edition", "new-guide/78")]
    assert found.place
    assert not reference_of(found.place, service).in_force
    assert [notice.kind for notice in notices_of([found.place], service)] == ["superseded"]
    back = find_clause("new-guide/78", service)
    assert [(place.state, place.clause.id) for place in back.others] == [("earlier edition", "old-guide/78")]


def test_every_identifier_ever_given_leads_somewhere(real_service: Service) -> None:
    from corpus.library import known_identifiers

    for document_id, identifiers in known_identifiers().items():
        for identifier in list(identifiers)[::5]:
            found = find_clause(identifier, real_service)
            assert found.whereabouts is not Whereabouts.UNKNOWN, identifier
        assert identifiers, document_id


def test_neighbours_and_the_formatted_reference(service: Service) -> None:
    found = find_clause("cwsw/suspensions/2", service)
    assert found.place
    previous, following = neighbours(found.place)
    assert previous == "cwsw/suspensions/1"
    assert following.startswith("cwsw/teacher")
    reference = formatted_reference(reference_of(found.place, service), base_url="http://127.0.0.1:7860/")
    assert reference == (
        "Children with a Social Worker Policy, Suspensions, suspensions/2 (trust policy; 2025, in force). "
        "http://127.0.0.1:7860/clause/cwsw/suspensions/2"
    )


def test_a_list_is_shown_once_with_its_items_as_clauses(service: Service) -> None:
    document = ten_clauses()[0]
    nodes = [node for section in sections(document) for node in section.nodes]
    whole = next(node for node in nodes if node.clause.id == "cwsw/teacher/list")
    assert whole.lines.items == []
    assert next(child.clause.text for child in whole.children) == "review each personal education plan every term"
    shown = [node.clause.id for node in nodes] + [child.clause.id for node in nodes for child in node.children]
    assert sorted(shown) == sorted(clause_.id for clause_ in document.clauses)


def test_a_quote_marks_the_lead_in_that_it_completes(service: Service) -> None:
    document = ten_clauses()[0]
    item = next(c for c in document.clauses if c.id == "cwsw/teacher/list/1")
    nodes = [n for s in sections(document, target=item.id, quote=item.full_text) for n in s.nodes]
    parent = next(node for node in nodes if node.children)
    assert parent.quote == (item.full_text if item.lead_in else "")
    assert parent.children[0].quote == item.full_text
    assert all(child.quote == "" for child in parent.children[1:])


def test_words_that_the_clause_does_not_say_are_never_marked() -> None:
    document = ten_clauses()[0]
    for false in ("must not review each personal education plan", "review each personal education plan every year"):
        for section in sections(document, target="cwsw/teacher/list/1", quote=false):
            assert all(node.quote == "" and all(not c.quote for c in node.children) for node in section.nodes)


def test_segments_mark_letter_by_letter() -> None:
    assert [(s.words, s.marked) for s in segments(SENTENCE, "must, without delay, notify")] == [
        ("The headteacher ", False), ("must, without delay, notify", True), (" the social worker.", False),
    ]  # fmt: skip
    assert not any(segment.marked for segment in segments(SENTENCE, "must not, without delay, notify"))
    assert not any(segment.marked for segment in segments(SENTENCE, "MUST, WITHOUT DELAY"))


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_segments_lose_nothing_and_mark_only_what_is_quoted(words: str, quote: str) -> None:
    found = segments(words, quote)
    assert "".join(segment.words for segment in found) == words
    assert all(segment.words in quote for segment in found if segment.marked)


def test_an_outline_keeps_every_line_at_its_depth() -> None:
    text = "Do these:\n- first\n  - deeper\n  plain\n- second\n(a) lettered"
    found = outline(text)
    assert found.head == "Do these:"
    assert [(line.words, len(line.children)) for line in found.items] == [
        ("first", 2),
        ("second", 0),
        ("(a) lettered", 0),
    ]
    assert [(line.words, line.is_item) for line in found.items[0].children] == [("deeper", True), ("plain", False)]
    assert outline("- only\n- items").head == ""


def test_search_within_a_document_wants_every_word(service: Service) -> None:
    document = ten_clauses()[0]
    assert [c.id for c in matching(document, "REVIEW plan")] == ["cwsw/teacher/list/1"]
    assert matching(document, "review trampoline") == []
    assert matching(document, " ") == []


def replace_document(service: Service, document: Document) -> None:
    """As `assistant corpus add` does it."""
    service.archive.keep(service.store, [document.id])
    service.store.add(document)


def vars_of(document: Document) -> dict[str, object]:
    return {name: getattr(document, name) for name in document.__dataclass_fields__}
