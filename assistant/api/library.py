"""GET /search, /documents and /clauses: what the index holds, and where each clause stands."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from assistant.api.models import (
    ClauseLine,
    ClauseOut,
    DocumentOut,
    DocumentWhole,
    OtherEdition,
    SearchHit,
    SearchHits,
)
from assistant.api.problems import responses
from assistant.questions import MAX_QUESTION_CHARS, check_question
from assistant.reader import Place, Whereabouts, find_clause, neighbours, notices_of, reference_of
from assistant.service import Service
from corpus.models import Authority, Document
from index.models import SearchFilter, SearchMode


def library_router(service: Service) -> APIRouter:
    """The routes that search and read."""
    router = APIRouter(tags=["library"])

    @router.get("/search", responses=responses(422, 503), summary="Search the clauses")
    def search(
        q: Annotated[
            str, Query(min_length=1, max_length=MAX_QUESTION_CHARS, description="Words, or a paragraph's number.")
        ],
        top_k: Annotated[int, Query(ge=1, le=50)] = 10,
        mode: SearchMode = SearchMode.HYBRID,
        document: Annotated[list[str] | None, Query(max_length=50, description="Only in these documents.")] = None,
        authority: Annotated[list[Authority] | None, Query(description="Only of this standing.")] = None,
    ) -> SearchHits:
        """The clauses that fit best, best first."""
        query = check_question(q)
        filters = SearchFilter(document_ids=tuple(document or ()), authorities=tuple(authority or ()))
        searcher = service.assistant.searcher
        results = searcher.search(query, top_k=top_k, mode=mode, filters=filters)
        hits = [
            SearchHit(
                score=round(result.score, 4),
                clause=reference_of(
                    Place(result.clause, searcher.documents[result.clause.document_id]), service
                ).model_copy(update={"n": n}),
            )
            for n, result in enumerate(results, start=1)
        ]
        return SearchHits(query=query, hits=hits)

    @router.get("/documents", responses=responses(503), summary="List the documents")
    def documents() -> list[DocumentOut]:
        """Every document, those that ship with the assistant first."""
        return [
            DocumentOut(**_about(summary.document, service), size=summary.size)
            for summary in service.store.record.documents()
        ]

    @router.get("/documents/{document_id}", responses=responses(404, 422, 503), summary="A document with its clauses")
    def document(document_id: str) -> DocumentWhole:
        """The whole document in reading order."""
        found = service.document(document_id)
        lines = [
            ClauseLine(
                id=clause.id,
                kind=clause.kind.value,
                heading_path=list(clause.heading_path),
                locator=clause.locator,
                text=clause.full_text,
                modality=clause.modality.value,
                parent_id=clause.parent_id,
            )
            for clause in found.clauses
        ]
        notices = notices_of([Place(clause, found) for clause in found.clauses], service)
        return DocumentWhole(**_about(found, service), size=len(lines), clauses=lines, notices=notices)

    @router.get("/clauses/{clause_id:path}", responses=responses(404, 422, 503), summary="A clause")
    def clause(clause_id: str) -> ClauseOut:
        """A clause by its identifier, such as `cwsw/suspensions-and-exclusion/3`; old identifiers still lead to it."""
        found = find_clause(clause_id, service)
        if found.place is None:
            raise HTTPException(404, not_found(clause_id, found.whereabouts))
        previous, following = neighbours(found.place)
        return ClauseOut(
            whereabouts=found.whereabouts.value,
            clause=reference_of(found.place, service),
            previous=previous,
            next=following,
            notices=notices_of([found.place], service),
            other_editions=[OtherEdition(state=p.state, clause=reference_of(p, service)) for p in found.others],
        )

    return router


def not_found(clause_id: str, whereabouts: Whereabouts) -> str:
    """What to say of a clause that cannot be shown."""
    if whereabouts is Whereabouts.GONE:
        return f"the clause {clause_id!r} has been taken out and its words are not held; search for what it said"
    return f"there is no clause {clause_id!r}; check the link, or search for its words"


def _about(document: Document, service: Service) -> dict[str, Any]:
    register = service.assistant.register
    status = register.status(document.edition_id, on=service.today)
    start = document.in_force_from
    return {
        "id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "authority": document.authority.value,
        "edition": document.edition,
        "in_force": status is None or status.in_force,
        "in_force_from": start.isoformat() if start else None,
        "summary": document.summary,
        "origin": document.origin,
        "url": document.url,
    }
