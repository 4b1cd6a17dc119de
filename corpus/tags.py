"""What a clause says of itself: how strongly it binds, whom, for which pupils, and at which stage.

A digest states these in its tag line; for any other document they are read from the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.errors import CorpusError
from corpus.models import Modality, Stage

ALL_PUPILS = "all"

# Canonical names, as tag lines and filters use them, and the words that name them in a text.
ROLES: dict[str, str] = {
    "all staff": (
        r"all (?:school |college )?staff|(?:school |all )?staff\b|(?<!designated )(?<!head )teachers?\b"
        r"|adults?\b|practitioners?\b"
    ),
    "headteacher": r"head ?teachers?|principals?\b|\bheads?\b(?! of)",
    "governing board": r"governing (?:board|bod(?:y|ies))|governors?\b|management committee|trust board",
    "academy trust": r"academy trusts?|\btrusts?\b|proprietors?",
    "designated teacher": r"designated teachers?|\bDTs?\b",
    "DSL": r"designated safeguarding leads?|\bDSLs?\b",
    "SENCO": r"\bSENCOs?\b|special educational needs co-?ordinators?",
    "school": r"\bschools?\b|\bsettings?\b|\bproviders?\b|\bwe\b",
    "virtual school head": r"virtual school(?! head)|virtual school head(?:teacher)?s?|\bVSHs?\b",
    "local authority": r"local authorit(?:y|ies)|education authorit(?:y|ies)|\bLAs?\b",
    "social worker": r"(?<!with a )(?<!have a )(?<!has a )(?<!had a )social workers?\b(?! involvement)",
    "independent review panel": r"independent review panels?|review panels?|\bIRPs?\b",
    "admission authority": r"admission authorit(?:y|ies)",
    "DfE": r"\bDfE\b|the Department\b|Secretary of State",
    "parents": r"\bparents?\b|\bcarers?\b",
}
GROUPS: dict[str, str] = {
    "PLA": r"(?i:previously[- ]looked[- ]after|adopted|special guardian)|\bPLAC?\b",
    "CLA": (
        r"(?i:(?<!previously )(?<!previously-)looked[- ]after|child(?:ren)? in care|in care\b)"
        r"|\bCLA\b|\bLAC\b|PEPs?\b"
    ),
    "CSW": (
        r"(?i:(?:with|has|have|had|to) a social worker|child protection plan|child(?:ren)? in need)"
        r"|\bC[Ii]N\b|\bCW?SW\b"
    ),
    "SEND": r"(?i:special educational need|disab)|\bSEND?\b|\bEHC",
    "kinship": r"(?i:kinship)",
    "care leavers": r"(?i:care leaver)",
}
_MODALS: tuple[tuple[Modality, str], ...] = (
    (Modality.MUST_NOT, r"\bmust (?:not|never)\b|\bcannot\b|\bmay not\b"),
    (Modality.MUST, r"\bmust\b|\brequired (?:by law|to)\b|\bstatutory duty\b"),
    (Modality.SHOULD_NOT, r"\bshould (?:not|never)\b"),
    (Modality.SHOULD, r"\bshould\b|\brecommend(?:ed|s)?\b|\bexpected to\b"),
    (Modality.WILL, r"\bwill\b"),
    (Modality.MAY, r"\bmay\b|\bcan\b|\bmight\b"),
)
_REMOVAL = r"(?:suspension|exclusion|removal)\b"
_STAGES: tuple[tuple[Stage, str], ...] = (
    (
        Stage.BEFORE,
        r"\bbefore\b|\bavoid(?:ing)? (?:suspend|exclud)|\blikely to be subject\b|\bearly as possible\b"
        r"|\brisk of\b|\balternatives?\b",
    ),
    (Stage.DECISION, r"\bwithout delay\b|\bnotif(?:y|ies|ication)\b"),
    (Stage.AFTER, rf"\breintegrat|\b(?:following|after) (?:a|the) {_REMOVAL}"),
    (
        Stage.DURING,
        rf"\bduring (?:a|the|any) {_REMOVAL}|\bsixth (?:school )?day\b|\bfirst five (?:school )?days\b",
    ),
)


@dataclass(frozen=True, slots=True)
class Tags:
    """The fields of a tag line. reference: "paragraph 60"; source: a register id; seen_at: an address."""

    modality: Modality = Modality.INFORMATION
    bound: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stage: Stage = Stage.ALWAYS
    when: str = ""
    reference: str = ""
    source: str = ""
    seen_at: str = ""


def read_tag_line(line: str) -> Tags:
    """Parse a digest's tag line (format: corpus/documents/README.md).

    Raises CorpusError naming the field that is wrong and what it may hold.
    """
    fields = [part.strip() for part in line.split("|")]
    if not 5 <= len(fields) <= 6:
        raise CorpusError(f"the tag line `{line}` has {len(fields)} fields instead of 5 or 6, parted by |")
    modality, bound, groups, stage, reference = fields[:5]
    if not reference:
        raise CorpusError(f"the tag line `{line}` names no place: give the paragraph, or say `paragraph not verified`")
    stage, _, when = (part.strip() for part in stage.partition(":"))
    source, seen_at = _read_origin(fields[5] if len(fields) == 6 else "")
    return Tags(
        modality=Modality(_one_of(modality, [m.value for m in Modality], line)),
        bound=_names(bound, list(ROLES), line),
        groups=_names(groups, [ALL_PUPILS, *GROUPS], line),
        stage=Stage(_one_of(stage, [s.value for s in Stage], line)),
        when=when,
        reference=reference,
        source=source,
        seen_at=seen_at,
    )


def infer_tags(text: str, context: str = "") -> Tags:
    """Read the tags from the words of a clause; context (its headings) counts for pupils and stage only."""
    modal = next((modality for modality, pattern in _MODALS if re.search(pattern, text)), Modality.INFORMATION)
    both = f"{context}. {text}"
    stage = next((stage for stage, pattern in _STAGES if re.search(pattern, text, re.IGNORECASE)), Stage.ALWAYS)
    return Tags(
        modality=modal,
        bound=_bound(text),
        groups=tuple(name for name, pattern in GROUPS.items() if re.search(pattern, both)),
        stage=stage,
    )


def _bound(text: str) -> tuple[str, ...]:
    """The roles named before the first modal verb: the subject, near enough; all named where there is none."""
    modal = re.search(r"\b(?:must|should|will|may|can|are to|is to)\b", text)
    subject = text[: modal.start()] if modal else text
    named = tuple(role for role, pattern in ROLES.items() if re.search(rf"\b(?:{pattern})", subject, re.IGNORECASE))
    return named if modal else ()


def _names(text: str, allowed: list[str], line: str) -> tuple[str, ...]:
    if text in {"", "-"}:
        return ()
    return tuple(_one_of(name.strip(), allowed, line) for name in text.split(","))


def _one_of(name: str, allowed: list[str], line: str) -> str:
    for value in allowed:
        if value.lower() == name.lower():
            return value
    raise CorpusError(f"the tag line `{line}` says {name!r} where it may say: {', '.join(allowed)}")


def _read_origin(text: str) -> tuple[str, str]:
    source = re.search(r"source: *([\w-]+)", text)
    seen = re.search(r"seen (?:at|on|only on|only at) +(.+)$", text)
    return (source[1] if source else ""), (seen[1].strip() if seen else "")
