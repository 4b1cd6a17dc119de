"""Clauses as LlamaIndex nodes, and our parts plugged into LlamaIndex."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeRelationship, NodeWithScore, TextNode
from llama_index.core.vector_stores import MetadataFilter, MetadataFilters
from llama_index.vector_stores.chroma import ChromaVectorStore

from corpus.models import Authority, Document
from corpus.tags import ALL_PUPILS, GROUPS, ROLES
from index.embedding import Embedder
from index.models import SearchFilter, SearchMode, flag
from index.nodes import clause_nodes, ingest, metadata
from index.passages import Passage, node_id, passages
from index.retriever import ClauseRetriever, EmbedderAdapter
from index.search import Searcher
from index.store import Store
from index.vocabulary import load_vocabulary
from tests.conftest import MODELS, REPOSITORY
from tests.index.fakes import HashingEmbedder, added, ten_clauses


def related(node: TextNode) -> dict[NodeRelationship, str]:
    return {kind: info.node_id for kind, info in node.relationships.items()}


def policy_nodes(embedder: Embedder) -> tuple[list[Passage], list[TextNode]]:
    policy = ten_clauses()[0]
    found = passages(policy, embedder=embedder, vocabulary=load_vocabulary())
    return found, clause_nodes(policy, found)


def as_index(collection: Any, embedder: Embedder) -> VectorStoreIndex:
    return VectorStoreIndex.from_vector_store(
        ChromaVectorStore(chroma_collection=collection), embed_model=EmbedderAdapter(embedder)
    )


def test_metadata_is_plain_and_complete(shipped: list[Document]) -> None:
    policy = shipped[0]
    found = metadata(policy.clauses[0], policy)
    assert all(isinstance(value, str | bool) for value in found.values())
    assert found["clause_id"] == "cwsw/suspensions/1"
    assert found["document_id"] == "cwsw"
    assert (found["document"], found["edition"]) == (policy.title, policy.edition)
    assert (found["authority"], found["modality"], found["stage"]) == ("trust-policy", "should", "before")
    assert (found["heading"], found["locator"]) == ("Suspensions", "Suspensions, suspensions/1")
    assert found["summary"] is False
    assert metadata(shipped[1].clauses[0], shipped[1])["summary"] is True


def test_metadata_has_a_flag_for_every_group_and_role(shipped: list[Document]) -> None:
    found = metadata(shipped[0].clauses[3], shipped[0])
    flags = {key: value for key, value in found.items() if key.startswith(("group_", "role_"))}
    assert set(flags) == {flag("group", g) for g in (ALL_PUPILS, *GROUPS)} | {flag("role", r) for r in ROLES}
    assert {key for key, value in flags.items() if value} == {"group_CLA", "role_designated_teacher"}


def test_nodes_know_their_source_and_neighbours(embedder: HashingEmbedder) -> None:
    found, nodes = policy_nodes(embedder)
    assert [node.node_id for node in nodes] == [node_id(passage) for passage in found]
    assert related(nodes[0]) == {NodeRelationship.SOURCE: "cwsw", NodeRelationship.NEXT: nodes[1].node_id}
    assert related(nodes[1]) == {
        NodeRelationship.SOURCE: "cwsw",
        NodeRelationship.PREVIOUS: nodes[0].node_id,
        NodeRelationship.NEXT: nodes[2].node_id,
    }
    assert related(nodes[-1]) == {NodeRelationship.SOURCE: "cwsw", NodeRelationship.PREVIOUS: nodes[-2].node_id}


def test_only_the_words_are_embedded(embedder: HashingEmbedder) -> None:
    found, nodes = policy_nodes(embedder)
    assert [node.get_content(MetadataMode.EMBED) for node in nodes] == [passage.text for passage in found]


def test_the_pipeline_into_a_chroma_vector_store(embedder: HashingEmbedder, tmp_path: Path) -> None:
    client = chromadb.PersistentClient(str(tmp_path), settings=chromadb.Settings(anonymized_telemetry=False))
    collection = client.create_collection("clauses", embedding_function=None)
    found, nodes = policy_nodes(embedder)
    vectors = {passage.text: embedder.embed_query(passage.text) for passage in found}
    ingest(nodes, vectors=vectors, collection=collection)
    got = collection.get(include=["documents", "metadatas", "embeddings"])
    assert set(got["ids"]) == {node.node_id for node in nodes}
    for text, values, vector in zip(got["documents"], got["metadatas"], got["embeddings"], strict=True):
        np.testing.assert_allclose(vector, vectors[text], atol=1e-7)
        assert values["document_id"] == values["ref_doc_id"] == "cwsw"
    back = as_index(collection, embedder).as_retriever(similarity_top_k=5).retrieve("adopted from care")
    assert [related(n.node) for n in back if n.node.node_id == nodes[2].node_id] == [related(nodes[2])]
    client.close()


def test_our_collection_serves_a_vector_store_index(searcher: Searcher, embedder: HashingEmbedder) -> None:
    index = as_index(searcher.vectors.collection, embedder)
    best = index.as_retriever(similarity_top_k=3).retrieve("pupils adopted from care keep their support")[0]
    assert best.node.metadata["clause_id"] == "cwsw/adoption/1"
    assert best.node.get_content() == "After adoption: Pupils who were adopted from care keep their support."
    only = MetadataFilters(filters=[MetadataFilter(key="authority", value="statutory")])
    found = index.as_retriever(similarity_top_k=9, filters=only).retrieve("adopted")
    assert {n.node.metadata["document_id"] for n in found} == {"dfe-exclusion-2024-08", "dfe-kcsie-2025"}


def test_the_adapter_gives_our_vectors(embedder: HashingEmbedder) -> None:
    adapter = EmbedderAdapter(embedder, embed_batch_size=2)
    assert adapter.model_name == "hashing"
    texts = ["One pupil.", "The DT.", "Three."]
    spelt = ["One pupil.", "The designated teacher.", "Three."]
    np.testing.assert_array_equal(adapter.get_text_embedding_batch(texts), embedder.embed_documents(spelt))
    assert adapter.get_text_embedding(texts[1]) == embedder.embed_query(spelt[1]).tolist()
    assert adapter.get_query_embedding("what does the dt do") == adapter.get_query_embedding(
        "what does the designated teacher do"
    )


async def _retrieve(retriever: ClauseRetriever, adapter: EmbedderAdapter) -> tuple[list[NodeWithScore], list[float]]:
    return await retriever.aretrieve("adopted"), await adapter.aget_query_embedding("adopted")


def test_asynchronous_calls_give_the_same(searcher: Searcher, embedder: HashingEmbedder) -> None:
    import asyncio

    retriever, adapter = ClauseRetriever(searcher), EmbedderAdapter(embedder)
    # In a thread of its own: where browser tests ran before in this process, theirs has Playwright's running loop.
    with ThreadPoolExecutor(1) as pool:
        nodes, vector = pool.submit(lambda: asyncio.run(_retrieve(retriever, adapter))).result()
    assert nodes == retriever.retrieve("adopted")
    assert vector == adapter.get_query_embedding("adopted")


def test_the_retriever_returns_whole_clauses(searcher: Searcher) -> None:
    question = "who reviews the personal education plan every term"
    nodes = ClauseRetriever(searcher, top_k=4).retrieve(question)
    results = searcher.search(question, top_k=4)
    assert [(n.node.node_id, n.score) for n in nodes] == [(r.clause.id, r.score) for r in results]
    item = next(n.node for n in nodes if n.node.node_id == "cwsw/teacher/list/1")
    assert item.get_content() == "The designated teacher will: review each personal education plan every term"
    policy = searcher.record.document("cwsw")
    assert item.metadata == metadata(policy.clauses[3], policy)
    assert related(item) == {
        NodeRelationship.SOURCE: "cwsw",
        NodeRelationship.PREVIOUS: "cwsw/teacher/list",
        NodeRelationship.NEXT: "cwsw/adoption/1",
    }
    told = item.get_content(MetadataMode.LLM)
    assert "authority: trust-policy" in told
    assert "group_CLA" not in told


def test_the_retriever_takes_mode_filters_and_blanks(searcher: Searcher) -> None:
    filters = SearchFilter(authorities=(Authority.STATUTORY,))
    nodes = ClauseRetriever(searcher, top_k=3, mode=SearchMode.KEYWORD, filters=filters).retrieve("suspended")
    expected = searcher.search("suspended", top_k=3, mode=SearchMode.KEYWORD, filters=filters)
    assert nodes
    assert [n.node.node_id for n in nodes] == [r.clause.id for r in expected]
    assert all(n.node.metadata["authority"] == "statutory" for n in nodes)
    assert ClauseRetriever(searcher).retrieve(" ") == []


def test_the_retriever_in_a_query_engine(searcher: Searcher) -> None:
    engine = RetrieverQueryEngine.from_args(ClauseRetriever(searcher, top_k=2), llm=MockLLM())
    response = engine.query("Which pupils were adopted from care?")
    assert response.source_nodes[0].node.node_id == "cwsw/adoption/1"
    assert "Pupils who were adopted from care keep their support." in str(response)


def test_the_retriever_on_an_index_of_nothing(store: Store) -> None:
    store.build([])
    assert ClauseRetriever(store.searcher()).retrieve("anything") == []
    store.add(added("guide", "Alone here."))
    (alone,) = ClauseRetriever(store.searcher(), top_k=1).retrieve("alone")
    assert related(alone.node) == {NodeRelationship.SOURCE: "guide"}


@pytest.mark.integration
def test_the_real_collection_serves_llamaindex(real_searcher: Searcher, real_embedder: Embedder) -> None:
    question = "who must the headteacher tell when a child with a social worker is excluded?"
    retriever = as_index(real_searcher.vectors.collection, real_embedder).as_retriever(similarity_top_k=10)
    theirs = {n.node.metadata["clause_id"] for n in retriever.retrieve(question)}
    near = real_searcher.vectors.search(real_embedder.embed_query(question), limit=10)
    assert theirs == {*near.words, *near.questions}
    assert any(id_.startswith("dfe-exclusion-2024-08/") for id_ in theirs)


@pytest.mark.integration
def test_the_ask_path_imports_neither_llamaindex_nor_torch(real_store: Store) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "import assistant.answering\n"
        "from index.embedding import load_embedder; from index.store import Store\n"
        "store = Store(Path(sys.argv[1]), load_embedder=lambda: load_embedder(model_dir=Path(sys.argv[2])))\n"
        "found = store.searcher().search('what must I do before suspending a CLA pupil?')\n"
        "heavy = {'llama_index', 'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "print(len(found), sorted(heavy))\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(real_store.data_dir), str(MODELS)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout.strip() == "10 []"
