"""One small document in five formats, and the clauses that each has to give."""

from __future__ import annotations

import io

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from tests.corpus.pdf_fixture import Text, make_pdf, paragraph

NOTE = "See section 7 of the Education Act 1996."
# Identifier, the clause with its lead-in, its notes. Rows come last: plain text has no tables.
CLAUSES = [
    ("doc/aims/p1", "Every day in school counts.", ()),
    ("doc/1", "The headteacher keeps the register.", (NOTE,)),
    (
        "doc/2",
        "All staff will help by:\n- calling home\n- telling those who\n  - know the child\n  - work with the child\n"
        "- writing it down.",
        (),
    ),
    ("doc/2/1", "All staff will help by: calling home", ()),
    (
        "doc/2/2",
        "All staff will help by: telling those who\n- know the child\n- work with the child",
        (),
    ),
    ("doc/2/2/1", "All staff will help by: telling those who know the child", ()),
    ("doc/2/2/2", "All staff will help by: telling those who work with the child", ()),
    ("doc/2/3", "All staff will help by: writing it down.", ()),
    ("doc/leave/p1", "Leave is rare.", ()),
]
ROWS = [
    ("doc/dates/row-1", "Day: Day 1; Step: Call home", ()),
    ("doc/dates/row-2", "Day: Day 6; Step: Meet the parents", ()),
]
PATHS = {"doc/aims/p1": ("Aims",), "doc/2/2/1": ("Duties", "Staff"), "doc/leave/p1": ("Duties", "Leave")}

MARKDOWN = rb"""
# Attendance policy

## Aims

Every day in
school counts.

## Duties

1\. The headteacher keeps the register.[^act]

### Staff

2\. All staff will help by:

- calling home
- telling those who
  - know the child
  - work with the child
- writing it down.

### Leave

Leave is **rare**.

## Dates

| Day   | Step             |
|-------|------------------|
| Day 1 | Call home        |
| Day 6 | Meet the parents |

[^act]: See section 7 of
    the *Education Act* 1996.
"""

HTML = f"""<!doctype html><html><head><title>Not text</title><style>p {{}}</style></head><body>
<header>Not text</header><nav><ul><li>Not text</li></ul></nav>
<main><h1>Attendance policy</h1>
<h2>Aims</h2><p>Every day in
 school counts.</p>
<h2>Duties</h2><p>1. The headteacher keeps the register.<sup><a href="#act">1</a></sup></p>
<h3>Staff</h3><p>2. All staff will help by:</p>
<ul><li>calling home</li><li>telling those who<ul><li>know the child</li><li><p>work with the child</p></li></ul></li>
<li>writing it&nbsp;down.</li></ul>
<h3>Leave</h3><p>Leave is <b>rare</b>.</p>
<h2>Dates</h2><table><thead><tr><th>Day</th><th>Step</th></tr></thead><tbody>
<tr><td>Day 1</td><td>Call <i>home</i></td></tr><tr><td>Day 6</td><td><p>Meet</p><p>the parents</p></td></tr>
</tbody></table>
<section><ol><li id="act"><p>{NOTE} <a href="#back">back</a></p></li></ol></section>
<script>not.text()</script></main><footer>Not text</footer></body></html>""".encode()

TEXT = f"""
Attendance policy
=================

## Aims

Every day in
school counts.

Duties
------

1. The headteacher keeps the register. [{NOTE}]

### Staff

2. All staff will help by:
- calling home
- telling those who
  - know the child
  - work with
    the child
- writing it down.

### Leave

Leave is rare.
""".encode()


def word_bytes() -> bytes:
    document = docx.Document()
    document.add_heading("Attendance policy", 1)
    document.add_heading("Aims", 2)
    document.add_paragraph("Every day in school counts.")
    document.add_heading("Duties", 2)
    _add_note(document, document.add_paragraph("1. The headteacher keeps the register."), NOTE)
    document.add_heading("Staff", 3)
    document.add_paragraph("2. All staff will help by:")
    add_bullets(document, ("calling home", 0), ("telling those who", 0), ("know the child", 1))
    add_bullets(document, ("work with the child", 1), ("writing it down.", 0))
    document.add_heading("Leave", 3)
    leave = document.add_paragraph("Leave is ")
    leave.add_run("rare").bold = True
    leave.add_run(".")
    document.add_heading("Dates", 2)
    add_table(document, ("Day", "Step"), ("Day 1", "Call home"), ("Day 6", "Meet the parents"))
    return saved(document)


def saved(document: WordDocument) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def add_bullets(document: WordDocument, *items: tuple[str, int]) -> None:
    """Items of one list, each with its depth from 0, the way that Word's bullet button makes them."""
    numbering = document.part.numbering_part.element
    if not numbering.xpath("w:num[@w:numId='99']"):
        level = '<w:lvl w:ilvl="{}"><w:numFmt w:val="bullet"/></w:lvl>'
        levels = "".join(level.format(depth) for depth in range(9))
        kind = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="99">{levels}</w:abstractNum>'
        numbering.insert(0, parse_xml(kind))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="99"><w:abstractNumId w:val="99"/></w:num>'))
    for text, depth in items:
        place = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="99"/></w:numPr>'
        document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(place))


def add_table(document: WordDocument, *rows: tuple[str, ...]) -> None:
    """A table whose first row is marked as its header."""
    table = document.add_table(len(rows), len(rows[0]))
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _add_note(document: WordDocument, paragraph: Paragraph, text: str) -> None:
    """A footnote, which python-docx cannot make."""
    note = f'<w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    xml = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, xml, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="1"/></w:r>'))


def pdf_bytes() -> bytes:
    """The same on two pages, with furniture; its rows have no header that a reader could know."""
    first = [
        Text(72, 760, "Attendance policy", 20, bold=True),
        Text(72, 720, "Aims", 16, bold=True),
        *paragraph(72, 695, "Every day in", "school counts."),
        Text(72, 640, "Duties", 16, bold=True),
        *paragraph(72, 615, "1. The headteacher keeps the register.^1^"),
        Text(72, 580, "Staff", 14, bold=True),
        *paragraph(72, 555, "2. All staff will help by:"),
        *paragraph(90, 535, "• calling home", "• telling those who", hang=90),
        *paragraph(110, 503, "o know the child", "o work with the child", hang=110),
        *paragraph(90, 471, "• writing it down.", hang=90),
        *paragraph(72, 100, "^1^ " + NOTE, size=9),
        Text(300, 40, "1"),
    ]
    second = [
        Text(72, 760, "Leave", 14, bold=True),
        *paragraph(72, 735, "Leave is rare."),
        Text(300, 40, "2"),
    ]
    return make_pdf([first, second])
