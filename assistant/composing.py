"""Clauses in, statements and their Markdown out: nothing is said that a clause does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evidence import holds
from assistant.models import Citation, Statement
from assistant.selecting import Candidate
from assistant.understanding import Intent, Understanding
from corpus.identifiers import short_heading
from corpus.models import Authority, Clause, ClauseKind, Document, Modality, Stage
from corpus.register import Register
from corpus.sentences import sentences
from index.vocabulary import Vocabulary

_WHOLE = 520  # a clause up to this many characters is said whole
_LAYERS: tuple[tuple[str, str], ...] = (
    ("must", "What the law requires (must)"),
    ("should", "What the guidance expects (should)"),
    ("policy", "What our policy says"),
    ("local", "Hertfordshire practice"),
    ("may", "What is allowed (may)"),
    ("information", "Background"),
)
_STAGES: tuple[tuple[Stage, str], ...] = (
    (Stage.BEFORE, "Before"),
    (Stage.DECISION, "On the decision, without delay"),
    (Stage.DURING, "During"),
    (Stage.AFTER, "Afterwards"),
    (Stage.ALWAYS, "At every stage"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement to be checked, with the clause it is from."""

    text: str
    clause: Clause
    document: Document
    layer: str


def drafts(chosen: Sequence[Candidate], understanding: Understanding, vocabulary: Vocabulary) -> list[Draft]:
    """One statement a clause: the whole of a short one, the sentences that answer of a long one."""
    return [
        Draft(_extract(candidate.clause, understanding, vocabulary), candidate.clause, candidate.document, layer_of(candidate.clause, candidate.document))
        for candidate in chosen
    ]  # fmt: skip


def layer_of(clause: Clause, document: Document) -> str:
    """Which layer of an answer a clause speaks in; law is what a statutory source says must be done."""
    if document.authority is Authority.TRUST_POLICY:
        return "policy"
    if document.authority is Authority.LOCAL and not clause.edition_id:
        return "local"
    if clause.modality in {Modality.MUST, Modality.MUST_NOT}:
        return "must"
    if clause.modality in {Modality.SHOULD, Modality.SHOULD_NOT}:
        return "should"
    if clause.modality is Modality.MAY:
        return "may"
    return "local" if document.authority is Authority.LOCAL and document.id.startswith("herts") else "information"


def citation(n: int, draft: Draft, *, register: Register, in_force: bool) -> Citation:
    """The citation of a draft's clause."""
    clause, document = draft.clause, draft.document
    entry = register.get(clause.edition_id or document.edition_id)
    return Citation(
        n=n,
        clause_id=clause.id,
        document_id=document.id,
        document=document.title,
        locator=clause.locator,
        heading_path=clause.heading_path,
        text=clause.full_text,
        quote=draft.text,
        authority=(entry.authority if entry and clause.edition_id else document.authority).value,
        edition=entry.edition if entry and clause.edition_id else document.edition,
        in_force=in_force,
        summary=document.summary,
        page=clause.page,
        url=document.url or _address(clause.url),
        modality=clause.modality.value,
    )


def markdown(statements: Sequence[Statement], clauses: Mapping[int, Clause], understanding: Understanding) -> str:
    """The statements under the headings of their layers; a procedure by stage as well; the best first otherwise."""
    if not statements:
        return ""
    if understanding.intent is Intent.PROCEDURE:
        return "\n\n".join(_procedure_layers(statements, clauses))
    lead, *rest = statements
    parts = [_line(lead, clauses, lead=True)]
    for key, title in _LAYERS:
        lines = [_line(statement, clauses) for statement in rest if statement.layer == key]
        if lines:
            parts.append(f"**{title}**\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _procedure_layers(statements: Sequence[Statement], clauses: Mapping[int, Clause]) -> list[str]:
    parts: list[str] = []
    for key, title in _LAYERS:
        layer = [statement for statement in statements if statement.layer == key]
        staged = [(name, [s for s in layer if s.stage == stage.value]) for stage, name in _STAGES]
        staged = [(name, found) for name, found in staged if found]
        if not staged:
            continue
        lines = [f"**{title}**"]
        for name, found in staged:
            label = f"*{name}*\n\n" if len(staged) > 1 or name != "At every stage" else ""
            lines.append(label + "\n".join(_line(statement, clauses) for statement in found))
        parts.append("\n\n".join(lines))
    return parts


def _line(statement: Statement, clauses: Mapping[int, Clause], *, lead: bool = False) -> str:
    clause = clauses[statement.citations[0]]
    marks = "".join(f"[{n}]" for n in statement.citations)
    label = ""
    if (
        clause.heading_path
        and clause.kind is ClauseKind.ITEM
        and not clause.lead_in
        and not statement.text.endswith(".")
    ):
        label = f"{short_heading(clause.heading_path[-1])}: "  # "Hartsbourne ...: R T" says nothing without it
    head, *items = statement.text.split("\n")
    if items or clause.kind is ClauseKind.LIST:
        if not clause.text.startswith(head) or head.startswith(("- ", "(")):  # a list without a lead-in
            head, items = (
                (short_heading(clause.heading_path[-1]) if clause.heading_path else ""),
                statement.text.split("\n"),
            )
            return f"{'' if lead else '- '}{head} {marks}\n" + "\n".join(_indented(items, lead))
        return f"{'' if lead else '- '}{head} {marks}\n" + "\n".join(_indented(items, lead))
    return f"{'' if lead else '- '}{label}{statement.text} {marks}"


def _indented(items: Sequence[str], lead: bool) -> list[str]:
    listed = [item if item.lstrip().startswith("-") else f"- {item.strip()}" for item in items]
    return ["", *listed] if lead else [f"  {item}" for item in listed]


def _extract(clause: Clause, understanding: Understanding, vocabulary: Vocabulary) -> str:
    """The clause whole where it is short or a list; else its sentences that hold most of what is asked, in order."""
    if clause.kind is ClauseKind.LIST or clause.lead_in or len(clause.text) <= _WHOLE:
        return clause.full_text
    pieces = sentences(clause.text)
    wanted = set(understanding.terms)
    scored = [
        (len(wanted & set(vocabulary.terms(piece))) + 1.5 * _answers(understanding.intent, piece), -index)
        for index, piece in enumerate(pieces)
    ]
    best = -max(scored)[1]
    first = last = best
    # Grow to a neighbour while it fits: the sentence beside the answer is mostly its condition.
    while True:
        before = len(" ".join(pieces[first - 1 : last + 1])) if first > 0 else _WHOLE + 1
        after = len(" ".join(pieces[first : last + 2])) if last + 1 < len(pieces) else _WHOLE + 1
        if min(before, after) > _WHOLE:
            return " ".join(pieces[first : last + 1])
        if after <= _WHOLE and (before > _WHOLE or scored[last + 1][0] >= scored[first - 1][0]):
            last += 1
        else:
            first -= 1


def _answers(intent: Intent, text: str) -> bool:
    return intent in {Intent.WHEN, Intent.HOW_OFTEN, Intent.AMOUNT, Intent.CONTACT} and holds(intent, text)


def _address(seen_at: str) -> str:
    first = seen_at.split(" and ", maxsplit=1)[0].split(" (", maxsplit=1)[0].rstrip(";, ")
    return f"https://{first}" if first and "." in first and "..." not in first else ""
