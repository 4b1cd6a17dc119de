"""Sentence ends in school documents: verbatim pieces, nothing lost, nothing changed."""

from __future__ import annotations

import re

# Full stops that end no sentence.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc no para paras p pp s ss reg regs art ch fig vol ed eds cf vs "
    "mr mrs ms dr prof st approx dept incl".split()
)
_END = re.compile(r"""[.!?][”’"')\]]*\s+(?=[“‘"'(\[]?[A-Z0-9])""")
_LAST_WORD = re.compile(r"([A-Za-z.]+)$")


def sentences(text: str) -> list[str]:
    """Split at sentence ends. The pieces are verbatim: only the spaces between them are left out."""
    pieces: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _ends_sentence(text[start : end.start()]):
            pieces.append(text[start : end.end()].strip())
            start = end.end()
    if text[start:].strip():
        pieces.append(text[start:].strip())
    return pieces


def chunks(text: str, limit: int) -> list[str]:
    """Group sentences into pieces of at most limit characters; a longer sentence is parted between words."""
    pieces: list[str] = []
    for sentence in sentences(text):
        while len(sentence) > limit:
            cut = max(sentence.rfind(space, 1, limit + 1) for space in " \n\t")
            cut = cut if cut > 0 else limit
            pieces.append(sentence[:cut].rstrip())
            sentence = sentence[cut:].lstrip()
        if pieces and len(pieces[-1]) + 1 + len(sentence) <= limit:
            pieces[-1] = f"{pieces[-1]} {sentence}"
        elif sentence:
            pieces.append(sentence)
    return pieces


def _ends_sentence(before: str) -> bool:
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    last = word[1].lower().strip(".")
    # A single capital is an initial ("J. Smith"), unless it closes a list of options ("point A.").
    initial = len(word[1]) == 1 and word[1].isupper()
    return last not in _ABBREVIATIONS and not initial
