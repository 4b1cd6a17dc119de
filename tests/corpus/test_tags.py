"""Tags: read from a digest's tag line, or from the words of a clause."""

from __future__ import annotations

import pytest

from corpus.errors import CorpusError
from corpus.models import Modality, Stage
from corpus.tags import Tags, infer_tags, read_tag_line


def test_a_tag_line() -> None:
    origin = "source: wt-2026; seen at x.uk/a"
    line = f"Must Not | Headteacher, dsl | cla, PLA | decision: on the day | Annex C, page 173 | {origin}"
    assert read_tag_line(line) == Tags(
        modality=Modality.MUST_NOT,
        bound=("headteacher", "DSL"),
        groups=("CLA", "PLA"),
        stage=Stage.DECISION,
        when="on the day",
        reference="Annex C, page 173",
        source="wt-2026",
        seen_at="x.uk/a",
    )


def test_nobody_bound_and_all_pupils() -> None:
    tags = read_tag_line("information | - | all | always: what it is | paragraph not verified")
    assert (tags.bound, tags.groups, tags.source, tags.seen_at) == ((), ("all",), "", "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("must | headteacher | CLA", "3 fields instead of 5 or 6"),
        ("must | - | CLA | always: x | page 1 | seen at x | y", "7 fields instead of 5 or 6"),
        ("shall | - | CLA | always: x | page 1", "'shall' where it may say: must"),
        ("must | head teacher | CLA | always: x | page 1", "'head teacher' where it may say: all staff"),
        ("must | headteacher; DSL | CLA | always: x | page 1", "'headteacher; DSL'"),
        ("must | - | LAC | always: x | page 1", "'LAC' where it may say: all, PLA, CLA"),
        ("must | - | CLA | later: x | page 1", "'later' where it may say: before"),
        ("must | - | CLA | always: x | ", "names no place"),
    ],
)
def test_a_bad_tag_line_names_the_field_that_is_wrong(line: str, says: str) -> None:
    with pytest.raises(CorpusError) as error:
        read_tag_line(line)
    assert says in str(error.value)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Heads must tell the VSH.", Modality.MUST),
        ("Heads must not extend it, and must say so.", Modality.MUST_NOT),
        ("It cannot be extended.", Modality.MUST_NOT),
        ("Schools are required to act, and should say so.", Modality.MUST),
        ("Schools should never ask.", Modality.SHOULD_NOT),
        ("We recommend a meeting.", Modality.SHOULD),
        ("We will contact the Virtual School.", Modality.WILL),
        ("Parents may ask.", Modality.MAY),
        ("A suspension is a removal.", Modality.INFORMATION),
        ("The goodwill of mustangs.", Modality.INFORMATION),
    ],
)
def test_modality_is_read_from_the_words(text: str, modality: Modality) -> None:
    assert infer_tags(text).modality is modality


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("The headteacher must notify the social worker.", ("headteacher",)),
        ("Designated teachers and the DSL should meet.", ("designated teacher", "DSL")),
        ("The school will ask a parent.", ("school",)),
        ("The VSH may advise schools.", ("virtual school head",)),
        ("A suspension is a decision of the headteacher.", ()),
    ],
)
def test_who_is_bound_is_the_subject(text: str, bound: tuple[str, ...]) -> None:
    assert infer_tags(text).bound == bound


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Every CLA has a plan.", ("CLA",)),
        ("Looked-after children come first.", ("CLA",)),
        ("Previously looked-after children come first.", ("PLA",)),
        ("CLA and PLA", ("PLA", "CLA")),
        ("children with a social worker", ("CSW",)),
        ("pupils with SEN who are on a child protection plan", ("CSW", "SEND")),
        ("care leavers and kinship carers", ("kinship", "care leavers")),
        ("all pupils", ()),
    ],
)
def test_pupils_are_read_from_the_words_or_the_headings(text: str, groups: tuple[str, ...]) -> None:
    assert infer_tags(text).groups == groups
    assert infer_tags("They should act.", text).groups == groups


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Before acting, we will discuss it.", Stage.BEFORE),
        ("We use these methods to avoid suspending a child.", Stage.BEFORE),
        ("They must notify the parents without delay.", Stage.DECISION),
        ("A reintegration meeting follows.", Stage.AFTER),
        ("After a suspension they meet.", Stage.AFTER),
        ("During the suspension work is set.", Stage.DURING),
        ("From the sixth school day education is arranged.", Stage.DURING),
        ("Heads keep a register.", Stage.ALWAYS),
    ],
)
def test_stages_are_read_from_the_words(text: str, stage: Stage) -> None:
    assert infer_tags(text).stage is stage
