"""Clause identifiers a person can read and a link can carry, and how they outlive an edit."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from corpus.models import Clause

_SLUG_LENGTH = 48
_LOOSE_ENDS = frozenset("a an and at by for from in of on or the to with".split())


def short_heading(text: str) -> str:
    """A heading as a colleague would say it: what stands before its colon, where that says enough."""
    head, colon, _ = text.partition(":")
    return head.strip() if colon and len(head) >= 6 else text.strip()


def slug(text: str) -> str:
    """Lower-case words and hyphens, at most 48 characters, cut between words; "section" if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    words = re.findall(r"[a-z0-9]+", plain)
    if len("-".join(words)) > _SLUG_LENGTH:
        while len(words) > 1 and (len("-".join(words)) > _SLUG_LENGTH or words[-1] in _LOOSE_ENDS):
            words.pop()
    return "-".join(words)[:_SLUG_LENGTH] or "section"


def fingerprint(text: str) -> str:
    """16 hexadecimal digits of the words alone: white space, case and punctuation do not count."""
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def keep_identifiers(clauses: tuple[Clause, ...], known: Mapping[str, str]) -> tuple[Clause, ...]:
    """Give clauses that were there before the identifiers they had.

    known maps every identifier ever given in the document to its fingerprint. A clause with a known
    fingerprint in its section keeps its identifier wherever it has moved; one whose words were edited
    keeps that of its place if nobody else holds it; a new one gets a number not used before. Clauses
    come in reading order, a list before its items.
    """
    held: dict[tuple[str, str], list[str]] = {}
    for identifier, print_ in known.items():
        held.setdefault((_section(identifier), print_), []).append(identifier)
    prefixes: dict[str, str] = {}
    placed: list[tuple[Clause, str]] = []
    for clause in clauses:
        parent = prefixes.get(clause.parent_id, clause.parent_id)
        proposed = clause.id
        if clause.parent_id and clause.id.startswith(f"{clause.parent_id}/"):
            proposed = parent + clause.id.removeprefix(clause.parent_id)
        candidates = held.get((_section(proposed), clause.fingerprint), [])
        final = proposed if proposed in candidates else (candidates[0] if candidates else "")
        if final:
            candidates.remove(final)
            prefixes[clause.id] = final
        else:
            # Provisional, so that items can follow their list; settled below, when all holders are known.
            prefixes[clause.id] = proposed
        placed.append((replace(clause, id=proposed), final))
    return _settle(placed, set(known), prefixes)


def _settle(placed: list[tuple[Clause, str]], known: set[str], prefixes: Mapping[str, str]) -> tuple[Clause, ...]:
    taken = {final for _, final in placed if final}
    settled: list[Clause] = []
    moved: dict[str, str] = {}
    for clause, final in placed:
        parent = prefixes.get(clause.parent_id, clause.parent_id)
        parent = moved.get(parent, parent)
        if not final:
            final = clause.id
            old_parent = prefixes.get(clause.parent_id, clause.parent_id)
            if old_parent in moved and final.startswith(f"{old_parent}/"):
                final = parent + final.removeprefix(old_parent)
            if final in taken:
                final = _next_free(final, taken | known)
                moved[clause.id] = final
            taken.add(final)
        settled.append(replace(clause, id=final, parent_id=parent))
    return tuple(settled)


def _next_free(identifier: str, used: set[str]) -> str:
    """The next number in the same section that was never given: ".../p3" to ".../p9" when p1 to p8 were."""
    match = re.fullmatch(r"(.*?)(\d+)(-\d+)?", identifier)
    if not match or match[3]:
        base, number = (match[1] + match[2] + "-" if match else f"{identifier}-"), 2
    else:
        base, number = match[1], int(match[2]) + 1
    while f"{base}{number}" in used:
        number += 1
    return f"{base}{number}"


def _section(identifier: str) -> str:
    return identifier.rpartition("/")[0]
