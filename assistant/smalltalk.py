"""Greetings, thanks and "what can you do?": a short reply with questions to try."""

from __future__ import annotations

import re

# A message is small talk only if every word of it is: "ok, who is the DT?" is a question.
_GREETINGS = frozenset("hi hello hey hiya morning afternoon evening yo test testing".split())
_WITH_GREETINGS = frozenset("good there all assistant again everyone everybody".split())
_THANKS = frozenset("thanks thank thankyou thx cheers".split())
_WITH_THANKS = frozenset("very much so a lot for that that's this is your the help helpful helps many".split())
_CLOSINGS = frozenset("ok okay great perfect brilliant lovely bye goodbye ta ty".split())
_WITH_CLOSINGS = frozenset("you mate all then now later again see".split())
_ABOUT = re.compile(
    r"(?:so )?(?:what (?:can|do) you (?:do|know|cover|answer)|who are you|what are you|what is this|what can i ask"
    r"|how do you work|how does this work|(?:i need )?help|are you (?:an? )?(?:human|person|robot|bot|real|ai|chatbot))"
    r"(?: (?:you|me|please|about|exactly|for|here)){0,3}"
)
_EXAMPLES = (
    "What must I do before suspending a CLA pupil?",
    "Who is the designated teacher at Hartsbourne?",
    "How often is a PEP reviewed?",
    "What is pupil premium plus for?",
)


def small_talk(question: str) -> str | None:
    """The reply to a greeting, thanks or a question about the assistant itself; None for anything else."""
    words = re.findall(r"[\w']+", question.lower().replace("’", "'").replace("got it", "ok"))
    said = set(words)
    if said & _THANKS and said <= _THANKS | _WITH_THANKS | _CLOSINGS | _WITH_CLOSINGS:
        return "You are welcome. Ask another question whenever you need to."
    if said & _CLOSINGS and said <= _CLOSINGS | _WITH_CLOSINGS:
        return "You are welcome. Ask another question whenever you need to."
    greeted = said & _GREETINGS and said <= _GREETINGS | _WITH_GREETINGS
    if greeted or _ABOUT.fullmatch(" ".join(words)):
        listed = "\n".join(f"- {example}" for example in _EXAMPLES)
        return (
            "I answer questions from the Trust's Children with a Social Worker policy, summaries of DfE guidance and "
            f"Hertfordshire material, and cite the clause for each statement. For example:\n\n{listed}"
        )
    return None
