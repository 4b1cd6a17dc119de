"""The command line: `assistant ask`, `assistant corpus ...`, `assistant index ...`."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import BadQuestionError, FeedbackError, ServeError, SettingsError
from assistant.feedback_cli import feedback_app
from assistant.index_cli import index_app
from assistant.opening import open_store, progress
from corpus.errors import CorpusError
from index.errors import EmbedderError, IndexStoreError

if TYPE_CHECKING:
    import datetime as dt

    from assistant.answering import Assistant
    from corpus.models import Authority, Document

EXIT_CANNOT = 2
_CANNOT = (CorpusError, IndexStoreError, EmbedderError, BadQuestionError, SettingsError, FeedbackError, ServeError)
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Answers from the Trust's policy and official guidance, each statement cited to its clause.",
)
corpus_app = typer.Typer(no_args_is_help=True, help="The documents that answers come from.")
app.add_typer(corpus_app, name="corpus")
app.add_typer(index_app, name="index")
app.add_typer(feedback_app, name="feedback")


def main() -> None:
    """Run a command; what cannot be done ends with one line on standard error and exit status 2."""
    warnings.simplefilter("ignore")  # of libraries; they are no user's concern
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that is not UTF-8 lacks typographic quotation marks
    try:
        app()
    except _CANNOT as error:
        typer.echo(f"assistant: {error}", err=True)
        sys.exit(EXIT_CANNOT)
    except BrokenPipeError:  # `assistant ask ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except UnicodeEncodeError:  # bytes of the command line that are no text
        typer.echo("assistant: the command holds a character that is not UTF-8; type it again", err=True)
        sys.exit(EXIT_CANNOT)
    except OSError as error:  # a full disk, a folder that may not be written to
        reason = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        typer.echo(f"assistant: {reason}; free some space or set ASSISTANT_DATA_DIR to another folder", err=True)
        sys.exit(EXIT_CANNOT)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotation marks.")] = None,
    school: Annotated[str | None, typer.Option(help="Bushey Meads, Hartsbourne or Little Reddings.")] = None,
    role: Annotated[str | None, typer.Option(help="Who is asking: DSL, designated teacher, headteacher, ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    explain: Annotated[bool, typer.Option(help="Show how the question was understood and what was found.")] = False,
    batch: Annotated[
        str | None, typer.Option(metavar="FILE", help="Answer each line of a JSONL file ('-': standard input).")
    ] = None,
) -> None:
    """Ask a question and get an answer cited to the clause."""
    if (question is None) == (batch is None):
        raise BadQuestionError('give a question in quotation marks, such as "how often is a PEP reviewed?", or --batch')
    school = _school(school)
    if batch is not None:
        _ask_batch(batch, school=school, role=role)
    else:
        _ask_one(question or "", school=school, role=role, as_json=as_json, explain=explain)


def _ask_one(question: str, *, school: str | None, role: str | None, as_json: bool, explain: bool) -> None:
    from assistant.models import Question
    from assistant.questions import check_question

    asked = Question(turns=(check_question(question),), school=school, role=role)
    answer, explanation = _open_assistant().explain(asked)
    told = explanation.as_dict() if explain and explanation else None
    if as_json:
        values = answer.model_dump(mode="json") | ({"explanation": told} if told else {})
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    from rich.console import Console

    from assistant.rendering import print_answer

    console = Console()
    print_answer(answer, console)
    if told:
        console.print_json(data=told)


def _ask_batch(batch: str, *, school: str | None, role: str | None) -> None:
    from assistant.batch import answer_lines

    for line in answer_lines(_lines(batch), _open_assistant, school=school, role=role):
        typer.echo(line)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)] = 7860,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page once it is ready.")] = True,
) -> None:
    """Serve the chat, the reader and the API on this machine."""
    from assistant.server.run import check_host
    from assistant.server.run import serve as run_server
    from assistant.settings import load_settings

    check_host(host, allowed=load_settings(os.environ).without_sign_in == "accepted")
    from assistant.service import Service

    service = Service(open_store())
    run_server(service, host=host, port=port, browser=browser, say=lambda line: typer.echo(line, err=True))


@corpus_app.command("add")
def corpus_add(
    file: Annotated[Path, typer.Argument(help="A .pdf, .docx, .html, .md or .txt file.")],
    id_: Annotated[str, typer.Option("--id", help="Short name for links; the id of a digest replaces it.")] = "",
    title: Annotated[str, typer.Option(help="The document's title.")] = "",
    publisher: Annotated[str, typer.Option(help="Who published it.")] = "",
    authority: Annotated[str, typer.Option(help="statutory, non-statutory, local or trust-policy.")] = "",
    edition: Annotated[str, typer.Option(help="Which edition it is, such as 'September 2026'.")] = "",
    in_force_from: Annotated[str, typer.Option(help="The day it takes effect, as 2026-09-01.")] = "",
    url: Annotated[str, typer.Option(help="Its official address.")] = "",
) -> None:
    """Add a document: parsed into clauses, embedded, and searchable when the command ends."""
    from assistant.archive import Archive
    from corpus.library import load_added, shipped_documents, standing_for
    from index.recognising import digest_of

    store, shipped = open_store(), {document.id: document for document in shipped_documents()}
    document = load_added(
        file,
        document_id=id_,
        title=title,
        publisher=publisher,
        authority=_authority(authority),
        edition=edition,
        in_force_from=_date(in_force_from),
        url=url,
        replaces=shipped.get(id_),
        known=store.record.known_identifiers(id_) if id_ and store.exists() else {},
    )
    replaced = shipped.get(document.id) or digest_of(document, list(shipped.values()), store.vocabulary)
    if replaced is not None and replaced.id != document.id:
        document = standing_for(document, replaced, titled=bool(title))
    with progress() as step:
        if not store.exists():
            store.build(list(shipped.values()), step=step)
        Archive(store.data_dir).keep(store, [document.id, document.stands_for])
        store.add(document, step=step)
    _report_added(document, replaced)


@corpus_app.command("list")
def corpus_list() -> None:
    """List the documents."""
    from rich.console import Console

    from assistant.rendering import print_documents

    print_documents(open_store().record.documents(), Console())


@corpus_app.command("show")
def corpus_show(document_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show a document's clauses with their identifiers."""
    from rich.console import Console

    from assistant.rendering import print_document

    print_document(open_store().record.document(document_id), Console())


