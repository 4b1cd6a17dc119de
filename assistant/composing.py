"""Clauses in, statements and their Markdown out: nothing is said that a clause does not say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from assistant.candidates import Candidate
from assistant.evidence import holds
from assistant.layers import LAYERS, STAGES, title_of
from assistant.models import Citation, Statement
from assistant.understanding import Intent, Understanding
from corpus.identifiers import short_heading
from corpus.models import Authority, Clause, ClauseKind, Document, Edition, Modality, Stage
from corpus.register import Register, load_register
from corpus.sentences import sentences
from index.vocabulary import Vocabulary

_SUBJECTS_PATH = Path(__file__).with_name("subjects.toml")
_WHOLE = 600  # a clause up to this many characters is said whole
_POINTS_BACK = re.compile(r"(?:This|These|Those|They|It|Such|He|She|Its|Their|In these|However|Instead)\b")
_ALSO = "Also"
_TOLD_LAST = "information"  # what binds nobody never goes before what does, though it opens the answer
_LAYER_ORDER = {key: position for position, key in enumerate(LAYERS)}
_STAGE_ORDER = {stage: position for position, stage in enumerate(STAGES)}
_LAYER_OF_MODALITY = {
    Modality.MUST: "must",
    Modality.MUST_NOT: "must",
    Modality.SHOULD: "should",
    Modality.SHOULD_NOT: "should",
    Modality.MAY: "may",
}
_ITEM = re.compile(r"\s*(?:- |\([a-z0-9]{1,4}\) )")  # how a line of a list begins (corpus.clauses)
# "Hartsbourne Primary School: Rebecca Tregear, Headteacher" says nothing without its heading.
_NAMES_SOMEBODY = re.compile(r"[A-Z][^.:;]{1,60}: [A-Z][^.:;]{1,80}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement to be checked, with the clause it is from."""

    text: str
    clause: Clause
    document: Document
    layer: str
    see_also: bool = False


def drafts(chosen: Sequence[Candidate], understanding: Understanding, vocabulary: Vocabulary) -> list[Draft]:
    """One statement a clause, in the order in which `markdown` tells them, so that citations count up.

    A statement is the whole of a short clause or a list, or the sentences that answer of a long one.
    """
    written = [
        Draft(
            text=_extract(candidate.clause, understanding, vocabulary),
            clause=candidate.clause,
            document=candidate.document,
            layer=layer_of(candidate.clause, candidate.document),
            see_also=candidate.see_also,
        )
        for candidate in chosen
    ]
    if understanding.wants_whole_procedure:
        return sorted(written, key=lambda d: _place_in_procedure(d, understanding))
    opening = _opening([draft.clause for draft in written])
    first = written[0].layer if written else ""
    return written[:opening] + sorted(
        written[opening:], key=lambda d: (d.see_also, d.layer != first or first == _TOLD_LAST, _LAYER_ORDER[d.layer])
    )


def as_said(found: Sequence[tuple[Clause, Document]]) -> list[Draft]:
    """A statement a clause, whole and in this order: for clauses that were not chosen by a question."""
    return [Draft(clause.full_text, clause, document, layer_of(clause, document)) for clause, document in found]


def _place_in_procedure(draft: Draft, understanding: Understanding) -> tuple[bool, bool, int, int]:
    """First the steps of the stage that is asked about and of every stage, whatever they bind by: who asks what to do
    before a decision is not to read first what follows it. Then the others; within both by layer, then by stage."""
    stage = draft.clause.stage
    asked = understanding.procedure.stages if understanding.procedure else understanding.stages
    comes_later = bool(asked) and stage not in {*asked, Stage.ALWAYS}
    return (draft.see_also, comes_later, _LAYER_ORDER[draft.layer], _STAGE_ORDER[stage.value])


