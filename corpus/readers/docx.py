"""Word files in, blocks out: mammoth turns them into HTML, lists, tables and notes included."""

from __future__ import annotations

import io
import zipfile

import mammoth
from selectolax.lexbor import LexborHTMLParser

from corpus.errors import CorpusError
from corpus.models import Block
from corpus.readers.html import html_blocks

# The deeper list styles that Word offers; the depth of other lists stands with their paragraphs.
_STYLES = """
p[style-name='List Bullet 2'] => ul|ol > li > ul > li:fresh
p[style-name='List Bullet 3'] => ul|ol > li > ul|ol > li > ul > li:fresh
p[style-name='List Number 2'] => ul|ol > li > ol > li:fresh
p[style-name='List Number 3'] => ul|ol > li > ul|ol > li > ol > li:fresh
"""
_MAX_UNPACKED_BYTES = 400_000_000  # a zip bomb, not a policy


def read_docx(data: bytes) -> list[Block]:
    """Read a .docx file. Raises CorpusError for a damaged, encrypted or foreign file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED_BYTES:
                raise CorpusError("the Word file unpacks to more than 400 MB: save it without its pictures")
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        # An encrypted Word file is no zip but an OLE container.
        raise CorpusError(
            "the file is not a readable .docx (damaged, protected by a password, or an older .doc): "
            "open it in Word and save it as .docx without a password"
        ) from error
    if "word/document.xml" not in names:
        raise CorpusError("the .docx holds no Word document: open it in Word and save it again as .docx")
    try:
        page = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, ignore_empty_paragraphs=True).value
    except Exception as error:  # mammoth raises whatever its parsers raise; the cause is always the file
        raise CorpusError(f"the .docx is damaged ({error}): open it in Word and save it again") from error
    return html_blocks(LexborHTMLParser(page))
