"""The command line as its users meet it: what it prints, what it refuses, and that a refusal loses nothing."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import cli
from index.record import Record
from index.store import Store
from tests.conftest import MODELS, REPOSITORY
from tests.corpus.pdf_fixture import make_pdf, paragraph
from tests.index.fakes import ten_clauses
from tests.shared_material import shared

pytestmark = pytest.mark.integration
COMMAND = Path(sys.executable).with_name("assistant")
HEADLINE = "what must I do before suspending a CLA pupil?"
CONTRACT = {"id", "question", "outcome", "answer", "statements", "citations", "notices", "timings_ms"}
CITATION = {"n", "clause_id", "document_id", "document", "locator", "heading_path", "text", "quote", "authority",
            "edition", "in_force", "summary", "page", "url"}  # fmt: skip


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, in a data directory."""

    def run(*arguments: str | Path, data: Path, stdin: str = "", **settings: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        for name, value in environment(data, **settings).items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Ran(int(ended.value.code or 0), *capsys.readouterr())

    return run


def environment(data: Path, **settings: str) -> dict[str, str]:
    return {"ASSISTANT_DATA_DIR": str(data), "ASSISTANT_MODEL_DIR": str(MODELS), "COLUMNS": "80", **settings}


def child(*arguments: str, data: Path, stdin: str | None = None, **settings: str) -> Ran:
    """Runs the installed command as a process of its own."""
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment(data, **settings)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def built(real_store: Store) -> Path:
    """A data directory with the shipped documents: to be read only."""
    real_store.searcher()
    return real_store.data_dir


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Path:
    """A copy of it for one test to change."""
    return shutil.copytree(built, tmp_path / "own")


def state(data: Path) -> object:
    """All that the record holds."""
    record = Record(data / "record.sqlite3")
    held = record.generation, [(summary.document.id, summary.content_hash) for summary in record.documents()]
    record.close()
    return held


@pytest.fixture
def unchanged(own: Path) -> Iterator[Path]:
    """A copy of it that a test must not change."""
    before = state(own)
    yield own
    assert state(own) == before


def refused(ran: Ran) -> str:
    """The one line of a refusal."""
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("assistant: ")
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    return ran.err


# --- asking --------------------------------------------------------------------------------------


def test_the_installed_command_prints_an_answer_with_its_sources(built: Path) -> None:
    ran = child("ask", HEADLINE, data=built)
    assert (ran.status, ran.err) == (0, "")
    assert "What our policy says" in ran.out
    assert "Sources" in ran.out
    assert "cwsw/suspensions-and-exclusion/" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_is_one_object_of_the_contract_and_the_same_in_every_process(built: Path) -> None:
    first, second = (child("ask", HEADLINE, "--json", data=built, PYTHONHASHSEED=seed) for seed in "12")
    assert first.out.count("\n") == 1
    for ran in (first, second):
        assert ran.status == 0
        timings = ran.json["timings_ms"]
        assert timings.keys() >= {"search", "total"}
        assert all(isinstance(value, float) for value in timings.values())
    assert untimed(first.json) == untimed(second.json)
    answer = first.json
    assert answer.keys() >= CONTRACT
    assert answer["id"] is None
    assert answer["question"] == HEADLINE
    assert answer["outcome"] == "answered"
    for citation in answer["citations"]:
        assert citation.keys() >= CITATION
    for statement in answer["statements"]:
        assert {"text", "citations"} <= statement.keys()
        assert set(statement["citations"]) <= {citation["n"] for citation in answer["citations"]}
    for notice in answer["notices"]:
        assert notice.keys() >= {"kind", "text"}


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings_ms"}


def test_a_refusal_of_the_installed_command_is_one_line(built: Path) -> None:
    assert "the question is blank" in refused(child("ask", "  ", data=built))


@pytest.mark.parametrize("arguments", [(), ("a?", "--batch", "-")])
def test_a_question_or_a_batch_is_needed(run: Run, built: Path, arguments: tuple[str, ...]) -> None:
    assert "give a question in quotation marks" in refused(run("ask", *arguments, data=built))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "blank"),
        ("a" * 2001, "2,001 characters"),
        ("a\x07b", "U+0007"),
        ("a\u202eb", "U+202E"),
        ("a\u200bb", "U+200B"),
        ("a\udcffb", "U+DCFF"),  # a byte that is no UTF-8
    ],
)
def test_a_bad_question_is_refused(run: Run, built: Path, question: str, said: str) -> None:
    assert said in refused(run("ask", question, data=built))
    assert said in refused(run("ask", question, "--json", data=built))


