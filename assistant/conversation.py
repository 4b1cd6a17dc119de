"""An elliptical turn made a whole question from the turns before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.understanding import schools, schools_named
from index.vocabulary import STOPWORDS, Vocabulary

# "Never mind. Who ...": what follows is a new topic; what came before is no part of it.
_NEW_TOPIC = re.compile(
    r".*\b(?:never ?mind|(?:leave|forget|skip) (?:it|that)|next(?= ?:)"
    r"|(?:diff(?:e?rent)?|separate) (?:thing|question|topic|q|one|matter)"
    r"|(?:new|another|other) (?:thing|question|topic|q|matter))\b[\s,.:;!?-]+(?=\w)",
    re.IGNORECASE,
)
# "Got it. How many ...": what is acknowledged is done with. "Ok and ..." goes on.
_DONE = re.compile(
    r"(?:(?:ok(?:ay)?|right|got (?:it|that)|fine|great|perfect|lovely|good|noted|cheers|ta|thx|thanks|thank you"
    r"|(?:i(?: have|'ve)? )?found (?:it|that))\b[\s,]*)+[.!;:]+\s*(?=\w)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"(?:and|n|but|what about|how about|what if|same for)\b")
_MAY_CONTINUE = re.compile(r"(?:so|ok|okay|also|or|for|at|in|if|then|about)\b")
_REFERS = re.compile(r"\b(?:that|it|this|those|them|they|these|there|same|(?:next|other|last) one)\b")
# "Is there a ...", "is it right that ...": these refer to nothing said before.
_EMPTY_REFERENCE = re.compile(
    r"\b(?:is|are|was|were|must|should|will|can) there\b|\bthere (?:is|are|must|should|will)\b"
    r"|\bis it (?:\w+ )?(?:to|that|for|if)\b|\b(?:say|says|said|means?|ensure|sure|right|true) that\b"
)
_PERSON = re.compile(r"\b(?:he|hes|him|his|she|shes|her|hers)\b")
_ASKS = re.compile(r"\b(?:who|whos|whom|whose|what|whats|when|why|how|where|which)\b")
_MAY_ASK = re.compile(
    r"\?|\b(?:yeah|yes|right|innit|isnt it|arent they)$"
    r"|(?:^|\b(?:so|and|but|then|or) )(?:is|are|was|were|do|does|did|can|could|may|might|must|should|shall|will|would"
    r"|has|have|had|any|need)\b"
)
# What a turn goes on with, and says nothing: "and at Hartsbourne?".
_OPENING = re.compile(
    r"^(?:(?:and|n|or|also|so|ok|okay|then|what about|how about|same for)\b[\s,]*)+(?=\w)", re.IGNORECASE
)
_PREPOSITION = re.compile(r"(?:at|in|for|of|to|with|by|on)\b", re.IGNORECASE)
_LAST_PREPOSITION = re.compile(r"\s*\b(?:at|in|for|of|to|with|by|on)$", re.IGNORECASE)
# "Hes on a cp plan btw", "oh and it's his 6th day now": what is told of somebody, or of what was asked about.
_STATES = "|".join(
    "is s was has had have say says said wont isnt hasnt havent want wants cant doesnt dont agreed refuse refuses "
    "refused know knows".split()
)
_OPENS = "and|n|oh|also|but|btw|ps|actually|well|yes|no|sorry|ok|forgot to say|should have said|by the way"
_TELLS = re.compile(
    rf"(?:(?:{_OPENS})\b[\s,.]*)*"
    r"(?:(?:s?he|they|it)(?:'s|'re)?\b|(?:hes|shes|theyre|its)\b"
    rf"|(?:his|her|their|the|my|our) \w+(?: \w+)? (?:{_STATES})\b"
    rf"|(?:mum|dad|parents|carers?|nan|gran|sw|head)(?: \w+)? (?:{_STATES})\b)"
)
_PUPIL = re.compile(r"\b(?:pupil|child|kid|girl|boy|lad|lass|student|tutee|y(?:ea)?r? ?\d{1,2})s?\b")
_TIMES = re.compile(r"\b(?:before|after|afterwards|during|once|while|until)\b")
_YEARS = re.compile(r"\b(?:20)?\d\d[-/](?:20)?\d\d\b|\b20\d\d\b")
# Up to so many, its words and what they are about counted together, a turn leans on what came before; a part of one
# question only where it is shorter still. Of the last turns in evals/training/conversations.jsonl, most of which lean,
# and 200 judged questions, which stand for themselves, 8 gets most right.
SHORT_TURN, SHORT_PART = 8, 5
# An earlier turn that names so many things and refers to none before it is a topic of its own, however short.
_OWN_TOPIC = 3
_GROUPS = frozenset({"c_cla", "c_pla", "c_csw", "c_cin", "c_cpp", "c_send", "c_kinship"})
# Of one child these take each other's place; whatever else is known of the child stays.
_APART = (frozenset({"c_cla", "c_pla"}), frozenset({"c_csw", "c_cin", "c_cpp"}))
_GROUP_WORDS = 4  # the longest name of a group of pupils: "children with a social ..."
_SCHOOL_WORDS = frozenset(" ".join(schools()).lower().split()) - {"school"}


def resolve(
    turns: Sequence[str],
    *,
    vocabulary: Vocabulary,
    is_sound: Callable[[str], bool] = lambda turn: True,
    short: int = SHORT_TURN,
) -> str:
    """The last turn as a question of its own, with the topic of the last turn that had one.

    short: as is_elliptical takes it. is_sound: whether an earlier turn may colour the last. It is asked only of turns
    that are looked back to, newest first: telling costs time, and most turns stand for themselves.
    """
    if new := _NEW_TOPIC.match(turns[-1]):
        return turns[-1][new.end() :]
    last = _begun(turns[-1])[0]
    leans = is_elliptical(last, vocabulary, short=short) or (short == SHORT_TURN and only_tells(last))
    if not leans:
        return turns[-1]
    return joined(turns, vocabulary=vocabulary, is_sound=is_sound, short=short)


def joined(
    turns: Sequence[str],
    *,
    vocabulary: Vocabulary,
    is_sound: Callable[[str], bool] = lambda turn: True,
    short: int = SHORT_TURN,
) -> str:
    """The last turn with the topic of those before it, whether it seems to need it or not; itself if none is sound."""
    return _with(_topic(turns[:-1], vocabulary, is_sound, short), turns[-1], vocabulary)


def joined_with_all(turns: Sequence[str], *, vocabulary: Vocabulary, is_sound: Callable[[str], bool]) -> str:
    """The last turn with all that was said before it: "8 days suspended" / "parents havent asked for anything" / "so?"
    is not understood from the turn before it alone."""
    return _with((turn for turn in reversed(turns[:-1]) if is_sound(turn)), turns[-1], vocabulary)


def names_others_only(turn: str, vocabulary: Vocabulary) -> bool:
    """Whether a turn names another school or other pupils and nothing else: "and at Hartsbourne?". It asks, in full,
    what was asked before."""
    asks_of_others = bool(schools_named(turn)) or bool(_GROUPS & set(vocabulary.concepts_in(turn)))
    bare = " ".join(word for word in _plain(turn).strip("?.! ").split() if word not in _SCHOOL_WORDS)
    named = vocabulary.stems_of(_GROUPS)
    return asks_of_others and all(term in named or term in _GROUPS for term in vocabulary.terms(bare))


def turns_to_other_pupils(turns: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the last turn asks the same of another group of pupils than those before it: "and for PLA?". "And if
    he's looked after?" asks it of the same child."""
    if _PERSON.search(_plain(turns[-1])):
        return False
    now = _GROUPS & set(vocabulary.concepts_in(turns[-1]))
    before = {group for turn in turns[:-1] for group in _GROUPS & set(vocabulary.concepts_in(turn))}
    return bool(now) and bool(before) and not now & before


