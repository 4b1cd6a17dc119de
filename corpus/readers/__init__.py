"""One reader a format: the bytes of a file in, blocks in reading order out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from corpus.errors import CorpusError
from corpus.models import Block


def _markdown(data: bytes) -> list[Block]:
    from corpus.readers.markdown import read_markdown

    return read_markdown(data)


def _text(data: bytes) -> list[Block]:
    from corpus.readers.text import read_text

    return read_text(data)


def _html(data: bytes) -> list[Block]:
    from corpus.readers.html import read_html

    return read_html(data)


def _pdf(data: bytes) -> list[Block]:
    from corpus.readers.pdf import read_pdf

    return read_pdf(data)


def _docx(data: bytes) -> list[Block]:
    from corpus.readers.docx import read_docx

    return read_docx(data)


# Imported on use: asking a question reads no file.
READERS: dict[str, Callable[[bytes], list[Block]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}
MAX_FILE_BYTES = 100_000_000


def read_file(path: Path) -> list[Block]:
    """Read a file into blocks by its suffix.

    Raises CorpusError, one line that says how to mend it, for a file that is missing, unreadable,
    of an unknown format, too large, or without text.
    """
    data = read_bytes(path)
    blocks = _reader(path)(data)
    if not any(block.text for block in blocks):
        raise CorpusError(f"{path.name}: no text found in it; check that it is the right file")
    return blocks


def _reader(path: Path) -> Callable[[bytes], list[Block]]:
    try:
        return READERS[path.suffix.lower()]
    except KeyError:
        raise CorpusError(
            f"{path.name}: no reader for {path.suffix or 'a file without a suffix'}; "
            f"save it as one of {', '.join(sorted(READERS))}"
        ) from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that is there, readable, not empty and under 100 MB; CorpusError otherwise."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise CorpusError(f"{path}: this is not a file; give the path of one document")
        if size == 0:
            raise CorpusError(f"{path.name}: the file is empty; save the document again and add that")
        if size > MAX_FILE_BYTES:
            raise CorpusError(
                f"{path.name}: {size / 1e6:.0f} MB is over the limit of {MAX_FILE_BYTES / 1e6:.0f} MB; "
                "split it, or save it without its pictures"
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CorpusError(f"{path}: there is no such file; check the path") from error
    except OSError as error:
        raise CorpusError(f"{path}: it cannot be read ({error.strerror}); check its permissions") from error
