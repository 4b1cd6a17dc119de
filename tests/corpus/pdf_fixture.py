"""A small PDF writer for tests: two fonts, placed lines, raised marks, bookmarks, a lock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A line of text at x, y (points from the left and the bottom); ^1^ is a raised mark."""

    x: float
    y: float
    text: str
    size: float = 12
    bold: bool = False


def paragraph(x: float, y: float, *lines: str, hang: float | None = None, size: float = 12) -> list[Text]:
    """Lines set solid, 16 points apart; hang: where the second and later ones start."""
    xs = [x] + [x if hang is None else hang] * (len(lines) - 1)
    return [Text(at, y - 16 * i, line, size) for i, (at, line) in enumerate(zip(xs, lines, strict=True))]


def make_pdf(
    pages: Sequence[Sequence[Text]],
    outline: Sequence[tuple[str, int, float]] = (),
    *,
    locked: bool = False,
) -> bytes:
    """A PDF of A4 pages. outline: bookmarks in order, each (title, 1-based page, height).

    A title indented by two blanks stands one level deeper. locked: asks for a password.
    """
    objects = [b"", b"", _font("Helvetica"), _font("Helvetica-Bold")]
    kids = []
    for page in pages:
        content = "\n".join(_drawn(text) for text in page).encode("cp1252")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        fonts = b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/MediaBox[0 0 595 842]"
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R>>" % (fonts, len(objects)))
        kids.append(len(objects))
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), listed)
    objects[0] = b"<</Type/Catalog/Pages 2 0 R%s>>" % _outlined(objects, outline, kids)
    return _file(objects, locked)


def _font(name: str) -> bytes:
    return b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>" % name.encode()


def _drawn(text: Text) -> str:
    font = "F2" if text.bold else "F1"
    shown = re.sub(r"([()\\])", r"\\\1", text.text)
    mark = rf") Tj /{font} {text.size / 2} Tf {text.size / 3} Ts (\1) Tj /{font} {text.size} Tf 0 Ts ("
    shown = re.sub(r"\^(\d+)\^", mark, shown)
    return f"BT /{font} {text.size} Tf {text.x} {text.y} Td ({shown}) Tj ET"


def _outlined(objects: list[bytes], outline: Sequence[tuple[str, int, float]], kids: Sequence[int]) -> bytes:
    """Append the outline's objects; the catalog's entry that refers to them."""
    if not outline:
        return b""
    root = len(objects) + 1
    levels = [0] + [1 + (len(title) - len(title.lstrip())) // 2 for title, _, _ in outline]
    parents = [max(i for i in range(n) if levels[i] < levels[n]) for n in range(1, len(levels))]
    for n in range(len(levels)):
        children = [i + 1 for i, parent in enumerate(parents) if parent == n]
        entry = b"/First %d 0 R/Last %d 0 R" % (root + children[0], root + children[-1]) if children else b""
        if n:
            title, page, height = outline[n - 1]
            siblings = [i + 1 for i, parent in enumerate(parents) if parent == parents[n - 1]]
            later = [i for i in siblings if i > n][:1]
            entry += b"/Next %d 0 R" % (root + later[0]) if later else b""
            entry += b"/Parent %d 0 R/Title(%s)" % (root + parents[n - 1], title.strip().encode("latin-1"))
            entry += b"/Dest[%d 0 R/XYZ 0 %d 0]" % (kids[page - 1], height)
        objects.append(b"<<%s>>" % entry)
    return b"/Outlines %d 0 R" % root


def _file(objects: Sequence[bytes], locked: bool) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    key = b"<" + b"5a" * 32 + b">"  # no password answers to this key
    lock = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O%s/U%s>>" % (key, key) if locked else b""
    start, size = len(body), len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return body + head + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, lock, start)