def layer_of(clause: Clause, document: Document) -> str:
    """Which layer of an answer a clause speaks in: our policy, local practice, or guidance by its modal verb."""
    authority = _authority(clause, document, load_register())
    if authority is Authority.TRUST_POLICY:
        return "policy"
    if authority is Authority.LOCAL and (document.edition_id or not document.summary):
        return "local"
    return _LAYER_OF_MODALITY.get(clause.modality, "information")


def citation(n: int, draft: Draft, *, register: Register, in_force: bool) -> Citation:
    """The citation of a draft's clause."""
    clause, document = draft.clause, draft.document
    entry = register.get(clause.edition_id)
    return Citation(
        n=n,
        clause_id=clause.id,
        document_id=document.id,
        document=document.title,
        locator=clause.locator,
        heading_path=clause.heading_path,
        text=clause.full_text,
        quote=draft.text,
        authority=_authority(clause, document, register).value,
        edition=entry.edition if entry else document.edition,
        in_force=in_force,
        summary=document.summary,
        page=clause.page,
        url=_url(clause, document, entry),
        modality=clause.modality.value,
    )


def markdown(statements: Sequence[Statement], clauses: Mapping[int, Clause], *, by_stage: bool = False) -> str:
    """The statements, in their order, under the headings of their layers, the first as the answer's opening.

    clauses: by citation number. by_stage: a whole procedure, told by stage within each layer.
    """
    if not statements:
        return ""
    if by_stage:
        return "\n\n".join(_by_stage(statements, clauses))
    opening = _opening([clauses[statement.citations[0]] for statement in statements])
    parts: list[str] = []
    for place, (title, layer) in enumerate(_by_layer(statements)):
        if place or layer[0].layer != _TOLD_LAST:  # "Background" is no title for what answers best
            parts.append(f"**{title}**")
        if place == 0 and opening == 1:
            parts.append(_paragraph(layer[0], clauses))
            layer = layer[1:]
            if layer:  # points right below would read as those of the opening
                parts.append(f"*{_ALSO}*")
        if layer:
            parts.append("\n".join(_point(statement, clauses) for statement in layer))
    return "\n\n".join(parts)


def _by_layer(statements: Sequence[Statement]) -> Iterator[tuple[str, list[Statement]]]:
    """The statements of each layer, as they follow each other, under its title."""
    for (see_also, key), layer in groupby(statements, key=lambda s: (s.see_also, s.layer)):
        yield title_of(key, see_also=see_also), list(layer)


def _opening(clauses: Sequence[Clause]) -> int:
    """How many of these clauses open an answer: the first, with those of the same list that follow at once."""
    others = (n for n, clause in enumerate(clauses) if n and clause.parent_id != clauses[0].parent_id)
    return next(others, len(clauses)) if clauses and clauses[0].parent_id else min(1, len(clauses))


def _by_stage(statements: Sequence[Statement], clauses: Mapping[int, Clause]) -> list[str]:
    """Each layer with its stages, named unless all of it holds at every stage."""
    parts: list[str] = []
    for title, layer in _by_layer(statements):
        parts.append(f"**{title}**")
        staged = any(statement.stage != Stage.ALWAYS.value for statement in layer)
        for stage, name in STAGES.items():
            points = [_point(statement, clauses) for statement in layer if statement.stage == stage]
            if points:
                parts.append((f"*{name}*\n\n" if staged else "") + "\n".join(points))
    return parts


def _paragraph(statement: Statement, clauses: Mapping[int, Clause]) -> str:
    """A statement as the answer's opening paragraph; a list's items stand under it."""
    head, items = _head_and_items(statement, clauses)
    return "\n\n".join([head, "\n".join(items)]) if items else head


def _point(statement: Statement, clauses: Mapping[int, Clause]) -> str:
    """A statement as a point of a list; its own items are indented under it."""
    head, items = _head_and_items(statement, clauses)
    return "\n".join([f"- {head}", *(f"  {item}" for item in items)])