@corpus_app.command("remove")
def corpus_remove(document_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Remove a document that was added; a digest it replaced comes back."""
    from assistant.archive import Archive
    from corpus.library import shipped_documents

    store = open_store()
    recorded = {summary.document.id: summary.document for summary in store.record.documents()}
    replaced = {document_id, recorded[document_id].stands_for if document_id in recorded else ""}
    shipped = next((document for document in shipped_documents() if document.id in replaced), None)
    with progress() as step:
        Archive(store.data_dir).keep(store, [document_id])
        store.remove(document_id, shipped=shipped, step=step)
    typer.echo(f"Removed {document_id}." + (f" The digest {shipped.id} is back in its place." if shipped else ""))


def _open_assistant() -> Assistant:
    from assistant.answering import Assistant

    return Assistant(open_store().searcher())


def _lines(batch: str) -> Iterator[str]:
    try:
        if batch == "-":
            yield from sys.stdin
        else:
            with Path(batch).open(encoding="utf-8") as file:
                yield from file
    except (OSError, UnicodeDecodeError) as error:
        name = "standard input" if batch == "-" else batch
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadQuestionError(f"{name} cannot be read ({reason}); give a UTF-8 file of JSON lines") from error


def _school(text: str | None) -> str | None:
    from assistant.understanding import school_named, schools

    if text is None:
        return None
    name = school_named(text)
    if name is None:
        raise BadQuestionError(f"{text!r} is no school of the Trust; there are: {', '.join(schools())}")
    return name


def _authority(text: str) -> Authority | None:
    from corpus.models import Authority

    try:
        return Authority(text) if text else None
    except ValueError as error:
        raise CorpusError(f"--authority {text!r} is unknown; it may be: {', '.join(Authority)}") from error


def _date(text: str) -> dt.date | None:
    import datetime as dt

    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CorpusError(f"--in-force-from {text!r} is no date; write it as 2026-09-01") from error


def _report_added(document: Document, replaced: Document | None) -> None:
    typer.echo(f"Added {document.id}: {document.title}, {len(document.clauses)} clauses, ready to be asked.")
    if replaced is not None:
        typer.echo(
            f"It stands in place of the digest {replaced.id}; `assistant corpus remove {document.id}` brings that back."
        )
