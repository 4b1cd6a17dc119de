"""One Jinja environment for every page: autoescape on, unknown names an error."""

from __future__ import annotations

import datetime as dt
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assistant.layers import AUTHORITIES, LAYERS
from assistant.pages.text import outline, segments
from assistant.references import clause_path


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


_environment = Environment(
    loader=PackageLoader("assistant", "pages/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"outline": outline, "clause_path": clause_path, "day": _day}
_environment.globals |= {"LAYERS": LAYERS, "AUTHORITIES": AUTHORITIES, "segments": segments}


def render(template: str, **values: Any) -> str:
    """The page as HTML. A value is escaped wherever it stands; none may carry markup."""
    return _environment.get_template(template).render(values)