def _head_and_items(statement: Statement, clauses: Mapping[int, Clause]) -> tuple[str, list[str]]:
    """The statement's first line with its citation marks, and what hangs on it, as lines of a Markdown list."""
    clause = clauses[statement.citations[0]]
    marks = "".join(f"[{n}]" for n in statement.citations)
    heading = short_heading(clause.heading_path[-1]) if clause.heading_path else clause.locator
    first, *others = statement.text.split("\n")
    if _ITEM.match(first):  # a list without a lead-in
        return f"{heading} {marks}", [_item(line) for line in (first, *others)]
    if clause.kind is ClauseKind.ITEM and not clause.lead_in and _NAMES_SOMEBODY.fullmatch(statement.text):
        first = f"{heading}, {first}"
    elif subject := _subject(clause):
        first = f"[{subject}] {first}"
    return f"{first} {marks}", [_item(line) for line in others]


def _subject(clause: Clause) -> str:
    """Whom or what a clause speaks of that does not say so itself ("They are qualified teachers"); "" for most."""
    subjects = _subjects()
    return subjects.get(clause.id) or subjects.get(clause.parent_id, "")


@cache
def _subjects() -> Mapping[str, str]:
    with _SUBJECTS_PATH.open("rb") as file:
        subjects: dict[str, str] = tomllib.load(file)["subjects"]
    return subjects


def _item(line: str) -> str:
    """A line of a list as Markdown: "(a) ..." and a plain line are points as well, as deep as they were."""
    bare = line.lstrip()
    return line if bare.startswith("- ") else f"{line[: len(line) - len(bare)]}- {bare}"


def _extract(clause: Clause, understanding: Understanding, vocabulary: Vocabulary) -> str:
    """The clause whole where it is short or a list; else its sentences that hold most of what is asked, in order."""
    if clause.kind is ClauseKind.LIST or clause.lead_in or len(clause.text) <= _WHOLE:
        return clause.full_text
    pieces = sentences(clause.text)
    wanted = set(understanding.terms)
    scores = [
        len(wanted & set(vocabulary.terms(piece))) + 1.5 * _answers(understanding.intent, piece) for piece in pieces
    ]
    first = last = scores.index(max(scores))
    # Grow to the better neighbour while it fits: the sentence beside the answer is mostly its condition.
    while True:
        grown = [
            (scores[neighbour], run)
            for neighbour, run in ((last + 1, (first, last + 1)), (first - 1, (first - 1, last)))
            if 0 <= neighbour < len(pieces) and len(" ".join(pieces[run[0] : run[1] + 1])) <= _WHOLE
        ]
        if not grown:
            break
        first, last = max(grown, key=lambda found: found[0])[1]
    # "This duty can ..." says nothing without the sentence before it, however long that is.
    while first > 0 and _POINTS_BACK.match(pieces[first]):
        first -= 1
    return " ".join(pieces[first : last + 1])


def _answers(intent: Intent, text: str) -> bool:
    return intent in {Intent.WHEN, Intent.HOW_OFTEN, Intent.AMOUNT, Intent.CONTACT} and holds(intent, text)


def _authority(clause: Clause, document: Document, register: Register) -> Authority:
    """The authority of the edition a clause rests on; its document's where it names none of its own."""
    entry = register.get(clause.edition_id)
    return entry.authority if entry else document.authority


def _url(clause: Clause, document: Document, entry: Edition | None) -> str:
    """Where to read the official text: of the clause's own edition first, then of its document."""
    found = (entry.url, _address(clause.url), document.url) if entry else (document.url, _address(clause.url))
    return next((url for url in found if url), "")


def _address(seen_at: str) -> str:
    """The first address of a digest's "seen at" note; "" where it gives none in full."""
    first = seen_at.split(" and ", maxsplit=1)[0].split(" (", maxsplit=1)[0].rstrip(";, ")
    return f"https://{first}" if first and "." in first and "..." not in first else ""