def test_the_school_decides_whose_names_are_given(run: Run, built: Path) -> None:
    question = "Who is the designated teacher?"
    for given, name, other in (("meads", "Olivia de Groot", "Tregear"), ("Hartsbourne", "Rebecca Tregear", "Groot")):
        text = run("ask", question, "--school", given, "--json", data=built).json["answer"]
        assert name in text
        assert other not in text


def test_an_unknown_school_is_refused_with_the_known_ones(run: Run, built: Path) -> None:
    line = refused(run("ask", "who is the DT?", "--school", "Eton", data=built))
    assert "'Eton' is no school of the Trust" in line
    assert "Little Reddings Primary School" in line


def test_explain_shows_how_the_question_was_understood(run: Run, built: Path) -> None:
    told = run("ask", HEADLINE, "--json", "--explain", data=built).json["explanation"]
    assert told["understanding"]["intent"] == "procedure"
    assert told["understanding"]["groups"] == ["CLA"]
    assert told["ranked"]
    text = run("ask", HEADLINE, "--explain", data=built).out
    assert '"intent": "procedure"' in text
    assert text.index("Sources") < text.index('"intent"')


def test_an_abstention_shows_the_nearest_clauses_as_such(run: Run, built: Path) -> None:
    text = run("ask", "How do I reset the password of my payroll account?", data=built).out
    assert "Nearest clauses (they may not answer the question)" in text
    assert "Sources" not in text


# --- batches -------------------------------------------------------------------------------------

BATCH = [
    {"id": "b", "question": "Who is the designated teacher at Hartsbourne?"},
    {"id": 2, "turns": ["Who is the designated teacher at Hartsbourne?", "and at Bushey Meads?"]},
    {"id": "a", "question": "Who is the designated teacher?", "school": "Little Reddings", "role": "DSL"},
]


def test_a_batch_is_answered_line_by_line_in_order(run: Run, built: Path, tmp_path: Path) -> None:
    text = "\n\n".join(map(json.dumps, BATCH)) + "\n"
    file = tmp_path / "batch.jsonl"
    file.write_text(text, "utf-8")
    from_file, from_stdin = run("ask", "--batch", file, data=built), run("ask", "--batch", "-", data=built, stdin=text)
    answers = [json.loads(line) for line in from_file.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", 2, "a"]
    assert [answer["question"] for answer in answers] == [HART, "and at Bushey Meads?", BATCH[2]["question"]]
    assert "Rebecca Tregear" in answers[0]["answer"]
    assert "Olivia de Groot" in answers[1]["answer"]
    assert "Little Reddings" in answers[2]["answer"]
    assert list(map(untimed, answers)) == [untimed(json.loads(line)) for line in from_stdin.out.splitlines()]
    alone = run("ask", HART, "--json", data=built).json
    assert untimed(answers[0]) == untimed(alone) | {"id": "b"}


HART = "Who is the designated teacher at Hartsbourne?"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: it is not JSON"),
        ('{"question": "a?", "turns": ["b?"]}', "line 2: it needs either a question or turns"),
        ('{"turns": ["a?", ""]}', "line 2: the question is blank"),
        (json.dumps({"question": "a" * 2001}), "line 2: the question has 2,001 characters"),
        ('{"question": "a\\u200bb"}', "line 2: the question holds a hidden character (U+200B)"),
    ],
)
def test_a_bad_line_of_a_batch_is_named_and_nothing_is_answered(run: Run, built: Path, line: str, said: str) -> None:
    stdin = f"{json.dumps(BATCH[0])}\n{line}\n"
    assert said in refused(run("ask", "--batch", "-", data=built, stdin=stdin))