def only_tells(turn: str) -> bool:
    """Whether a turn asks nothing, and adds a fact to the case that was asked about: "hes on a cp plan btw". By itself
    it would be answered with what a child protection plan is."""
    plain = _plain(turn)
    return bool(_TELLS.match(plain)) and not (_ASKS.search(plain) or _MAY_ASK.search(plain))


def _with(topic_turns: Iterable[str], last: str, vocabulary: Vocabulary) -> str:
    topic = " ".join(topic_turns)
    if not topic:
        return last
    last, _ = _begun(last)
    rest = last.rstrip(" ?.!")
    rest = _OPENING.sub("", rest) or rest
    carried = _carried(topic, rest, vocabulary)
    if _PREPOSITION.match(rest):  # "who is the DT at" ... "at Bushey Meads"
        carried = _LAST_PREPOSITION.sub("", carried)
    # A turn that asks nothing itself ("and at Hartsbourne?") asks what the earlier one asked.
    return f"{rest} {carried}?" if _ASKS.search(rest.lower()) else f"{carried} {rest}?"


def is_elliptical(turn: str, vocabulary: Vocabulary, *, short: int = SHORT_TURN) -> bool:
    """Whether a turn needs the one before it to be understood. short: SHORT_TURN, or SHORT_PART within a question."""
    plain = _plain(turn)
    words = len(plain.split())
    topics = sum(term not in _GROUPS for term in set(vocabulary.terms(turn)))
    if words > 14:
        return False
    if words + topics <= short or (words <= 6 and topics <= 1):
        return True
    if _CONTINUES.match(plain) or (_MAY_CONTINUE.match(plain) and (words <= 6 or topics <= 2)):
        return True
    return _refers(plain)


