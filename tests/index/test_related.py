"""Clauses that belong together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.related import Related, by_paragraph, load_related, paragraph_of


@pytest.fixture
def links(tmp_path: Path) -> Path:
    rows = [
        {"clause": "doc/60", "same": [], "with": ["policy/p1"]},
        {"clause": "doc/60-2", "same": ["policy/list/3"], "with": ["doc/60", "doc/78-2"]},
    ]
    path = tmp_path / "related.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_what_is_the_same_is_so_both_ways_and_a_companion_is_not(links: Path) -> None:
    related = load_related(links)
    assert related["policy/list/3"] == Related(same=("doc/60-2",))
    assert related["doc/60"] == Related(companions=("policy/p1",))
    assert "policy/p1" not in related


def test_a_paragraph_has_the_links_of_all_its_clauses_but_none_to_itself(links: Path) -> None:
    assert by_paragraph(links)["doc/60"] == Related(same=("policy/list/3",), companions=("policy/p1", "doc/78"))


@pytest.mark.parametrize(
    ("clause_id", "paragraph"),
    [
        ("doc/60-2", "doc/60"),
        ("doc/60", "doc/60"),
        ("doc-1/276-12", "doc-1/276"),
        ("doc/part-2", "doc/part-2"),
        ("doc/page-17-2", "doc/page-17-2"),
    ],
)
def test_the_paragraph_of_a_clause(clause_id: str, paragraph: str) -> None:
    assert paragraph_of(clause_id) == paragraph