def test_a_batch_that_cannot_be_read_is_refused(run: Run, built: Path, tmp_path: Path) -> None:
    assert "no-such.jsonl cannot be read (No such file" in refused(
        run("ask", "--batch", tmp_path / "no-such.jsonl", data=built)
    )
    assert "cannot be read (Is a directory)" in refused(run("ask", "--batch", tmp_path, data=built))
    (tmp_path / "latin.jsonl").write_bytes('{"question": "Siân?"}'.encode("latin-1"))
    assert "it is not UTF-8" in refused(run("ask", "--batch", tmp_path / "latin.jsonl", data=built))


# --- documents -----------------------------------------------------------------------------------

HEADING = "Minibus"
FACTS = {  # format: a fact that no shipped document has, and a question that only it answers
    ".txt": (
        "The red minibus must be booked with Priya Raman nine school days before the trip.",
        "Who is the red minibus booked with?",
    ),
    ".md": (
        "Kiln firing must be agreed with Tomasz Wilk in the pottery studio.",
        "Who must kiln firing be agreed with?",
    ),
    ".html": (
        "The beekeeping club must report every swarm to Joan Abara.",
        "Who must the beekeeping club report a swarm to?",
    ),
    ".docx": (
        "Telescope evenings must be supervised by Ewan Pike on the observatory roof.",
        "Who must supervise telescope evenings?",
    ),
    ".pdf": (
        "Canoe paddles must be counted by Mira Holt after each session.",
        "Who must count the canoe paddles?",
    ),
}


def write(path: Path, text: str) -> Path:
    """A small document of the format that its suffix names."""
    if path.suffix == ".docx":
        import docx

        document = docx.Document()
        document.add_heading(HEADING, 1)
        document.add_paragraph(text)
        document.save(str(path))
    elif path.suffix == ".pdf":
        words = text.split()
        lines = [" ".join(words[:6]), " ".join(words[6:])]
        path.write_bytes(make_pdf([paragraph(72, 760, *lines)]))
    else:
        wrapped = {
            ".txt": f"{text}\n",
            ".md": f"# {HEADING}\n\n{text}\n",
            ".html": f"<html><body><h1>{HEADING}</h1><p>{text}</p></body></html>",
        }
        path.write_text(wrapped[path.suffix], "utf-8")
    return path


@pytest.mark.parametrize("suffix", FACTS)
def test_a_document_of_each_format_is_added_asked_and_removed(run: Run, own: Path, tmp_path: Path, suffix: str) -> None:
    fact, question = FACTS[suffix]
    file = write(tmp_path / f"handbook{suffix}", fact)
    name = f"handbook-{suffix[1:]}"
    details = ("--id", name, "--title", "Staff handbook", "--authority", "local", "--in-force-from", "2026-09-01")
    added = run(
        "corpus",
        "add",
        file,
        *details,
        "--publisher",
        "Hartsbourne",
        "--edition",
        "2026",
        "--url",
        "https://x.uk/h",
        data=own,
    )
    assert (added.status, added.err) == (0, "")
    assert f"Added {name}: Staff handbook, 1 clauses" in added.out
    (cited, *_) = run("ask", question, "--json", data=own).json["citations"]
    assert (cited["document_id"], cited["text"]) == (name, fact)
    assert (cited["document"], cited["authority"], cited["edition"]) == ("Staff handbook", "local", "2026")
    assert (cited["summary"], cited["in_force"], cited["url"]) == (False, True, "https://x.uk/h")
    assert cited["page"] == (1 if suffix == ".pdf" else None)
    assert name in run("corpus", "list", data=own).out
    assert " ".join(fact.split()) in " ".join(run("corpus", "show", name, data=own).out.split())
    assert run("corpus", "remove", name, data=own).out == f"Removed {name}.\n"
    assert name not in run("corpus", "list", data=own).out
    assert "unknown" not in run("ask", question, "--json", data=own).json["outcome"]