def _refers(plain: str) -> bool:
    return bool(_REFERS.search(_EMPTY_REFERENCE.sub(" ", plain)))


def _names_a_topic(turn: str, vocabulary: Vocabulary) -> bool:
    """Whether an earlier turn, short as it may be, says itself what is talked about: "ehcp pupil misbehaving"."""
    plain = _plain(turn)
    topics = sum(term not in _GROUPS for term in set(vocabulary.terms(turn)))
    return topics >= _OWN_TOPIC and not (_leans(plain) or _PERSON.search(plain))


def _leans(plain: str) -> bool:
    return bool(_CONTINUES.match(plain) or _MAY_CONTINUE.match(plain) or _refers(plain))


def _plain(turn: str) -> str:
    return " ".join(turn.lower().replace("’", "'").split())


def _topic(
    earlier: Sequence[str], vocabulary: Vocabulary, is_sound: Callable[[str], bool], short: int
) -> Iterator[str]:
    """The turns that say what is talked about, the newest first, back to the last one that stood for itself."""
    for turn in reversed(earlier):
        rest, is_new = _begun(turn)
        if not rest.strip() or not is_sound(rest):
            continue
        yield rest
        if is_new or _stands_for_itself(rest, vocabulary, short):
            return


def _begun(turn: str) -> tuple[str, bool]:
    """A turn without what it leaves behind ("never mind", "got it."), and whether it begins a new topic."""
    if new := _NEW_TOPIC.match(turn):
        return turn[new.end() :], True
    done = _DONE.match(turn)
    rest = turn[done.end() :] if done else turn
    return rest, done is not None and not _leans(_plain(rest))


def _stands_for_itself(turn: str, vocabulary: Vocabulary, short: int) -> bool:
    """Whether an earlier turn says itself what is talked about. One that asks nothing and names no pupil ("parents
    havent asked for anything") adds to the case that came before it, as does one about somebody ("should we meet
    her?")."""
    plain = _plain(turn)
    asks = _ASKS.search(plain) or _MAY_ASK.search(plain)
    names_pupil = _PUPIL.search(plain) or _GROUPS & set(vocabulary.concepts_in(turn))
    if _PERSON.search(plain) or not (asks or names_pupil):
        return False
    return not is_elliptical(turn, vocabulary, short=short) or _names_a_topic(turn, vocabulary)


def _carried(topic: str, last: str, vocabulary: Vocabulary) -> str:
    """The words of the earlier question that the last turn does not replace."""
    words = topic.split()
    named = _GROUPS & set(vocabulary.concepts_in(last))
    if named and _PERSON.search(_plain(last)):
        replaced = frozenset().union(*(apart for apart in _APART if apart & named))
    else:
        replaced = _GROUPS if named else frozenset()
    words = _without_groups(words, vocabulary, replaced)
    return " ".join(word.strip("?") for word in words if not _is_replaced(word, last.lower()))


def _is_replaced(word: str, last: str) -> bool:
    """Whether the last turn names another school, time or year, or asks in words of its own."""
    plain = word.lower().strip("?.,!;:")
    return bool(
        ((plain in _SCHOOL_WORDS or schools_named(plain)) and schools_named(last))
        or (_TIMES.fullmatch(plain) and _TIMES.search(last))
        or (_YEARS.fullmatch(plain) and _YEARS.search(last))
        or ((plain in STOPWORDS or _ASKS.fullmatch(plain)) and _ASKS.search(last))
    )


def _without_groups(words: Sequence[str], vocabulary: Vocabulary, groups: frozenset[str]) -> list[str]:
    """The words without the names of these groups of pupils ("children in care", "CLA")."""
    if not groups:
        return list(words)
    kept: list[str] = []
    position = 0
    while position < len(words):
        ends = range(position + 1, position + _GROUP_WORDS + 1)
        end = next((end for end in ends if _names_group(words[position:end], vocabulary, groups)), None)
        if end is None:
            kept.append(words[position])
        position = end or position + 1
    return kept


def _names_group(words: Sequence[str], vocabulary: Vocabulary, groups: frozenset[str]) -> bool:
    """Whether the name of one of the groups starts with the first of these words and ends with the last."""
    named = groups & set(vocabulary.concepts_in(" ".join(words)))
    return bool(named) and named != groups & set(vocabulary.concepts_in(" ".join(words[1:])))
