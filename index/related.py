"""Clauses that belong together, curated by hand (index/related.jsonl): found with one, the other is looked at too.

same: says substantially the same in another place. companions: its condition, exception, deadline, the next step,
the law's or the policy's counterpart, strongest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PART = re.compile(r"(?<=/\d)-\d+$|(?<=/\d\d)-\d+$|(?<=/\d\d\d)-\d+$")
RELATED_PATH = Path(__file__).with_name("related.jsonl")


@dataclass(frozen=True, slots=True)
class Related:
    """The clause ids that one clause is linked with."""

    same: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()


@cache
def load_related(path: Path = RELATED_PATH) -> Mapping[str, Related]:
    """The links of each clause that has any, by its id. What is the same as another is so both ways."""
    same: dict[str, list[str]] = {}
    companions: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        clause = str(entry["clause"])
        companions.setdefault(clause, []).extend(entry["with"])
        for other in entry["same"]:
            same.setdefault(clause, []).append(other)
            same.setdefault(other, []).append(clause)
    return {
        clause: Related(
            tuple(dict.fromkeys(same.get(clause, ()))),
            tuple(dict.fromkeys(companions.get(clause, ()))),
        )
        for clause in sorted(same.keys() | companions.keys())
    }


@cache
def by_paragraph(path: Path = RELATED_PATH) -> Mapping[str, Related]:
    """The links of each paragraph of a digest as a whole: what an official document that stands in for it has.

    Both ends are paragraphs: "dfe-exclusion-2024-08/60-2" is paragraph 60.
    """
    same: dict[str, list[str]] = {}
    companions: dict[str, list[str]] = {}
    for clause, related in load_related(path).items():
        paragraph = paragraph_of(clause)
        same.setdefault(paragraph, []).extend(map(paragraph_of, related.same))
        companions.setdefault(paragraph, []).extend(map(paragraph_of, related.companions))
    return {
        id_: Related(
            tuple(other for other in dict.fromkeys(same[id_]) if other != id_),
            tuple(other for other in dict.fromkeys(companions[id_]) if other != id_),
        )
        for id_ in same
    }


def paragraph_of(clause_id: str) -> str:
    """The paragraph that a digest's clause sums up, wholly or in part."""
    return _PART.sub("", clause_id)
