"""A clause as a colleague would write it down: the formatted reference, and the names of authorities."""

from __future__ import annotations

from urllib.parse import quote

from assistant.models import Answer, Citation

AUTHORITY_NAMES = {
    "statutory": "statutory",
    "non-statutory": "non-statutory",
    "trust-policy": "trust policy",
    "local": "local",
}


def clause_path(clause_id: str) -> str:
    """The address of a clause on this server: "/clause/cwsw/aims/p1"."""
    return f"/clause/{quote(clause_id, safe='/')}"


def standing(citation: Citation) -> str:
    """What stands behind a clause, in a few words: "statutory, our summary; August 2024, no longer in force"."""
    kind = ", our summary" if citation.summary else ""
    force = "in force" if citation.in_force else "no longer in force"
    authority = AUTHORITY_NAMES.get(citation.authority, citation.authority)
    return f"{authority}{kind}; {citation.edition}, {force}"


def formatted_reference(citation: Citation, *, base_url: str) -> str:
    """One line that names a clause, its standing and its address; base_url: of this server, as seen by the reader."""
    official = f" Official page: {citation.url}" if citation.url else ""
    link = f"{base_url.rstrip('/')}{clause_path(citation.clause_id)}"
    return f"{citation.document}, {citation.locator} ({standing(citation)}). {link}{official}"


def answer_as_text(answer: Answer, *, base_url: str) -> str:
    """An answer with its references as plain text, for the clipboard: nothing left out, nothing added."""
    parts = [f"Question: {answer.question}", answer.answer]
    if answer.citations:
        references = [f"[{c.n}] {formatted_reference(c, base_url=base_url)}" for c in answer.citations]
        parts.append("\n".join(["References", *references]))
    if answer.notices:
        parts.append("\n".join(["Please note", *(f"! {notice.text}" for notice in answer.notices)]))
    parts.append("Check with your DSL before you act on this.")
    return "\n\n".join(parts)
