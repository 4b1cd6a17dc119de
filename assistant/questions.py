"""What a question may be: not blank, not endless, with nothing hidden in it."""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import BadQuestionError

MAX_QUESTION_CHARS = 2000
# What ordinary typing and copying leave behind, taken out: a byte order mark at the start, soft hyphens,
# the joiners and the presentation selector inside an emoji.
_HARMLESS = re.compile("^\ufeff|\u00ad|(?<=[\U0001f000-\U0001ffff\u2190-\u2bff\ufe0f])\u200d|[\ufe0e\ufe0f]")
# Unseen characters of categories that mostly are seen: fillers, variation selectors, tags, noncharacters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0d\uffa0"
    "\ufdd0-\ufdef\ufff0-\ufff8\ufffe\uffff\U000e0000-\U000e0fff]"
)
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format, half a surrogate pair, private use


def check_question(text: str) -> str:
    """The question with its white space squeezed.

    Raises BadQuestionError, saying how to mend it, for one that is blank, over 2,000 characters, or
    carries control or hidden (bidirectional, zero-width, tag, private) characters.
    """
    if len(text) > MAX_QUESTION_CHARS:
        raise BadQuestionError(
            f"the question has {len(text):,} characters, the limit is {MAX_QUESTION_CHARS:,}; ask it in fewer words"
        )
    text = _HARMLESS.sub("", text)
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
    if character in "\n\r\t":
        return False
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or bool(_UNSEEN.match(character))
