"""What a question may be: not blank, not endless, with nothing hidden in it."""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import BadQuestionError
from assistant.settings import MAX_QUESTION_CHARS

_ALLOWED_CONTROLS = frozenset("\n\r\t")
# Characters of category Cf that ordinary typing produces: the joiner inside an emoji, soft hyphens from a copy.
_HARMLESS_FORMAT = re.compile("[\u00ad\ufeff]|(?<=[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f])\u200d")


def check_question(text: str) -> str:
    """The question with its white space squeezed.

    Raises BadQuestionError, saying how to mend it, for one that is blank, over 2,000 characters, or
    carries control or hidden (bidirectional, zero-width, tag) characters.
    """
    if len(text) > MAX_QUESTION_CHARS:
        raise BadQuestionError(
            f"the question has {len(text):,} characters, the limit is {MAX_QUESTION_CHARS:,}; ask it in fewer words"
        )
    text = _HARMLESS_FORMAT.sub("", text)
    hidden = next((character for character in text if _is_hidden(character)), None)
    if hidden is not None:
        raise BadQuestionError(
            f"the question holds a hidden character (U+{ord(hidden):04X}); type it instead of pasting it"
        )
    squeezed = " ".join(text.split())
    if not any(character.isalnum() for character in squeezed):
        raise BadQuestionError('the question is blank; ask something, such as "how often is a PEP reviewed?"')
    return squeezed


def _is_hidden(character: str) -> bool:
    if character in _ALLOWED_CONTROLS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} or "\U000e0000" <= character <= "\U000e007f"
