"""Content-Security-Policy: what a page of ours may load and run, which is only what this server sends.

Our own pages need no inline script and no inline style. Two pages are made by others and have both:

- the chat: Gradio writes its configuration and three loaders as inline scripts, and its components set style
  attributes. The scripts are let through by their hashes, one policy a response; `unsafe-eval` is not, so its
  HTML component (which evaluates templates) and `js=` on events cannot be used, and are not.
- /docs: Swagger UI is started by one inline script, let through by its hash too.
"""

from __future__ import annotations

import base64
import hashlib
import re

_INLINE = re.compile(rb"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_COMMON = (
    "default-src 'none'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; form-action 'self'"
)
STRICT = f"{_COMMON}; script-src 'self'; style-src 'self'; base-uri 'none'"


def policy_for(html: bytes) -> str:
    """The policy of a page made by Gradio or Swagger UI: its inline scripts by their hashes, and no others."""
    hashes = {base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(html)}
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    return f"{_COMMON}; script-src 'self' {allowed}; style-src 'self' 'unsafe-inline'; base-uri 'self'"
