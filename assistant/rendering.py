"""Answers and corpus listings for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.models import Answer, Citation, Notice, Outcome
from corpus.models import Authority, Document
from index.record import DocumentSummary

_AUTHORITY_NAMES = {
    Authority.STATUTORY.value: "statutory",
    Authority.NON_STATUTORY.value: "non-statutory",
    Authority.TRUST_POLICY.value: "trust policy",
    Authority.LOCAL.value: "local",
}
_TITLE = re.compile(r"(?P<mark>\*{1,2})(?P<title>[^*]+)(?P=mark)")
_POINT = re.compile(r"( *)(- |\d+\. )?(.*)")
_SAID_ABOVE = frozenset({"act-now", "not-answered"})  # kinds of notices that the answer itself opens with


def print_answer(answer: Answer, console: Console) -> None:
    """The answer, then the clauses it rests on, then what to know of their editions."""
    shown = [notice for notice in answer.notices if notice.kind not in _SAID_ABOVE]
    if first := [notice for notice in shown if notice.comes_first]:
        _print_section("Read this first", [_noted(notice) for notice in first], console)
        console.print()
    if answer.outcome is Outcome.ESCALATED:
        console.print(Panel(_read(answer.answer, width=console.width - 4), border_style="bold red"))
    else:
        console.print(_read(answer.answer, width=console.width))
    if answer.citations:
        rows = [_source(citation, words=citation.quote != citation.text) for citation in answer.citations]
        _print_section("Sources (the answer quotes them word for word)", rows, console)
    if answer.nearest:
        rows = [_source(citation, words=True) for citation in answer.nearest]
        _print_section("Nearest clauses (they may not answer the question)", rows, console)
    if notices := [notice for notice in shown if not notice.comes_first]:
        _print_section("Please note", [_noted(notice) for notice in notices], console)


def _read(markdown: str, *, width: int) -> Text:
    """An answer's Markdown as text of this width: titles, points with hanging indents, nothing else touched."""
    shown = Text()
    for line in markdown.split("\n"):
        if title := _TITLE.fullmatch(line):
            shown.append(f"{title['title']}\n", style="bold" if title["mark"] == "**" else "italic")
            continue
        indent, mark, words = _POINT.fullmatch(line).groups(default="")  # type: ignore[union-attr]
        lead = indent + mark.replace("- ", "• ")
        hang = " " * len(lead)
        shown.append(
            textwrap.fill(
                words,
                width,
                initial_indent=lead,
                subsequent_indent=hang,
                break_long_words=False,
                break_on_hyphens=False,
            )
        ).append("\n")
    shown.rstrip()
    return shown


def _noted(notice: Notice) -> tuple[Text, Text]:
    return Text("!"), Text(notice.text, style="yellow")


def _print_section(title: str, rows: Sequence[tuple[Text, RenderableType]], console: Console) -> None:
    """A title, then rows of a mark and what hangs on it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, min_width=3)
    table.add_column(overflow="fold")
    for mark, body in rows:
        table.add_row(mark, body)
    console.print(Text(f"\n{title}", style="bold"))
    console.print(table)


def _source(citation: Citation, *, words: bool) -> tuple[Text, RenderableType]:
    """Where a clause stands; with its words, where the answer does not have all of them."""
    state = "" if citation.in_force else ", no longer in force"
    kind = ", summary" if citation.summary else ""
    authority = _AUTHORITY_NAMES.get(citation.authority, citation.authority)
    parts = [
        Text.assemble(
            (f"{citation.document}, {citation.locator}", "bold"), f" ({authority}{kind}; {citation.edition}{state})"
        )
    ]
    if words:
        parts.append(Text(f"“{citation.text}”", style="italic"))
    parts.append(Text(citation.clause_id, style="dim"))
    if citation.url:
        parts.append(Text(citation.url, style="dim"))
    return Text(f"[{citation.n}]", style="bold cyan"), Group(*parts)


def print_documents(documents: Sequence[DocumentSummary], console: Console) -> None:
    """The documents of the index: the id, which other commands take, then what it stands for."""
    for summary in documents:
        document = summary.document
        origin = "digest" if document.summary else document.origin
        about = [_AUTHORITY_NAMES[document.authority.value], document.edition, f"{summary.size} clauses", origin]
        console.print(Text(document.id, style="bold cyan"))
        console.print(_indented(f"{document.title} ({'; '.join(filter(None, about))})"))


def print_document(document: Document, console: Console) -> None:
    """A document with its contents: headings, and clauses with their identifiers."""
    about = [document.publisher, _AUTHORITY_NAMES[document.authority.value], document.edition, document.url]
    console.print(Text(document.title, style="bold"))
    console.print(Text("; ".join(filter(None, about))))
    path: tuple[str, ...] | None = None
    for clause in document.clauses:
        if clause.heading_path != path:
            path = clause.heading_path
            console.print(Text(f"\n{' > '.join(path) or 'Opening text'}", style="bold"))
        console.print(Text(f"  {clause.id}", style="cyan"))
        console.print(_indented(clause.text))


def _indented(text: str) -> Padding:
    return Padding(Text(text, overflow="fold"), (0, 0, 0, 4), expand=False)
