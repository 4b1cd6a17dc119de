"""An elliptical turn made a whole question from the turns before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding import school_named
from index.vocabulary import STOPWORDS, Vocabulary

_ELLIPTICAL = re.compile(
    r"^(?:and|but|so|ok|okay|what about|how about|what if|same for|also|or|for|at|in|if|then|who (?:does|is|would) (?:that|it|this)|"
    r"(?:how|when|why|who|where)\??$|how (?:often|long|many|soon|much)\??$)\b|\b(?:that|it|this|those|them|they|these|there)\b"
)
_SHORT = 6  # words; a turn of this length that names little is read with the one before it
_QUESTION_WORDS = re.compile(
    r"\b(?:who|what|when|why|how|often|many|much|long|is|are|does|do|must|should|the|a|an|our|my|i|we|at|for|of|to|and|about)\b"
)


def resolve(turns: Sequence[str], *, vocabulary: Vocabulary) -> str:
    """The last turn as a question of its own, with the topic of the last turn that had one."""
    last = turns[-1]
    earlier = [turn for turn in turns[:-1] if turn.strip()]
    if not earlier or not is_elliptical(last, vocabulary):
        return last
    topic = earlier[-1]
    for index in range(len(earlier) - 2, -1, -1):
        if not is_elliptical(earlier[index + 1], vocabulary):
            break
        topic = f"{topic} {earlier[index]}"
    return f"{last.rstrip(' ?.!')} {_carried(topic, last, vocabulary)}?"


def is_elliptical(turn: str, vocabulary: Vocabulary) -> bool:
    """Whether a turn needs the one before it to be understood."""
    plain = turn.lower().strip()
    topics = [
        term for term in vocabulary.terms(turn) if not term.startswith(("c_cla", "c_pla", "c_csw", "c_cin", "c_send"))
    ]
    return (bool(_ELLIPTICAL.search(plain)) and len(plain.split()) <= 14) or (
        len(plain.split()) <= _SHORT and len(topics) <= 1
    )


def _carried(topic: str, last: str, vocabulary: Vocabulary) -> str:
    """The words of the earlier question that the last turn does not replace."""
    groups = {"c_cla", "c_pla", "c_csw", "c_cin", "c_cpp", "c_send", "c_kinship"}
    replaced = groups & set(vocabulary.terms(last))
    words = []
    for word in topic.split():
        terms = set(vocabulary.terms(word))
        if replaced and terms & groups:
            continue
        if school_named(last) and school_named(word):
            continue
        plain = word.lower().strip("?.,!")
        if plain in STOPWORDS and _QUESTION_WORDS.fullmatch(plain):
            continue
        words.append(word.strip("?"))
    return " ".join(words)
