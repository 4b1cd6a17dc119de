"""For LlamaIndex users: our search as a retriever, our embedder as an embedding model.

The ask path imports none of this. In a query engine:

    engine = RetrieverQueryEngine.from_args(ClauseRetriever(store.searcher(), top_k=5), llm=...)

or their retriever over our collection:

    vector_store = ChromaVectorStore(chroma_collection=store.searcher().vectors.collection)
    VectorStoreIndex.from_vector_store(vector_store, embed_model=EmbedderAdapter(store.embedder)).as_retriever()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.embedding import Embedder
from index.models import SearchFilter, SearchMode
from index.nodes import clause_node
from index.passages import question_text
from index.search import Searcher
from index.vocabulary import Vocabulary, load_vocabulary


class ClauseRetriever(BaseRetriever):  # type: ignore[misc]  # LlamaIndex's bases are untyped here
    """Searches by words and vectors; each node is one clause, whole, with its lead-in."""

    def __init__(
        self,
        searcher: Searcher,
        *,
        top_k: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
        filters: SearchFilter | None = None,
        **options: Any,
    ) -> None:
        """options: those of BaseRetriever, such as callback_manager and verbose."""
        super().__init__(**options)
        self._searcher = searcher
        self._top_k = top_k
        self._mode = mode
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._searcher.search(query_bundle.query_str, top_k=self._top_k, mode=self._mode, filters=self._filters)
        documents, record = self._searcher.documents, self._searcher.record
        return [
            NodeWithScore(
                node=clause_node(
                    result.clause, documents[result.clause.document_id], neighbours=record.neighbours(result.clause)
                ),
                score=result.score,
            )
            for result in found
        ]


class EmbedderAdapter(BaseEmbedding):  # type: ignore[misc]
    """Our Embedder for a VectorStoreIndex. Acronyms are written out, as they are in the collection."""

    _embedder: Embedder = PrivateAttr()
    _vocabulary: Vocabulary = PrivateAttr()

    def __init__(self, embedder: Embedder, *, vocabulary: Vocabulary | None = None, **options: Any) -> None:
        """options: those of BaseEmbedding, such as callback_manager and embed_batch_size."""
        super().__init__(model_name=embedder.identity.name, **options)
        self._embedder = embedder
        self._vocabulary = vocabulary or load_vocabulary()

    @classmethod
    def class_name(cls) -> str:
        return "EmbedderAdapter"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._floats(self._embedder.embed_query(question_text(query, self._vocabulary)))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._floats(v) for v in self._embedder.embed_documents([self._vocabulary.spell_out(t) for t in texts])]

    @staticmethod
    def _floats(vector: Any) -> list[float]:
        return [float(value) for value in vector]
