"""How the layers of an answer and the standing of a document are named and marked on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """A short label for a badge, and a title. The style sheet adds an icon and a border by the key."""

    key: str
    badge: str
    title: str


# The titles are those of assistant.composing, which the Markdown of an answer has; a test compares.
LAYERS: dict[str, Look] = {
    look.key: look
    for look in (
        Look("must", "Must", "What the law requires (must)"),
        Look("should", "Should", "What the guidance expects (should)"),
        Look("policy", "Our policy", "What our policy says"),
        Look("local", "Local", "Local practice (Hertfordshire)"),
        Look("may", "May", "What is allowed (may)"),
        Look("information", "Background", "Background"),
        Look("see-also", "See also", "See also"),
    )
}
STAGES: dict[str, str] = {
    "before": "Before",
    "decision": "On the decision, without delay",
    "during": "During",
    "after": "Afterwards",
    "always": "At every stage",
}
AUTHORITIES: dict[str, str] = {
    "statutory": "Statutory",
    "non-statutory": "Non-statutory",
    "trust-policy": "Trust policy",
    "local": "Local",
}
