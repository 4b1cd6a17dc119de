"""Clause identifiers a person can read and a link can carry, and how they outlive an edit."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from corpus.models import Clause, ClauseKind

_SLUG_LENGTH = 48
_NO_WORDS = ""  # what a list without a lead-in is known by
_GONE = "-"  # stands before the fingerprint of a clause that is no longer there
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
    keeps that of its place if nobody else holds it; a new one gets a number not used before. A clause
    known by a printed number or a page is always known by that one. Clauses come in reading order.
    What remember() has marked as gone is found again by its words, and given to no others.
    """
    names = _kept_sections(clauses, known)  # section or clause as parsed: the identifier it keeps
    held: dict[str, dict[str, list[str]]] = {}  # identifiers by stem and fingerprint
    for identifier, print_ in known.items():
        held.setdefault(_parted(identifier)[0], {}).setdefault(print_.removeprefix(_GONE), []).append(identifier)
    siblings: dict[str, list[Clause]] = {}
    for clause in clauses:
        siblings.setdefault(_parted(clause.id)[0], []).append(clause)
    # A list's own identifier is shorter than the stem of its items, so that it is settled before them.
    for stem in sorted(siblings, key=len):
        kept_stem = names.get(stem, stem)
        proposed = {clause.id: kept_stem + clause.id.removeprefix(stem) for clause in siblings[stem]}
        found = _by_words(siblings[stem], proposed, held.get(kept_stem, {}))
        names |= found | _by_place(siblings[stem], proposed, found, known)
    return tuple(
        replace(clause, id=names[clause.id], parent_id=names.get(clause.parent_id, clause.parent_id))
        for clause in clauses
    )


def remember(clauses: Iterable[Clause], known: Mapping[str, str]) -> dict[str, str]:
    """What keep_identifiers has to know next time: every identifier ever given, today's clauses included.

    The fingerprint of a clause that is no longer there is marked.
    """
    today = {clause.id: clause.fingerprint for clause in clauses}
    before = {identifier: f"{_GONE}{print_.removeprefix(_GONE)}" for identifier, print_ in known.items()}
    return before | today


def _by_words(clauses: Iterable[Clause], proposed: Mapping[str, str], held: Mapping[str, list[str]]) -> dict[str, str]:
    """The identifiers of clauses whose words were there before: first those that stayed, then those that moved."""
    found: dict[str, str] = {}
    for clause in clauses:
        if proposed[clause.id] in held.get(clause.fingerprint, ()):
            found[clause.id] = proposed[clause.id]
    taken = set(found.values())
    for clause in clauses:
        if clause.id in found or clause.fingerprint == fingerprint(_NO_WORDS):
            continue
        moved = [other for other in held.get(clause.fingerprint, ()) if other not in taken]
        if _is_numbered(clause):  # from "60-2" to "60", never to "61"
            moved = [other for other in moved if _without_count(other) == _without_count(proposed[clause.id])]
        if moved:
            found[clause.id] = moved[0]
            taken.add(moved[0])
    return found


def _by_place(
    clauses: Sequence[Clause], proposed: Mapping[str, str], found: Mapping[str, str], known: Mapping[str, str]
) -> dict[str, str]:
    """The identifiers of clauses with new words: that of their place, or a new one where it is taken."""
    placed: dict[str, str] = {}
    taken = set(found.values())
    for clause in clauses:
        if clause.id not in found:
            own = proposed[clause.id]
            if own in taken or known.get(own, "").startswith(_GONE):
                claimed = {proposed[c.id] for c in clauses if c.id not in found or c.fingerprint == clause.fingerprint}
                used = taken | known.keys() | claimed
                own = _next_free(own, used, numbered=_is_numbered(clause))
            placed[clause.id] = own
            taken.add(own)
    return placed


def _kept_sections(clauses: Iterable[Clause], known: Mapping[str, str]) -> dict[str, str]:
    """Which section of before each section of today is, where its slug alone would mislead.

    A section that comes or goes may take a slug from another of the same heading, or give it back;
    a section is known by its words. Where its heading was reworded, it keeps its old slug.
    """
    prints = _prints_by_section({clause.id: clause.fingerprint for clause in clauses})
    before = _prints_by_section(known)
    kept = {section: section for section, own in prints.items() if own & before.get(section, set())}
    gone = {section: theirs for section, theirs in before.items() if section not in kept}
    for section, own in prints.items():
        if section not in kept and gone:
            likest = max(gone, key=lambda other: len(own & gone[other]))
            if own & gone[likest]:
                kept[section] = likest
                del gone[likest]
    taken = set(kept.values())
    for section in prints:
        if section not in kept:
            free = (f"{section}-{number}" for number in count(2))
            kept[section] = next(own for own in free if own not in {*taken, *before}) if section in taken else section
            taken.add(kept[section])
    return kept


def _prints_by_section(known: Mapping[str, str]) -> dict[str, set[str]]:
    """The fingerprints under each section's slug; "cwsw/60/a" is no section's but paragraph 60's."""
    found: dict[str, set[str]] = {}
    for identifier, print_ in known.items():
        section = "/".join(identifier.split("/")[:2])
        if identifier.count("/") > 1 and section not in known and print_.removeprefix(_GONE) != fingerprint(_NO_WORDS):
            found.setdefault(section, set()).add(print_.removeprefix(_GONE))
    return found


def _next_free(identifier: str, used: Iterable[str], *, numbered: bool) -> str:
    """The next number at the same place that was never given: ".../p3" to ".../p9" when p1 to p8 were.

    numbered: the figure is a printed one and stays; "60" goes to "60-2".
    """
    match = re.fullmatch(r"(.*?)(\d+)", identifier)
    base, number = (match[1], int(match[2]) + 1) if match and not numbered else (f"{_without_count(identifier)}-", 2)
    while f"{base}{number}" in used:
        number += 1
    return f"{base}{number}"


def _is_numbered(clause: Clause) -> bool:
    """Whether a clause is known by a printed number: its own, or that of the place it sums up."""
    stem, label = _parted(clause.id)
    own = clause.number and clause.kind is not ClauseKind.ITEM and not clause.parent_id
    return bool("/" not in stem or label.startswith("/page-") or own)


def _without_count(identifier: str) -> str:
    """The identifier without the count that tells it from others of its number: "60-2" is "60"."""
    return re.sub(r"(?<=\d)-\d+$", "", identifier)


def _parted(identifier: str) -> tuple[str, str]:
    """An identifier's stem and what tells it from its siblings; the later parts of a text follow its first."""
    match = re.fullmatch(r"(.+)(-part-\d+)", identifier) or re.fullmatch(r"(.+)(/[^/]*)", identifier)
    return (match[1], match[2]) if match else (identifier, "")
