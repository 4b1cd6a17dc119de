"""Documents from files: what ships, and what a user adds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus import library
from corpus.errors import CorpusError
from corpus.library import check_document_id, load_added, load_shipped, shipped_documents
from corpus.models import Authority, Document

FRONT = """---
id: leave
title: Leave policy
publisher: The Trust
authority: trust-policy
edition: Autumn 2026
in_force_from: 2026-09-01
url: https://trust.example/leave
owner: The board
approved: "1.9.26"
next_review: 2028
---
"""
BODY = "\n## Duties\n\nThe headteacher must keep the register.\n\nParents may ask.\n"


def file(folder: Path, text: str = BODY, name: str = "leave-of-absence.md") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def shipped(document_id: str) -> Document:
    return next(document for document in shipped_documents() if document.id == document_id)


def facts(document: Document) -> tuple[object, ...]:
    return (document.id, document.title, document.publisher, document.authority, document.edition, document.url)


# --- what ships ---------------------------------------------------------------------------------


def test_the_policy_comes_first_and_then_the_digests() -> None:
    documents = shipped_documents()
    assert documents[0].id == "cwsw"
    assert [document.id for document in documents[1:]] == sorted(document.id for document in documents[1:])
    assert all(document.summary for document in documents[1:])
    assert {document.origin for document in documents} == {"shipped"}


def test_a_digest_takes_its_standing_from_the_register() -> None:
    digest = shipped("dfe-exclusion-2024-08")
    assert (digest.authority, digest.publisher) == (Authority.STATUTORY, "Department for Education")
    assert (digest.edition, digest.in_force_from) == ("August 2024", dt.date(2024, 9, 1))
    assert digest.url.startswith("https://www.gov.uk/")
    assert digest.licence == "OGL v3.0"


def test_an_edition_that_the_register_lacks_is_an_error(tmp_path: Path) -> None:
    path = file(tmp_path, f"---\nid: x\nedition_id: nowhere\n---\n{BODY}")
    with pytest.raises(CorpusError, match=r"'nowhere' is not in sources\.toml; add it there"):
        load_shipped(path, known={})


def test_a_file_with_a_bad_tag_line_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, "- Heads must act.\n  `must | head | all | always: x | paragraph 1`\n", "digest.md")
    with pytest.raises(CorpusError, match=r"^digest\.md: the tag line"):
        load_shipped(path, known={})


# --- what a user adds ---------------------------------------------------------------------------


def test_options_come_before_front_matter(tmp_path: Path) -> None:
    document = load_added(
        file(tmp_path, FRONT + BODY),
        document_id="other",
        title="Other",
        publisher="Someone",
        authority=Authority.LOCAL,
        edition="Spring 2027",
        in_force_from=dt.date(2027, 1, 1),
        url="https://x.example",
    )
    assert facts(document) == ("other", "Other", "Someone", Authority.LOCAL, "Spring 2027", "https://x.example")
    assert document.in_force_from == dt.date(2027, 1, 1)
    assert [clause.id for clause in document.clauses] == ["other/duties/p1", "other/duties/p2"]


def test_front_matter_comes_before_the_document_replaced(tmp_path: Path) -> None:
    document = load_added(file(tmp_path, FRONT + BODY), replaces=shipped("dfe-attendance-2024-08"))
    assert facts(document) == (
        "leave", "Leave policy", "The Trust", Authority.TRUST_POLICY, "Autumn 2026", "https://trust.example/leave"
    )  # fmt: skip
    assert document.in_force_from == dt.date(2026, 9, 1)
    assert (document.owner, document.approved, document.next_review) == ("The board", "1.9.26", "2028")
    assert (document.edition_id, document.origin, document.summary) == ("", "added", False)


def test_what_is_not_given_is_that_of_the_digest_it_replaces(tmp_path: Path) -> None:
    digest = shipped("dfe-exclusion-2024-08")
    document = load_added(file(tmp_path, name="x.md"), document_id=digest.id, replaces=digest)
    assert facts(document) == facts(digest)
    assert (document.edition_id, document.in_force_from) == (digest.edition_id, digest.in_force_from)
    assert document.licence == digest.licence
    assert not document.summary  # it is the text itself now
    assert load_added(file(tmp_path), replaces=digest, edition="AUGUST 2024").edition_id == digest.edition_id


@pytest.mark.parametrize("where", ["option", "front matter"])
def test_a_new_edition_does_not_take_over_what_the_old_one_rested_on(tmp_path: Path, where: str) -> None:
    digest = shipped("dfe-exclusion-2024-08")
    if where == "option":
        document = load_added(file(tmp_path), replaces=digest, edition="May 2026")
    else:
        document = load_added(file(tmp_path, f"---\nedition: May 2026\n---\n{BODY}"), replaces=digest)
    assert (document.edition, document.edition_id, document.in_force_from) == ("May 2026", "", None)
    assert document.title == digest.title


def test_a_new_policy_keeps_the_owner_and_not_the_approval(tmp_path: Path) -> None:
    policy = shipped("cwsw")
    same, new = load_added(file(tmp_path), replaces=policy), load_added(file(tmp_path), replaces=policy, edition="2027")
    assert (same.owner, same.approved, same.next_review) == (policy.owner, "10.12.25", "December 2027")
    assert (new.owner, new.approved, new.next_review) == (policy.owner, "", "")


def test_a_new_edition_may_name_its_entry_in_the_register(tmp_path: Path) -> None:
    path = file(tmp_path, f"---\nedition_id: exclusion-2026-07\n---\n{BODY}")
    document = load_added(path, replaces=shipped("dfe-exclusion-2024-08"))
    assert (document.edition_id, document.in_force_from) == ("exclusion-2026-07", dt.date(2026, 7, 26))
    assert document.edition.startswith("2026")


def test_without_any_of_these_it_says_so(tmp_path: Path) -> None:
    document = load_added(file(tmp_path))
    assert facts(document) == (
        "leave-of-absence", "leave of absence", "not stated", Authority.LOCAL, "not stated", ""
    )  # fmt: skip
    assert load_added(file(tmp_path, "Text.", "Leave (new).txt")).id == "leave-new"


def test_a_digest_of_the_users_own_is_shown_as_one(tmp_path: Path) -> None:
    tagged = "\n## Duties\n\n- Heads must act.\n  `must | headteacher | all | always: x | paragraph 4`\n"
    document = load_added(file(tmp_path, f"---\nsummary: true\n---\n{tagged}"))
    assert document.summary
    assert [clause.id for clause in document.clauses] == ["leave-of-absence/4"]


def test_identifiers_given_before_are_kept(tmp_path: Path) -> None:
    first = load_added(file(tmp_path))
    known = {clause.id: clause.fingerprint for clause in first.clauses}
    second = load_added(file(tmp_path, BODY.replace("The headteacher", "We act.\n\nThe headteacher")), known=known)
    assert {clause.text: clause.id for clause in second.clauses if clause.text.startswith("Parents")} == {
        "Parents may ask.": "leave-of-absence/duties/p2"
    }
    assert len({clause.id for clause in second.clauses}) == 3


@pytest.mark.parametrize("bad", ["Leave", "a", "-a", "a b", "a/b", "a" * 65, "../x", "é-x", "a\n"])
def test_a_bad_id(tmp_path: Path, bad: str) -> None:
    for check in (lambda: check_document_id(bad), lambda: load_added(file(tmp_path), document_id=bad)):
        with pytest.raises(CorpusError, match="use 2 to 64 lower-case letters, digits and hyphens"):
            check()


@pytest.mark.parametrize("good", ["a1", "dfe-kcsie-2026", "2" * 64])
def test_a_good_id(good: str) -> None:
    check_document_id(good)


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("authority: law", "gives authority 'law'; it may be one of: statutory, non-statutory, trust-policy, local"),
        ("in_force_from: soon", "gives in_force_from 'soon'; write it as 2026-09-01"),
        ("id: Not An Id", "use 2 to 64"),
        ("title: [", "mend the lines between ---"),
    ],
)
def test_bad_front_matter(tmp_path: Path, front: str, says: str) -> None:
    with pytest.raises(CorpusError) as error:
        load_added(file(tmp_path, f"---\n{front}\n---\n{BODY}"))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "data"), [("a-b.md", b"The child \x00"), ("a-b.pdf", b"no PDF"), ("a-b.docx", b"x"), ("a-b.txt", b" ")]
)
def test_what_a_reader_cannot_use_is_told_with_the_name_of_the_file(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=rf"^{name}: "):
        load_added(path)


def test_the_identifiers_of_documents_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "IDENTIFIERS_PATH", tmp_path / "none.json")
    library.known_identifiers.cache_clear()
    try:
        assert library.known_identifiers() == {}
    finally:
        library.known_identifiers.cache_clear()
