"""200 texts that would do harm if any of them were taken for markup, an address or an instruction to the browser."""

from __future__ import annotations

_BASE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.test/x.png'>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src='https://evil.test'></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>here</a>",
    "<a href='https://evil.test' target=_top>here</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<form action='https://evil.test'><input name=q><button>go</button></form>",
    "<link rel=stylesheet href='https://evil.test/x.css'>",
    "<style>@import 'https://evil.test/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.test'>",
    "<base href='https://evil.test/'>",
    "<object data='https://evil.test/x'></object>",
    "<embed src='https://evil.test/x'>",
    "<video src='https://evil.test/x' autoplay onplay=alert(1)></video>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "![picture](https://evil.test/x.png)",
    "![p](https://evil.test/x.png 'title')",
    "[here](javascript:alert(1))",
    "[here](https://evil.test)",
    "[x]: https://evil.test 'x'",
    "<https://evil.test/auto>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "${alert(1)} #{alert(1)}",
    "$$\\href{javascript:alert(1)}{x}$$",
    "`<b>` ```html <img src=x onerror=alert(1)> ```",
    "\u202e<script>alert(1)</script>\u202c",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\u2066<img src=x onerror=alert(1)>\u2069",
    "\ufeff<IMG SRC=x ONERROR=alert(1)>",
)
_AROUND = ("{}", "The DSL must {} be told.", "</p></div></section>{}", "{0} {0}", "PEP {} every term")
HOSTILE: tuple[str, ...] = tuple(
    around.replace("{0}", text).replace("{}", text) for text in _BASE for around in _AROUND
)
assert len(HOSTILE) == len(set(HOSTILE)) == 200

# What none of our pages may hold, wherever a text came from.
FORBIDDEN = (
    "img, svg, object, embed, video, math, base, style, meta[http-equiv], iframe[src], iframe[srcdoc], "
    "script:not([src]), link[href^='http'], [onerror], [onload], [ontoggle], [onplay], [onclick], "
    "a[href^='javascript'], a[href*='evil.test'], form[action*='evil.test']"
)
