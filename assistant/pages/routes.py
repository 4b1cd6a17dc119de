"""The pages of the reader: browse, documents, clauses, about, and the print view of an answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from assistant.api.library import not_found
from assistant.errors import BadQuestionError
from assistant.kept import KeptAnswer
from assistant.pages.about import about
from assistant.pages.answers import printed
from assistant.pages.environment import render
from assistant.pages.reading import matching, sections
from assistant.questions import check_question
from assistant.reader import Found, Place, Whereabouts, find_clause, neighbours, notices_of, reference_of
from assistant.references import answer_as_text, formatted_reference
from assistant.service import Service
from assistant.word import as_word

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXPIRED = "This answer is no longer held. Answers are kept in memory only, until the assistant restarts: ask again."


def pages_router(service: Service) -> APIRouter:
    """The routes that show pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/browse")
    def browse(q: str = "") -> Response:
        """The documents; with q, the clauses that fit best."""
        words, problem = _checked(q)
        searcher = service.assistant.searcher
        results = searcher.search(words, top_k=20) if words else []
        places = [Place(result.clause, searcher.documents[result.clause.document_id]) for result in results]
        held = service.store.record.documents()
        summaries = sorted(held, key=lambda summary: (summary.document.summary, summary.document.id))
        register = service.assistant.register
        status = {s.document.id: register.status(s.document.edition_id, on=service.today) for s in summaries}
        hits = [reference_of(place, service) for place in places]
        return _page("browse.html", q=q, problem=problem, summaries=summaries, status=status, hits=hits)

    @router.get("/documents/{document_id}")
    def document(document_id: str, q: str = "") -> Response:
        """A whole document; with q, its clauses that hold these words."""
        found = service.document(document_id)
        words, problem = _checked(q)
        own = [Place(c, found) for c in found.clauses if c.edition_id in {"", found.edition_id}][:1]
        return _page(
            "document.html",
            document=found,
            sections=sections(found),
            notices=notices_of(own, service),
            in_force=not own or reference_of(own[0], service).in_force,
            q=q,
            problem=problem,
            hits=matching(found, words) if words else [],
            panel=False,
        )

    @router.get("/clause/{clause_id:path}")
    def clause(request: Request, clause_id: str, words: str = "", whole: bool = False, panel: bool = False) -> Response:
        """The reader at a clause. words: to mark where they stand in it; whole: mark all of it; panel: in the chat."""
        found = find_clause(clause_id, service)
        if found.place is None:
            return missing(not_found(clause_id, found.whereabouts), panel=panel)
        quote = found.place.clause.full_text if whole else words
        return _reader(found, clause_id, service, quote=quote, panel=panel, base_url=str(request.base_url))

    @router.get("/about")
    def about_page() -> Response:
        return _page("about.html", about=about(service))

    @router.get("/answers/{answer_id}.docx")
    def word(request: Request, answer_id: str) -> Response:
        """An answer as a Word file."""
        kept = service.kept.get(answer_id)
        if kept is None:
            return missing(_EXPIRED)
        name = f'attachment; filename="answer-{kept.on.isoformat()}.docx"'
        content = as_word(kept, base_url=str(request.base_url))
        return Response(content, media_type=WORD, headers={"Content-Disposition": name})

    @router.get("/answers/{answer_id}.txt")
    def text(request: Request, answer_id: str) -> Response:
        """An answer as text, for the clipboard."""
        kept = service.kept.get(answer_id)
        if kept is None:
            return PlainTextResponse(_EXPIRED, 404)
        return PlainTextResponse(answer_as_text(kept.answer, base_url=str(request.base_url)))

    @router.get("/answers/{answer_id}")
    def answer(request: Request, answer_id: str) -> Response:
        """The print view of an answer."""
        kept: KeptAnswer | None = service.kept.get(answer_id)
        if kept is None:
            return missing(_EXPIRED)
        return _page("answer.html", printed=printed(kept, base_url=str(request.base_url)))

    return router


def missing(message: str, *, status: int = 404, panel: bool = False) -> Response:
    """A page that says what could not be shown, and what to do."""
    return HTMLResponse(render("missing.html", message=message, panel=panel), status)


def _page(template: str, **values: object) -> Response:
    return HTMLResponse(render(template, **values))


def _reader(found: Found, asked_for: str, service: Service, *, quote: str, panel: bool, base_url: str) -> Response:
    place = found.place
    assert place is not None
    previous, following = neighbours(place)
    citation = reference_of(place, service)
    return _page(
        "reader.html",
        document=place.document,
        sections=sections(place.document, target=place.clause.id, quote=quote),
        clause=place.clause,
        citation=citation,
        reference=formatted_reference(citation, base_url=base_url),
        notices=notices_of([place], service),
        moved=found.whereabouts is Whereabouts.MOVED,
        gone=found.whereabouts is Whereabouts.GONE,
        asked_for=asked_for,
        others=[(other.state, reference_of(other, service)) for other in found.others],
        previous=previous if found.whereabouts is not Whereabouts.GONE else "",
        following=following if found.whereabouts is not Whereabouts.GONE else "",
        panel=panel,
    )


def _checked(q: str) -> tuple[str, str]:
    """The words to search for, and what is wrong with them; both "" for none."""
    if not q.strip():
        return "", ""
    try:
        return check_question(q), ""
    except BadQuestionError as error:
        return "", str(error).replace("the question", "the search")