def test_a_document_stands_in_for_a_digest_until_it_is_removed(run: Run, own: Path, tmp_path: Path) -> None:
    id_ = "dfe-send-code-2015"
    before = run("corpus", "show", id_, data=own).out
    file = write(tmp_path / "code.txt", "Trampolines must be folded by the caretaker, Ada Quill, each night.")
    added = run("corpus", "add", file, "--id", id_, "--edition", "2027", data=own)
    assert "It stands in place of the digest dfe-send-code-2015" in added.out
    shown = run("corpus", "show", id_, data=own).out
    assert "SEND code of practice" in shown  # the title is kept where none is given
    assert "Ada Quill" in shown
    answer = run("ask", "Who must fold the trampolines?", "--json", data=own).json
    assert (answer["citations"][0]["document_id"], answer["citations"][0]["summary"]) == (id_, False)
    assert (answer["citations"][0]["edition"], answer["citations"][0]["authority"]) == ("2027", "statutory")
    removed = run("corpus", "remove", id_, data=own)
    assert "The digest dfe-send-code-2015 is back in its place." in removed.out
    assert run("corpus", "show", id_, data=own).out == before


def test_the_official_text_under_a_name_of_its_own_stands_in_for_its_digest(run: Run, own: Path) -> None:
    file = shared("guidance/dfe-suspension-permanent-exclusion-2024-08.txt")
    added = run("corpus", "add", file, "--id", "suspension-guidance", data=own)
    assert "It stands in place of the digest dfe-exclusion-2024-08; `assistant corpus remove suspension-g" in added.out
    held = run("corpus", "list", data=own).out
    assert "suspension-guidance" in held
    assert "dfe-exclusion-2024-08" not in held
    cited = run("ask", "who tells the VSH when a CLA kid is suspended", "--json", data=own).json["citations"]
    (paragraph,) = [one for one in cited if one["clause_id"] == "suspension-guidance/78"]
    assert (paragraph["authority"], paragraph["edition"], paragraph["summary"]) == ("statutory", "August 2024", False)
    assert "(0 documents changed)" in run("index", "build", data=own).out
    removed = run("corpus", "remove", "suspension-guidance", data=own)
    assert "The digest dfe-exclusion-2024-08 is back in its place." in removed.out
    assert "dfe-exclusion-2024-08" in run("corpus", "list", data=own).out


def test_the_list_names_every_document_whole(run: Run, built: Path) -> None:
    text = run("corpus", "list", data=built).out
    assert "dfe-restrictive-interventions-2026-04\n" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_showing_a_document_loses_no_word(run: Run, built: Path) -> None:
    from corpus.library import shipped_documents

    policy = next(document for document in shipped_documents() if document.id == "cwsw")
    shown = " ".join(run("corpus", "show", "cwsw", data=built).out.split())
    for clause in policy.clauses:
        assert clause.id in shown
        assert " ".join(clause.text.split())[:60] in shown


@pytest.mark.parametrize("command", ["show", "remove"])
@pytest.mark.parametrize("name", ["no-such", "", "../cwsw"])
def test_an_unknown_document_is_refused_with_the_known_ones(run: Run, unchanged: Path, command: str, name: str) -> None:
    line = refused(run("corpus", command, name, data=unchanged))
    assert "there is no document" in line
    assert "cwsw" in line


def test_bytes_that_are_no_text_are_refused(run: Run, unchanged: Path) -> None:
    assert "not UTF-8; type it again" in refused(run("corpus", "show", "a\udcff", data=unchanged))


def test_a_shipped_document_cannot_be_removed(run: Run, unchanged: Path) -> None:
    assert "ships with the assistant and cannot be removed" in refused(run("corpus", "remove", "cwsw", data=unchanged))


