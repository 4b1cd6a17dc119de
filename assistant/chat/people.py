"""Who asks: the schools and roles to pick from, and questions to start with."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.understanding import schools

NOT_SURE = "Not sure"


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the picker names it. name: as the API knows it, None for no role in particular."""

    label: str
    name: str | None
    examples: tuple[str, str, str, str]


ROLES: tuple[Role, ...] = (
    Role(
        NOT_SURE,
        None,
        (
            "What must I do before suspending a CLA pupil?",
            "Who is the designated teacher at Hartsbourne?",
            "How often is a PEP reviewed?",
            "What is pupil premium plus for?",
        ),
    ),
    Role(
        "Teacher or support staff",
        "all staff",
        (
            "A pupil tells me something worrying: what should staff do?",
            "Who is the designated safeguarding lead?",
            "What does the policy say about trauma and attachment?",
            "Can I promise a child confidentiality?",
        ),
    ),
    Role(
        "Designated safeguarding lead",
        "DSL",
        (
            "Who must be told when a child with a social worker is suspended?",
            "What must the DSL know about the children with a social worker?",
            "What should we do when a referral has made no difference?",
            "What information should be shared with the virtual school?",
        ),
    ),
    Role(
        "Designated teacher",
        "designated teacher",
        (
            "How often is a PEP reviewed?",
            "What training does the designated teacher need?",
            "What goes into the annual report to governors?",
            "What is the role of the virtual school?",
        ),
    ),
    Role(
        "Headteacher",
        "headteacher",
        (
            "What must I do before suspending a CLA pupil?",
            "Who must I tell, and when, about a suspension?",
            "Can an exclusion be cancelled?",
            "When must the governing board meet about an exclusion?",
        ),
    ),
    Role(
        "Governor or trustee",
        "governing board",
        (
            "What are the governors' duties for looked-after children?",
            "Who is the designated governor for CLA?",
            "When must the governing board consider an exclusion?",
            "What should the annual report on CLA cover?",
        ),
    ),
    Role(
        "New starter",
        None,
        (
            "What do CLA, PLA and CSW mean?",
            "Who do I speak to about a concern?",
            "What is a PEP?",
            "What are Hertfordshire Steps?",
        ),
    ),
)


def school_choices() -> list[str]:
    """The picker's schools, the last for whoever does not know."""
    return [*schools(), NOT_SURE]


def role_labels() -> list[str]:
    """The picker's roles."""
    return [role.label for role in ROLES]


def role_of(label: str | None) -> Role:
    """The role of a label; that of no one in particular for a label that is none."""
    return next((role for role in ROLES if role.label == label), ROLES[0])


def school_of(label: str | None) -> str | None:
    """The school of a label; None for "not sure" and for a label that is none."""
    return label if label in schools() else None
