"""One Jinja environment for every page: autoescape on, unknown names an error."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assistant.layers import AUTHORITIES
from assistant.pages.text import outline, segments
from assistant.references import clause_path


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _web_address(url: str) -> str:
    """An address that a link may lead to; "" for any that is not of the web, such as javascript:."""
    return url if re.match(r"https?://", url) else ""


def _seen(value: Any) -> Any:
    """A text without characters that reorder or hide others: what a page shows is what the text says in order."""
    return _UNSEEN.sub("", value) if type(value) is str else value


# Bidirectional controls, zero-width characters (a joiner between emoji stays), tags, fillers.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u115f\u1160\u3164\uffa0]"
    "|[\U000e0000-\U000e007f]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_environment = Environment(
    loader=PackageLoader("assistant", "pages/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_seen,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"outline": outline, "clause_path": clause_path, "day": _day, "web_address": _web_address}
_environment.globals |= {"AUTHORITIES": AUTHORITIES, "segments": segments}


def render(template: str, **values: Any) -> str:
    """The page as HTML. A value is escaped wherever it stands; none may carry markup."""
    return _environment.get_template(template).render(values)
