"""A file that cannot be used is told in one line that says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import readers
from corpus.errors import CorpusError
from corpus.readers import READERS, read_bytes, read_file
from tests.corpus import same_document as same

FORMATS = {
    ".md": same.MARKDOWN,
    ".markdown": same.MARKDOWN,
    ".txt": same.TEXT,
    ".html": same.HTML,
    ".htm": same.HTML,
    ".pdf": same.pdf_bytes(),
    ".docx": same.word_bytes(),
}


def told(path: Path) -> str:
    with pytest.raises(CorpusError) as error:
        read_file(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", READERS)
def test_each_format_is_read_by_its_suffix(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, f"policy{suffix.upper()}", FORMATS[suffix])
    assert any(block.text == "Every day in school counts." for block in read_file(path))


def test_a_missing_file(tmp_path: Path) -> None:
    for name in ("nowhere.md", "nowhere", "nowhere/policy.md"):
        assert told(tmp_path / name).endswith("there is no such file; check the path")


def test_a_file_taken_for_a_folder(tmp_path: Path) -> None:
    assert "cannot be read" in told(write(tmp_path, "a.txt", b"x") / "b.txt")


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "policy.md").mkdir()
    for path in (tmp_path, tmp_path / "policy.md"):
        assert told(path).endswith("this is not a file; give the path of one document")


def test_an_empty_file(tmp_path: Path) -> None:
    assert "the file is empty; save the document again" in told(write(tmp_path, "policy.md", b""))


@pytest.mark.parametrize("name", ["policy.doc", "policy.odt", "policy"])
def test_an_unknown_format(tmp_path: Path, name: str) -> None:
    message = told(write(tmp_path, name, b"text"))
    assert message.startswith(f"{name}: no reader for")
    assert all(suffix in message for suffix in READERS)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_FILE_BYTES", 10)
    path = write(tmp_path, "policy.md", b"x" * 11)
    assert "over the limit" in told(path)
    assert "split it" in told(path)
    monkeypatch.setattr(readers, "MAX_FILE_BYTES", 11)
    assert read_bytes(path) == b"x" * 11


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
def test_an_encoding_that_cannot_be_read(tmp_path: Path, suffix: str) -> None:
    message = told(write(tmp_path, f"policy{suffix}", "The child’s".encode() + b" plan \x81 \xff"))
    assert "save the file as plain text in UTF-8" in message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("policy.md", b"---\ntitle: A policy\n---\n\n"),
        ("policy.md", b"---\n\n***\n"),
        ("policy.txt", b" \n\n\f\n====\n"),
        ("policy.html", b"<html><body><nav>Home</nav><script>x()</script></body></html>"),
    ],
)
def test_a_file_without_text(tmp_path: Path, name: str, data: bytes) -> None:
    assert told(write(tmp_path, name, data)) == f"{name}: no text found in it; check that it is the right file"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, "policy.md", b"text")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert told(path).endswith("it cannot be read (Permission denied); check its permissions")
