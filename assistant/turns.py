"""A conversation read for its last turn: what that turn asks, and whether it reports a concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.conversation import (
    is_elliptical,
    joined,
    joined_with_all,
    names_others_only,
    only_tells,
    resolve,
    turns_to_other_pupils,
)
from assistant.examples import Example, knows_examples, load_examples, own_embedder
from assistant.safety import Concern, concern_in, is_allayed, surely_reports
from assistant.smalltalk import small_talk
from index.embedding import Vectors
from index.passages import question_text
from index.search import Searcher

_SAYS_SOMETHING = 2  # terms
# Of cosine; less for a turn of so few words. Of 293 last turns written for training 36 lean on their topic without a
# word that says so: this makes 30 of them whole, and takes 6 of 264 questions after an unrelated one for such.
_RATHER, _RATHER_SHORT, _FEW_WORDS = 0.1, 0.05, 8


@dataclass(frozen=True, slots=True)
class Reading:
    """The last turn as a question of its own. after_concern: it leans on a turn that reported a concern."""

    text: str
    after_concern: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a conversation, oldest first, at least one."""

    turns: Sequence[str]
    searcher: Searcher

    @property
    def last(self) -> str:
        return self.turns[-1]

    def concern(self) -> Concern:
        """What the last turn reports; one that leans on those before it is told by itself or together with them."""
        leans = len(self.turns) > 1 and is_elliptical(self.last, self.searcher.vocabulary)
        vector = self._vector_of(self.last)
        concern = concern_in(self.last, vector, leans=leans)
        if concern is Concern.LIVE and len(self.turns) > 1:
            whole = self._with_topic()
            if whole != self.last and is_allayed(self.last, vector, whole=self._vector_of(whole)):
                return Concern.POSSIBLE
        if leans and concern is Concern.POSSIBLE:
            whole = self.reading().text
            return concern_in(whole, self._vector_of(whole))
        return concern

    def reports(self) -> Sequence[str]:
        """The last turn, which reports a concern, after those that reported one before it."""
        before = [turn for turn in self.turns[:-1] if concern_in(turn, self._vector_of(turn)) is Concern.LIVE]
        return [*before, self.last]

    def surely_reports(self) -> bool:
        """Whether the last turn reports a concern beyond doubt."""
        return surely_reports(self._vector_of(self.last))

    def reading(self) -> Reading:
        """The last turn with the topic that it leans on. A turn that surely reported a concern colours it only where
        there is nothing else to lean on ("parents told?"); small talk never does."""
        vocabulary = self.searcher.vocabulary
        reported: list[str] = []

        def may_colour(turn: str) -> bool:
            colours = self._may_colour(turn)
            if colours and concern_in(turn, self._vector_of(turn)) is Concern.LIVE:
                reported.append(turn)
            return colours

        ordinary = resolve(self.turns, vocabulary=vocabulary, is_sound=may_colour)
        if ordinary != self.last:
            return Reading(ordinary, after_concern=bool(reported))
        if (whole := self._with_topic()) != self.last and self._is_rather_asked(whole):
            return Reading(whole)
        whole = resolve(self.turns, vocabulary=vocabulary, is_sound=lambda turn: small_talk(turn) is None)
        return Reading(whole, after_concern=whole != self.last)

    def otherwise(self, reading: Reading) -> Sequence[str]:
        """The other ways to read the last turn, for where the first finds no sure answer: by itself, with the topic, or
        with all that was said."""
        if len(self.turns) == 1:
            return ()
        vocabulary = self.searcher.vocabulary
        everything = joined_with_all(self.turns, vocabulary=vocabulary, is_sound=self._may_colour)
        # "And the year after?" says too little to be anything by itself.
        says_something = len(set(vocabulary.terms(self.last))) >= _SAYS_SOMETHING
        alone = [self.last] if says_something and not only_tells(self.last) else []
        return [text for text in dict.fromkeys((*alone, self._with_topic(), everything)) if text != reading.text]

    def asks_the_same(self) -> bool:
        """Whether the last turn asks just what was asked before, of another school or other pupils."""
        return names_others_only(self.last, self.searcher.vocabulary)

    def asks_of_others(self) -> bool:
        """Whether the last turn asks of other pupils what was asked before."""
        leans = is_elliptical(self.last, self.searcher.vocabulary)
        return leans and turns_to_other_pupils(self.turns, self.searcher.vocabulary)

    def _with_topic(self) -> str:
        return joined(self.turns, vocabulary=self.searcher.vocabulary, is_sound=self._may_colour)

    def _is_rather_asked(self, whole: str) -> bool:
        """Whether the last turn with its topic is far more like what is asked than by itself ("can they join online if
        everyone else is in the room?")."""
        if not knows_examples(self.searcher):
            return False
        near = [load_examples().nearness(Example.ASKED, self._vector_of(text)) for text in (whole, self.last)]
        return near[0] - near[1] >= (_RATHER_SHORT if len(self.last.split()) <= _FEW_WORDS else _RATHER)

    def _may_colour(self, turn: str) -> bool:
        """Whether what was said stays part of the matter: all but small talk and what surely reports a concern."""
        return small_talk(turn) is None and not surely_reports(self._vector_of(turn))

    def _vector_of(self, message: str) -> Vectors:
        """The vector of a message by the embedder that ships, whichever the index was built with."""
        if knows_examples(self.searcher):
            return self.searcher.vector_of(message)
        return own_embedder().embed_query(question_text(message, self.searcher.vocabulary))
