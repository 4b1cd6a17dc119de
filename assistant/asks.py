"""A question that asks several things at once, as questions of their own: each is searched for as well as the whole."""

from __future__ import annotations

import re

from assistant.conversation import SHORT_PART, resolve
from index.vocabulary import Vocabulary

_ASKING = (
    r"(?:who|whos|whom|whose|what|whats|when|where|which|why|how|is|are|do|does|did|can|could|may|must|should|will|"
    r"would|has|have|am)"
)
# Where one ask ends and the next begins: at a full stop or question mark, at "and", a comma or a dash before a
# word that asks, and at a semicolon, a plus or a spaced dash.
_BORDER = re.compile(
    rf"[?!;]+\s*|\.\s+|\s+[-–—+]\s+|\s*,?\s+(?:and|n|&|plus|also|but)\s+(?={_ASKING}\b)|,\s*(?={_ASKING}\b)",
    re.IGNORECASE,
)
_FEWEST_WORDS = 2
_MOST_PARTS = 3
# "What do CLA, PLA and PP+ stand for?" asks of each; a name is so many words at most.
_MEANINGS = re.compile(
    r"\bwhat(?:s|'s| do| does| is| are)? (?P<names>.+?) (?:all )?(?:stand(?:s|ing)? for|mean|short for)\b",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*[,/]\s*(?:and\s+)?|\s+(?:and|n|&)\s+", re.IGNORECASE)
_NAME_WORDS, _MOST_NAMES = 3, 6


def asks(question: str, *, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts of a question, each made whole by the one before it; () for a question that asks one thing.

    "cp policy: how often is it looked at, and can parents see it?" asks two things of the policy.
    """
    pieces = [piece.strip(" .,:") for piece in _BORDER.split(question)]
    pieces = [piece for piece in pieces if len(piece.split()) >= _FEWEST_WORDS]
    if len(pieces) < 2:
        return ()
    whole = [resolve(pieces[: number + 1], vocabulary=vocabulary, short=SHORT_PART) for number in range(len(pieces))]
    return tuple(dict.fromkeys(whole))[:_MOST_PARTS]


def meanings(question: str) -> tuple[str, ...]:
    """What each of several names means, for a question that asks it of all of them at once."""
    asked = _MEANINGS.search(question)
    names = [name for name in _BETWEEN_NAMES.split(asked["names"]) if name] if asked else []
    if len(names) < 2 or any(len(name.split()) > _NAME_WORDS for name in names):
        return ()
    return tuple(f"what does {name} mean" for name in dict.fromkeys(names))[:_MOST_NAMES]
