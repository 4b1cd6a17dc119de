"""Whether a text holds the kind of thing asked: a person, a sum, a date, how often, an address."""

from __future__ import annotations

import re

from assistant.understanding import Intent

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"half|quarter)"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_ADDRESS = r"[\w.+-]+@[\w-]+\.\w|\b0\d{3,4}[ \d]{6,}|https?://|\bwww\.|\bwebsite\b|\btelephone line\b"
_NAME_OR_ROLE = (
    r"\b[A-Z][a-z]+ (?:de )?[A-Z][a-z]+\b|\b(?:head ?teacher|teacher|lead|governors?|governing|board|body|school|trust|"
    r"authority|worker|head|staff|panel|SENCO|DSL|VSH|DT|parents?|carers?|DfE|adviser|council|partners)\b"
)
_HOW_OFTEN = (
    r"\b(?:termly|annual(?:ly)?|yearly|weekly|monthly|daily|regular(?:ly)?|half[- ]term(?:ly)?|always|"
    r"(?:each|every|per|once|twice|a) (?:\w+ )?(?:terms?|years?|weeks?|months?|days?)|"
    rf"{_NUMBER} (?:\w+ ){{0,2}}(?:meetings|times|days))\b"
)
_TIME = (
    r"\b(?:19|20)\d\d\b|\b(?:before|after|within|without delay|immediately|promptly|as soon as|days?|weeks?|terms?|"
    rf"years?|{_MONTH}|termly|annual(?:ly)?|when|early|swift|timely)\b"
)
_KINDS: dict[Intent, re.Pattern[str]] = {
    Intent.CONTACT: re.compile(_ADDRESS, re.IGNORECASE),
    Intent.MONEY: re.compile(r"£|\bfund(?:s|ed|ing)\b|\bpremium\b|\bcosts?\b|\bfines?\b|\bgrants?\b", re.IGNORECASE),
    Intent.WHO: re.compile(_NAME_OR_ROLE, re.IGNORECASE),
    Intent.HOW_OFTEN: re.compile(_HOW_OFTEN, re.IGNORECASE),
    Intent.AMOUNT: re.compile(rf"£|%|\b{_NUMBER}\b|\bminimum\b|\bshort(?:est)?\b", re.IGNORECASE),
    Intent.WHEN: re.compile(_TIME, re.IGNORECASE),
}

# "What is a TAF meeting?": the one name whose meaning is asked.
_MEANING_OF = re.compile(
    r"\W*(?:(?:hi|hello|pls|please|quick q)\W+)?"
    r"(?:what(?:'s|s| is| are| does)|define|definition of|meaning of|explain) "
    r"(?:an? |the )?(?P<name>\w+)(?: (?:meetings?|plans?|forms?|orders?|reviews?|panels?|assessments?|referrals?|means?"
    r"|stands? for))*(?: (?:pls|please|again))?\W*",
    re.IGNORECASE,
)


def name_asked_about(question: str) -> str:
    """The one name whose meaning a question asks, and nothing else; "" for any other question."""
    asked = _MEANING_OF.fullmatch(question)
    return asked["name"] if asked else ""


def holds(intent: Intent, text: str) -> bool:
    """Whether a text could answer a question of this intent; true for intents that ask for no particular kind."""
    pattern = _KINDS.get(intent)
    return pattern is None or bool(pattern.search(text))
