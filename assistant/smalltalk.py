"""Greetings, thanks and "what can you do?": a short reply with questions to try."""

from __future__ import annotations

import re

_GREETING = re.compile(
    r"(?:hi+|hello|hey+|hiya|good (?:morning|afternoon|evening)|morning|afternoon|evening|yo|test(?:ing)?)"
    r"(?: (?:there|all|assistant|again|everyone))?[ !.,?]*"
)
_THANKS = re.compile(
    r"(?:many )?(?:thanks?|thank you|thx|ta|cheers|ty|great|perfect|brilliant|ok|okay|got it|bye|goodbye)(?: \w+){0,4}[ !.]*"
)
_ABOUT = re.compile(
    r"(?:so )?(?:what (?:can|do) you (?:do|know|cover|answer)|who are you|what are you|what is this|help|how do you work|"
    r"how does this work|what can i ask(?: you)?|are you (?:a )?(?:human|robot|bot|real|ai))(?: .{0,30})?[ ?!.]*"
)
_EXAMPLES = (
    "What must I do before suspending a CLA pupil?",
    "Who is the designated teacher at Hartsbourne?",
    "How often is a PEP reviewed?",
    "What is pupil premium plus for?",
)


def small_talk(question: str) -> str | None:
    """The reply to a greeting, thanks or a question about the assistant itself; None for anything else."""
    plain = " ".join(question.lower().split())
    if _THANKS.fullmatch(plain):
        return "You are welcome. Ask another question whenever you need to."
    if _GREETING.fullmatch(plain) or _ABOUT.fullmatch(plain):
        listed = "\n".join(f"- {example}" for example in _EXAMPLES)
        return (
            "I answer questions from the Trust's Children with a Social Worker policy, summaries of DfE guidance and "
            f"Hertfordshire material, and cite the clause for each statement. For example:\n\n{listed}"
        )
    return None
