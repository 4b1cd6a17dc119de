"""The Word reader, on files made with python-docx."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from corpus.errors import CorpusError
from corpus.models import BlockKind
from corpus.readers import docx as reader
from corpus.readers.docx import read_docx
from tests.corpus.same_document import add_bullets, add_table, saved, word_bytes

H, P, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW


def test_headings_lists_and_tables() -> None:
    document = docx.Document()
    document.add_heading("Duties", 1)
    document.add_paragraph("2.19 They must:")
    add_bullets(document, ("keep a list of", 0), ("names", 1), ("days, and of", 1), ("lessons", 2), ("show it", 0))
    document.add_paragraph("")
    document.add_heading("Steps", 2)
    document.add_paragraph("first", style="List Number")
    document.add_paragraph("second", style="List Number")
    add_table(document, ("Day", "Step"), ("1", "Call"))
    document.add_paragraph("plain").add_run(" and bold").bold = True
    assert [(b.kind, b.level, b.number, b.text) for b in read_docx(saved(document))] == [
        (H, 1, "", "Duties"),
        (P, 0, "2.19", "They must:"),
        (ITEM, 1, "", "keep a list of"),
        (ITEM, 2, "", "names"),
        (ITEM, 2, "", "days, and of"),
        (ITEM, 3, "", "lessons"),
        (ITEM, 1, "", "show it"),
        (H, 2, "", "Steps"),
        (ITEM, 1, "1", "first"),
        (ITEM, 1, "2", "second"),
        (ROW, 0, "", "Day: 1; Step: Call"),
        (P, 0, "", "plain and bold"),
    ]


def test_the_list_styles_of_word_are_nested() -> None:
    document = docx.Document()
    for text, style in (("one", "List Bullet"), ("deep", "List Bullet 2"), ("deeper", "List Bullet 3")):
        document.add_paragraph(text, style=style)
    document.add_paragraph("two", style="List Bullet")
    assert [(b.kind, b.level, b.text) for b in read_docx(saved(document))] == [
        (ITEM, 1, "one"),
        (ITEM, 2, "deep"),
        (ITEM, 3, "deeper"),
        (ITEM, 1, "two"),
    ]


def test_headers_and_footers_are_left_out() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Trust policy"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    document.add_paragraph("Text.")
    assert [block.text for block in read_docx(saved(document))] == ["Text."]


def zipped(**files: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a readable .docx"),
        (b"Dear colleague,", "not a readable .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected by a password, or an older .doc"),
        (word_bytes()[:2000], "not a readable .docx"),
        (zipped(readme="Not Word."), "holds no Word document"),
        (zipped(word__document="x"), "holds no Word document"),
        (zipped(**{"word__document.xml": "<w:document"}), "the .docx is damaged"),
        (zipped(**{"word__document.xml": "<other/>"}), "the .docx is damaged"),
    ],
)
def test_what_is_no_word_file_is_a_plain_error(data: bytes, says: str) -> None:
    with pytest.raises(CorpusError, match=says) as error:
        read_docx(data)
    assert "\n" not in str(error.value)
    assert "save it" in str(error.value)


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(CorpusError, match="unpacks to more than"):
        read_docx(word_bytes())


def test_damage_anywhere_is_read_or_told() -> None:
    data = word_bytes()
    told = 0
    for place in range(0, len(data), len(data) // 12):
        broken = data[:place] + b"\xff\xff\xff\xff" + data[place + 4 :]
        try:
            assert isinstance(read_docx(broken), list)
        except CorpusError:
            told += 1
    assert told > 0
