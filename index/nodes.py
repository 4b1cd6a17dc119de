"""Clauses as LlamaIndex nodes, and the pipeline that puts them into its ChromaVectorStore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    RelatedNodeInfo,
    TextNode,
    TransformComponent,
)
from llama_index.vector_stores.chroma import ChromaVectorStore

from corpus.models import Clause, Document
from corpus.tags import ALL_PUPILS, GROUPS, ROLES
from index.embedding import Vectors
from index.models import flag
from index.passages import Passage, node_id


def metadata(clause: Clause, document: Document) -> dict[str, Any]:
    """What search filters by and citations name; Chroma takes plain values only, so sets become flags."""
    return {
        "clause_id": clause.id,
        "document_id": document.id,
        "document": document.title,
        "authority": document.authority.value,
        "edition": document.edition,
        "locator": clause.locator,
        "heading": " > ".join(clause.heading_path),
        "modality": clause.modality.value,
        "stage": clause.stage.value,
        "summary": document.summary,
        **{flag("group", name): name in clause.groups for name in (ALL_PUPILS, *GROUPS)},
        **{flag("role", name): name in clause.bound for name in ROLES},
    }


def clause_nodes(document: Document, passages: Iterable[Passage]) -> list[TextNode]:
    """One node a passage, in reading order, with its source document and its neighbours."""
    clauses = {clause.id: clause for clause in document.clauses}
    nodes = [
        TextNode(
            id_=node_id(passage),
            text=passage.text,
            metadata={
                **metadata(clauses[passage.clause_id], document),
                "passage": "question" if passage.is_question else "text",
            },
            # The words are embedded as the passage has them; what the metadata says is not repeated.
            excluded_embed_metadata_keys=[*metadata(clauses[passage.clause_id], document), "passage"],
        )
        for passage in passages
    ]
    for before, node, after in zip([None, *nodes], nodes, [*nodes[1:], None], strict=False):
        _relate(node, document.id, before.node_id if before else "", after.node_id if after else "")
    return nodes


def clause_node(clause: Clause, document: Document, *, neighbours: tuple[str, str]) -> TextNode:
    """A whole clause, as it reads on the page; neighbours: the ids of the clauses before and after it, or ""."""
    node = TextNode(
        id_=clause.id,
        text=clause.full_text,
        metadata=metadata(clause, document),
        excluded_embed_metadata_keys=list(metadata(clause, document)),
        # A language model is told the place and the standing of a clause; the flags are for filters.
        excluded_llm_metadata_keys=[key for key in metadata(clause, document) if key.startswith(("group_", "role_"))],
    )
    _relate(node, document.id, *neighbours)
    return node


def _relate(node: TextNode, document_id: str, before: str, after: str) -> None:
    related = {
        NodeRelationship.SOURCE: document_id,
        NodeRelationship.PREVIOUS: before,
        NodeRelationship.NEXT: after,
    }
    node.relationships = {kind: RelatedNodeInfo(node_id=id_) for kind, id_ in related.items() if id_}


class RecordedVectors(TransformComponent):  # type: ignore[misc]  # LlamaIndex's base is untyped here
    """The pipeline's embedding step: every vector is already in the record, by passage text."""

    vectors: Mapping[str, Any]

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        for node in nodes:
            node.embedding = self.vectors[node.get_content(MetadataMode.NONE)].tolist()
        return nodes


def ingest(nodes: Sequence[TextNode], *, vectors: Mapping[str, Vectors], collection: Any) -> None:
    """Run LlamaIndex's pipeline into a Chroma collection; vectors are by passage text."""
    IngestionPipeline(
        transformations=[RecordedVectors(vectors=vectors)],
        vector_store=ChromaVectorStore(chroma_collection=collection),
        disable_cache=True,
    ).run(nodes=list(nodes))
