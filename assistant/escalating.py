"""The reply to a live concern: what to do now, who leads safeguarding, and what the documents say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.abstaining import confidence, is_unsure
from assistant.candidates import candidates
from assistant.composing import Draft, as_said, drafts
from assistant.safety import About, act_now, clauses_about_staff, clauses_of_any_concern, may_be_about
from assistant.selecting import MAX_CITATIONS, select
from assistant.turns import Turns
from assistant.understanding import Understanding, school_named, understand
from corpus.models import Clause, Document
from index.search import Searcher

_DSL_SECTION = "cwsw/name-of-the-designated-safeguarding-lead"
_CONCERN_SEARCH = "child protection concern: what staff must do, disclosure, speak to the designated safeguarding lead"
_KCSIE, _LEAD = "dfe-kcsie", "DSL"
_BESIDE = 3  # of what holds for any concern, beside what answers the message itself or is about staff
# A clause on one of these matters answers nothing below the steps where the message names none of them: "do I tell her
# mum?" was followed by what parents are told of a suspension.
_NAMED_ONLY = frozenset({"c_exclusion", "c_removal", "c_isolation", "c_restraint"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do now, in order, and the clauses below it."""

    title: str
    steps: Sequence[str]
    limits: str
    drafts: Sequence[Draft]


class Escalation:
    """Replies from one searcher. Thread-safe: it keeps only what holds for every message."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        # What the guidance says of any concern, and of which generation of the record.
        self._any_concern: tuple[int, list[Draft]] = (-1, [])

    def of(self, turns: Turns, understanding: Understanding) -> Reply:
        """The reply to the last turn. Where it may be about who leads safeguarding, it names nobody."""
        school, leads = understanding.school, self._leads(None)
        names = self._leads(school)
        about = max(may_be_about(turn, leads=_names(leads)) for turn in turns.reports())
        title, steps, limits = act_now(
            dsl=_name(names[0].clause.text) if school and names and about is not About.LEAD else "",
            asked_by_lead=understanding.asker_role == _LEAD,
            about=about,
        )
        named = [] if about is About.LEAD else names
        of_staff = self._known(clauses_about_staff()) if about is not About.NO_STAFF else []
        matter, always = self._of_the_matter(understanding, turns), self._of_any_concern()
        always = always[:_BESIDE] if matter or of_staff else always
        said = {draft.clause.id for draft in (*always, *of_staff)}
        matter = [draft for draft in matter if draft.clause.id not in said]
        written = [*named, *of_staff, *always, *matter]
        return Reply(title, steps, limits, written[:MAX_CITATIONS])

    def _of_the_matter(self, understanding: Understanding, turns: Turns) -> list[Draft]:
        """The clauses that answer a message that may after all ask about the rules ("saw him in tesco on day 2 of being
        excluded"); none where it surely reports a concern: what search finds for its words is about other things."""
        if turns.surely_reports():
            return []
        ranked = candidates(self.searcher, understanding)
        sure = confidence(self.searcher, understanding, ranked)
        if not sure.answered:
            return []
        names_any = bool(_NAMED_ONLY & set(understanding.terms))
        fitting = [one for one in ranked if names_any or not _NAMED_ONLY & self.searcher.terms_of(one.clause)]
        found = drafts(select(self.searcher, understanding, fitting), understanding, self.searcher.vocabulary)
        return [draft for draft in found if not (draft.see_also and is_unsure(sure))]

    def _of_any_concern(self) -> list[Draft]:
        """What the guidance says staff do with any concern."""
        generation = self.searcher.record.generation
        if self._any_concern[0] != generation:
            found = self._known(clauses_of_any_concern())
            self._any_concern = generation, found or as_said(self._searched_for_any_concern())
        return self._any_concern[1]

    def _known(self, ids: Sequence[str]) -> list[Draft]:
        """The clauses of these ids that the index holds."""
        known = self.searcher.cached.clauses(ids)
        documents = self.searcher.documents
        found = [known[id_] for id_ in ids if id_ in known]
        return as_said([(one, documents[one.document_id]) for one in found if one.document_id in documents])

    def _searched_for_any_concern(self) -> list[tuple[Clause, Document]]:
        """The same from the official text that stands for the digest: of another edition, its paragraphs differ."""
        found = candidates(self.searcher, understand(_CONCERN_SEARCH, vocabulary=self.searcher.vocabulary))
        named = [c for c in found if (c.document.stands_for or c.document.id).startswith(_KCSIE)]
        return [(candidate.clause, candidate.document) for candidate in named[:2]]

    def _leads(self, school: str | None) -> list[Draft]:
        """The policy's named DSL of the school, or the list of every school's where none is known."""
        whole = f"{_DSL_SECTION}/list"
        if school is None:
            return self._known([whole])
        items = self.searcher.record.items_of([whole]).get(whole, [])
        return self._known([clause.id for clause in items if school_named(clause.text) == school])


def _names(leads: Sequence[Draft]) -> list[str]:
    """Who leads safeguarding at each school: "Olivia de Groot"."""
    lines = [line for draft in leads for line in draft.clause.text.split("\n") if ": " in line]
    return list(dict.fromkeys(_name(line).partition(",")[0] for line in lines))


def _name(line: str) -> str:
    """Of "Bushey Meads School: Olivia de Groot, Deputy Headteacher" the person with her post."""
    return line.partition(": ")[2]
