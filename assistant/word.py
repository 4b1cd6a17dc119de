"""An answer as a Word file: question, answer, quotes, references, editions, date."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.shared import Pt, RGBColor

from assistant.kept import KeptAnswer
from assistant.models import Citation
from assistant.pages.answers import Point, Printed, printed
from assistant.pages.text import Line, outline
from assistant.references import standing

CHECK = "Check with your DSL before you act on this. It does not replace the policy, the guidance or legal advice."
_FONT = "Arial"


def as_word(kept: KeptAnswer, *, base_url: str) -> bytes:
    """The bytes of a .docx. Every text goes in as text: none of it is a field, a link or markup."""
    told = printed(kept, base_url=base_url)
    document = docx.Document()
    document.core_properties.title = "Answer of the policy assistant"
    document.core_properties.author = "Policy assistant, Bushey St James Trust"
    normal = document.styles["Normal"].font
    normal.name, normal.size = _FONT, Pt(11)
    for level in range(4):
        style = document.styles["Title" if level == 0 else f"Heading {level}"].font
        style.name, style.color.rgb = _FONT, RGBColor(0x0B, 0x0C, 0x0C)
    document.add_heading(told.answer.question, level=0)
    school = f" School: {kept.question.school}." if kept.question.school else ""
    document.add_paragraph(f"Bushey St James Trust policy assistant, {told.on.day} {told.on:%B %Y}.{school}")
    document.add_paragraph().add_run(CHECK).bold = True
    _answer(document, told)
    _references(document, "References, with the words relied on", told.references)
    _references(document, "Nearest clauses (they may not answer the question)", told.nearest)
    if told.notices:
        document.add_heading("Please note", level=1)
        for notice in told.notices:
            document.add_paragraph(notice.text, style="List Bullet")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _answer(document: Document, told: Printed) -> None:
    if told.act_now:
        document.add_heading(told.act_now.title, level=1)
        for step in told.act_now.steps:
            document.add_paragraph(step, style="List Number")
        document.add_paragraph(told.act_now.limits)
    for block in told.plain:
        for line in block.split("\n"):
            document.add_paragraph(line.removeprefix("- "), style="List Bullet" if line.startswith("- ") else None)
    for layer in told.layers:
        document.add_heading(layer.title, level=1)
        for stage in layer.stages:
            if stage.name:
                document.add_heading(stage.name, level=2)
            for point in stage.points:
                _point(document, point)


def _point(document: Document, point: Point) -> None:
    lines = outline(point.text)
    head = f"{point.context}: {lines.head}" if point.context and lines.head else point.context or lines.head
    marks = "".join(f" [{citation.n}]" for citation in point.citations)
    document.add_paragraph(f"{head}{marks}", style="List Bullet")
    _items(document, lines.items, 2)


def _items(document: Document, items: list[Line], depth: int) -> None:
    for line in items:
        document.add_paragraph(line.words, style=f"List Bullet {min(depth, 3)}")
        _items(document, line.children, depth + 1)


def _references(document: Document, title: str, references: list[tuple[Citation, str]]) -> None:
    if not references:
        return
    document.add_heading(title, level=1)
    for citation, reference in references:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"[{citation.n}] {citation.document}, {citation.locator}").bold = True
        document.add_paragraph(f"Standing and edition: {standing(citation)}.")
        document.add_paragraph(f"“{citation.quote}”", style="Quote")
        document.add_paragraph(reference)
