"""Answers and corpus listings for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.models import Answer, Citation, Outcome
from corpus.models import Authority, Document
from index.record import DocumentSummary

_AUTHORITY_NAMES = {
    Authority.STATUTORY.value: "statutory",
    Authority.NON_STATUTORY.value: "non-statutory",
    Authority.TRUST_POLICY.value: "trust policy",
    Authority.LOCAL.value: "local",
}
_URGENT = "act-now"


def print_answer(answer: Answer, console: Console) -> None:
    """The answer, then the clauses it rests on, word for word, then what to know of their editions."""
    shown = Markdown(answer.answer.replace("[", "\\["), hyperlinks=False)
    if answer.outcome is Outcome.ESCALATED:
        console.print(Panel(shown, border_style="bold red"))
    else:
        console.print(shown)
    if answer.citations:
        console.print("\nSources", style="bold")
        for citation in answer.citations:
            _print_citation(citation, console)
    if answer.nearest:
        console.print("\nNearest clauses (they do not answer the question)", style="bold")
        for citation in answer.nearest:
            _print_citation(citation, console)
    notices = [notice for notice in answer.notices if notice.kind not in {_URGENT, "not-answered"}]
    if notices:
        console.print("\nPlease note", style="bold")
        for notice in notices:
            console.print(Padding(Text(f"! {notice.text}", style="yellow"), (0, 0, 0, 2)))


def _print_citation(citation: Citation, console: Console) -> None:
    state = "" if citation.in_force else ", no longer in force"
    kind = ", summary" if citation.summary else ""
    authority = _AUTHORITY_NAMES.get(citation.authority, citation.authority)
    head = Text.assemble(
        (f"[{citation.n}] ", "bold cyan"),
        (f"{citation.document}, {citation.locator}", "bold"),
        f" ({authority}{kind}; {citation.edition}{state})",
    )
    console.print(Padding(head, (0, 0, 0, 2)))
    console.print(Padding(Text(f"“{citation.text}”", style="italic"), (0, 0, 0, 6)))
    console.print(Padding(Text(f"{citation.clause_id}  {citation.url}".rstrip(), style="dim"), (0, 0, 0, 6)))


def print_documents(documents: Sequence[DocumentSummary], console: Console) -> None:
    """The documents of the index, a row each."""
    table = Table("id", "title", "authority", "edition", "clauses", "origin")
    for summary in documents:
        document = summary.document
        origin = "digest" if document.summary else document.origin
        table.add_row(
            document.id, document.title, document.authority.value, document.edition, str(summary.size), origin
        )
    console.print(table)


def print_document(document: Document, console: Console) -> None:
    """A document with its contents: headings and clauses with their identifiers."""
    console.print(Text(document.title, style="bold"))
    about = [document.publisher, document.authority.value, document.edition, document.url]
    console.print(Text("; ".join(part for part in about if part)))
    path: tuple[str, ...] = ()
    for clause in document.clauses:
        if clause.heading_path != path:
            path = clause.heading_path
            console.print(Text(f"\n{' > '.join(path)}", style="bold"))
        console.print(Padding(Text.assemble((f"{clause.id}  ", "cyan"), clause.text), (0, 0, 0, 2)))
