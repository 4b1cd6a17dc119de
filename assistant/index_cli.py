"""`assistant index ...`: bringing the index up to date, and what it holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.opening import open_store, progress
from assistant.settings import load_settings

if TYPE_CHECKING:
    from index.store import Store

index_app = typer.Typer(no_args_is_help=True, help="The index that searches them.")


@index_app.command("build")
def index_build(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Say nothing where nothing is to be done.")] = False,
) -> None:
    """Bring the index up to date with the documents that ship with the project."""
    from assistant.archive import Archive
    from corpus.library import shipped_documents

    store, documents = open_store(), shipped_documents()
    behind = store.status(documents).behind if store.exists() else ()
    if if_needed and store.exists() and not behind and _is_of_this_embedder(store):
        return
    with progress() as step:
        Archive(store.data_dir).keep(store, behind)
        changed = store.build(documents, step=step)
    status = store.status(documents)
    typer.echo(f"Indexed {status.documents} documents, {status.clauses} clauses ({changed} documents changed).")


@index_app.command("status")
def index_status() -> None:
    """Show what the index holds and whether it is up to date."""
    from corpus.library import shipped_documents

    store = open_store()
    status = store.status(shipped_documents())
    typer.echo(f"data directory  {store.data_dir}")
    typer.echo(f"documents       {status.documents}")
    typer.echo(f"clauses         {status.clauses}")
    typer.echo(f"vectors         {status.vectors}")
    typer.echo(f"embedder        {status.embedder}")
    typer.echo(f"vector index    {status.snapshot} (generation {status.generation})")
    behind = f"{', '.join(status.behind)} (run `assistant index build`)" if status.behind else "none"
    typer.echo(f"out of date     {behind}")


def _is_of_this_embedder(store: Store) -> bool:
    """Whether the index was made with the embedder of the settings; of one that ships this is known without loading."""
    from index.embedding import shipped_identity

    model = load_settings(os.environ).embedding_model
    return store.record.embedder_identity() == (store.embedder.identity if model else shipped_identity())