def bad_documents(folder: Path) -> dict[str, Path]:
    """Documents that cannot be used, by what is wrong with them."""
    contents: dict[str, bytes] = {
        "empty.txt": b"",
        "blank.md": b"\n\n  \n",
        "blank.html": b"<html><body><p> </p></body></html>",
        "coded.txt": b"S\x81\x8d\x90",
        "no.pdf": b"this is no PDF",
        "cut.pdf": make_pdf([paragraph(72, 760, "Heads must act.")])[:300],
        "locked.pdf": make_pdf([paragraph(72, 760, "Heads must act.")], locked=True),
        "scanned.pdf": make_pdf([[], []]),
        "no.docx": b"this is no Word document",
        "picture.png": b"\x89PNG",
        "none": b"no suffix",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    with (folder / "enormous.pdf").open("wb") as file:
        file.truncate(100_000_001)  # sparse: it takes no room
    (folder / "folder.md").mkdir()
    names = [*contents, "enormous.pdf", "folder.md", "missing.md"]
    return {name: folder / name for name in names}


BAD_DOCUMENTS = {  # what the line says of it
    "empty.txt": "empty",
    "blank.md": "no text",
    "blank.html": "no text",
    "coded.txt": "encoding cannot be read",
    "no.pdf": "not a PDF",
    "cut.pdf": "damaged",
    "locked.pdf": "without its password",
    "scanned.pdf": "OCR",
    "no.docx": "save it as .docx",
    "picture.png": "no reader for .png",
    "none": "without a suffix",
    "enormous.pdf": "100 MB",
    "folder.md": "not a file",
    "missing.md": "no such file",
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_document_that_cannot_be_used_is_refused_and_nothing_is_lost(
    run: Run, unchanged: Path, tmp_path: Path, name: str
) -> None:
    line = refused(run("corpus", "add", bad_documents(tmp_path)[name], data=unchanged))
    assert name in line
    assert BAD_DOCUMENTS[name] in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--authority", "law"), "--authority 'law' is unknown; it may be: statutory, non-statutory, "),
        (("--in-force-from", "1 September"), "'1 September' is no date; write it as 2026-09-01"),
        (("--in-force-from", "2026-02-30"), "'2026-02-30' is no date"),
        (("--id", "Not An Id"), "the id 'Not An Id' cannot be part of a link"),
        (("--id", "../up"), "the id '../up' cannot be part of a link"),
    ],
)
def test_a_bad_option_is_refused(
    run: Run, unchanged: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    file = write(tmp_path / "good.txt", "Heads must act.")
    assert said in refused(run("corpus", "add", file, *options, data=unchanged))


# --- the index and settings ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "who is the DT?"),
        ("corpus", "list"),
        ("corpus", "show", "cwsw"),
        ("corpus", "remove", "x"),
        ("index", "status"),
    ],
)
def test_an_unbuilt_index_is_named_with_the_command_that_builds_it(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    line = refused(run(*arguments, data=tmp_path / "none"))
    assert "there is no index in" in line
    assert "run `assistant index build`" in line
    assert not (tmp_path / "none" / "record.sqlite3").exists()


def test_the_index_says_what_it_holds(run: Run, built: Path) -> None:
    text = run("index", "status", data=built).out
    assert "documents       15" in text
    assert "out of date     none" in text


def test_building_what_is_built_does_nothing(run: Run, unchanged: Path) -> None:
    assert run("index", "build", "--if-needed", data=unchanged) == Ran(0, "", "")
    assert "(0 documents changed)" in run("index", "build", data=unchanged).out


def test_an_index_of_another_embedder_is_built_anew_where_needed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.library.shipped_documents", ten_clauses)
    run("index", "build", data=tmp_path)
    with closing(sqlite3.connect(tmp_path / "record.sqlite3")) as record, record:
        changed = record.execute("UPDATE meta SET value = replace(value, 'MiniLM', 'OtherLM')").rowcount
    assert changed
    assert "run `assistant index build`" in refused(run("ask", "when is the plan due?", data=tmp_path))
    assert "(0 documents changed)" in run("index", "build", "--if-needed", data=tmp_path).out
    assert run("ask", "when is the plan due?", data=tmp_path).status == 0
    assert run("index", "build", "--if-needed", data=tmp_path) == Ran(0, "", "")


def test_an_unknown_setting_is_refused(run: Run, built: Path) -> None:
    line = refused(run("ask", "who is the DT?", data=built, ASSISTANT_DATADIR="x"))
    assert "unknown setting ASSISTANT_DATADIR" in line


def test_a_data_directory_that_cannot_be_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    line = refused(run("index", "build", data=tmp_path / "file"))
    assert "set ASSISTANT_DATA_DIR to a folder" in line


def test_a_damaged_record_is_refused_and_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "record.sqlite3").write_bytes(b"no database" * 100)
    assert "if the file is damaged, move it away" in refused(run("ask", "who is the DT?", data=tmp_path))
    assert (tmp_path / "record.sqlite3").read_bytes() == b"no database" * 100


def test_a_reader_that_stops_early_is_no_error(built: Path) -> None:
    command = f"'{COMMAND}' corpus show cwsw | head -1"
    done = subprocess.run(
        ["bash", "-c", command], env={**os.environ, **environment(built)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
