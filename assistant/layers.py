"""How the layers and stages of an answer and the standing of a document are named, wherever they are shown."""

from __future__ import annotations

# In the order in which an answer tells them. The style sheet adds an icon and a border by the key.
LAYERS: dict[str, str] = {
    "must": "What the law requires (must)",
    "should": "What the guidance expects (should)",
    "policy": "What our policy says",
    "local": "Local practice (Hertfordshire)",
    "may": "What is allowed (may)",
    "information": "Background",
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


def title_of(layer: str, *, see_also: bool = False) -> str:
    """The heading of a layer; of what stands beside the answer it says so, and how far it binds all the same."""
    title = LAYERS[layer]
    return f"See also: {title[0].lower()}{title[1:]}" if see_also else title
