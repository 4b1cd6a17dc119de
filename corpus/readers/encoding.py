"""The bytes of a text file in, its characters out; no letter guessed wrong in silence."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from corpus.errors import CorpusError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# UTF-8 read as Windows-1252: "childâ€™s", "CafÃ©".
_MISREAD = re.compile(r"â€|Ã[\u0080-\u00bf]")


# <meta charset="windows-1252">, <meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def decode_html(data: bytes) -> str:
    """By the encoding that the page declares within its first 1,024 bytes, else as any text."""
    declared = _DECLARED.search(data[:1024])
    if declared and not data.startswith((codecs.BOM_UTF8, *_UTF_16)):
        # What calls itself Latin-1 on the web is Windows-1252.
        name = re.sub(r"(?i)iso-8859-1$|latin-?1$|us-ascii$", "cp1252", declared[1].decode("ascii"))
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(name)
    return decode(data)


def decode(data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark, or else Windows-1252. Raises CorpusError for what is none of them."""
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        if "\ufffd" in text or _MISREAD.search(text):
            text = "\0"
    if "\0" in text:
        raise CorpusError("its encoding cannot be read: save the file as plain text in UTF-8 and add that")
    return text
