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
