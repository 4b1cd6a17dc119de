"""The embedders: unit vectors, the same for a text however it comes, true to the model they were made from."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.library import shipped_documents
from evals.training_data import UNSEEN, load_labelled
from index import onnx_export
from index.embedding import PACKAGED_MODEL, Embedder, EmbedderIdentity, OnnxEmbedder, load_embedder
from index.errors import EmbedderError
from index.onnx_export import exported_model, packaged_model_dir, verify_weights
from index.passages import clause_text, question_text
from index.vocabulary import load_vocabulary
from index.weights import Weights, shipped_weights
from tests.conftest import MODELS, REPOSITORY
from tests.index.fakes import HashingEmbedder

SENTENCES = [
    "Before suspending a looked-after child, speak to the virtual school.",
    "The headteacher must notify the social worker without delay.",
    "Tell the designated safeguarding lead at once.",
    "Every pupil in care has a personal education plan.",
    "The plan is reviewed each term.",
    "Pupil premium plus is managed by the virtual school head.",
    "An independent review panel cannot reinstate a pupil.",
    "Attendance is recorded twice a day.",
    "Governors meet within fifteen school days.",
    "Parents may make representations.",
    "Staff use physical restraint only as a last resort.",
    "The child was adopted from care.",
    "A special guardianship order was made.",
    "Children with special educational needs are excluded more often.",
    "Reasonable adjustments are made for disabled pupils.",
    "Work is set and marked for the first five days.",
    "Alternative provision begins on the sixth day.",
    "A reintegration meeting follows each suspension.",
    "Behaviour is a form of communication.",
    "The policy is reviewed every two years.",
    "Where is the school?",
    "paragraph 60",
    "KCSIE",
    "Yes.",
    "The quick brown fox jumps over the lazy dog while the designated teacher reads the statutory guidance aloud.",
    "Looked-after children have the highest priority in school admissions.",
    "A mobile phone may be confiscated.",
    "Bullying is never tolerated; report it to any adult.",
    "The local authority promotes the educational achievement of the children it looks after.",
    "Herts Steps is a therapeutic approach to behaviour.",
]


def test_load_embedder_reads_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[Any] = []
    monkeypatch.setattr("index.embedding.OnnxEmbedder", loaded.append)
    monkeypatch.setattr("index.embedding.SentenceTransformersEmbedder", loaded.append)
    monkeypatch.setattr("index.embedding.exported_model", lambda folder: folder)
    for setting in ("", PACKAGED_MODEL, "some/model"):
        load_embedder(setting, model_dir=tmp_path)
    trained, packaged, other = loaded
    assert trained == shipped_weights("embedder")
    assert (packaged.path, packaged.checksum) == (tmp_path, onnx_export.WEIGHTS_SHA256)
    assert other == "some/model"


def test_identity_reads_well() -> None:
    assert str(EmbedderIdentity("mini", 384, "abcdef" * 10)) == "mini (384 dimensions, sha256 abcdefabcdef)"


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"these are not they")
    with pytest.raises(EmbedderError, match=r"sha256 \w{12}... instead of 53aa51172d14...; reinstall the package"):
        verify_weights(weights)
    with pytest.raises(EmbedderError, match=r"weights are missing .* run `make setup` again"):
        verify_weights(tmp_path / "none")
    monkeypatch.setattr(onnx_export, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EmbedderError, match="instead of 000000000000"):
        exported_model(tmp_path)
    assert list(tmp_path.glob("*.onnx")) == []


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.onnx_export.importlib.util.find_spec", lambda _: None)
    with pytest.raises(EmbedderError, match="not installed; run `make setup`"):
        packaged_model_dir()


def test_a_damaged_export(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"garbage" * 100)
    with pytest.raises(EmbedderError, match=r"cannot be read .* delete the file") as caught:
        OnnxEmbedder(Weights("a model", path, ""))
    assert "\n" not in str(caught.value)


def test_a_model_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbedderError, match=r"cannot be written to .* set ASSISTANT_MODEL_DIR"):
        exported_model(tmp_path / "file" / "models")


def test_the_fake_is_an_embedder() -> None:
    fake: Embedder = HashingEmbedder()
    assert np.linalg.norm(fake.embed_query("some words")) == pytest.approx(1)
    np.testing.assert_array_equal(fake.embed_query("some words"), HashingEmbedder().embed_query("some words"))
    assert not np.allclose(fake.embed_query("words"), HashingEmbedder(seed=1).embed_query("words"))


@pytest.mark.integration
def test_vectors_have_length_one(real_embedder: Embedder) -> None:
    vectors = real_embedder.embed_documents([*SENTENCES, "", "\u6f22\U0001f600", "word " * 2000])
    assert vectors.shape == (33, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.integration
def test_a_text_has_one_vector_however_it_comes(real_embedder: Embedder) -> None:
    together = real_embedder.embed_documents(SENTENCES)
    reversed_ = real_embedder.embed_documents(SENTENCES[::-1])[::-1]
    np.testing.assert_array_equal(together, np.array([real_embedder.embed_query(text) for text in SENTENCES]))
    np.testing.assert_array_equal(together, reversed_)


@pytest.mark.integration
def test_progress_and_empty_lists(real_embedder: Embedder) -> None:
    told: list[int] = []
    real_embedder.embed_documents(SENTENCES[:5], progress=told.append)
    assert sum(told) == 5
    assert real_embedder.embed_documents([]).shape == (0, 384)


@pytest.mark.integration
def test_near_in_meaning_is_near(packaged_embedder: Embedder) -> None:
    question = packaged_embedder.embed_query("who has to be told when a pupil in care is excluded?")
    scores = packaged_embedder.embed_documents(SENTENCES) @ question
    assert scores[1] > scores[SENTENCES.index("Where is the school?")] + 0.2


@pytest.mark.integration
def test_training_brought_how_staff_ask_nearer_to_the_clauses(
    real_embedder: Embedder, packaged_embedder: Embedder
) -> None:
    """On questions that neither has seen, by the words of the policy's clauses alone."""
    vocabulary = load_vocabulary()
    policy = next(document for document in shipped_documents() if document.id == "cwsw")
    ids = [clause.id for clause in policy.clauses]
    asked = [example for example in load_labelled(UNSEEN) if set(example.needed[0]) & set(ids)][:120]
    texts = [clause_text(clause, vocabulary) for clause in policy.clauses]
    questions = [question_text(example.question, vocabulary) for example in asked]

    def found(embedder: Embedder) -> float:
        best = np.argsort(-(embedder.embed_documents(questions) @ embedder.embed_documents(texts).T), axis=1)[:, :8]
        return float(
            np.mean([any(ids[at] in example.needed[0] for at in row) for example, row in zip(asked, best, strict=True)])
        )

    assert found(real_embedder) > found(packaged_embedder) + 0.1


@pytest.fixture(scope="module")
def sentence_transformers() -> dict[str, Any]:
    """What load_embedder gives for the packaged model's folder; torch stays out of this process."""
    script = (
        "import json, sys, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "from pathlib import Path\n"
        "import index.embedding; index.embedding._CALL = 16\n"
        "from index.embedding import load_embedder\n"
        "from index.errors import EmbedderError\n"
        "folder, sentences = sys.argv[1], json.load(sys.stdin)\n"
        "embedder = load_embedder(folder, model_dir=Path('unused'))\n"
        "told = []\n"
        "vectors = embedder.embed_documents(sentences, progress=told.append)\n"
        "try:\n"
        "    load_embedder('no/such-model', model_dir=Path('unused'))\n"
        "except EmbedderError as error:\n"
        "    refused = str(error)\n"
        "i = embedder.identity\n"
        "print(json.dumps(dict(vectors=vectors.tolist(), query=embedder.embed_query(sentences[0]).tolist(),\n"
        "    identity=[i.name, i.dimension, i.checksum], again=i is embedder.identity, told=told, refused=refused,\n"
        "    max_tokens=embedder.max_tokens, tokens=embedder.count_tokens('word ' * 400))))\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(packaged_model_dir())],
        input=json.dumps(SENTENCES),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={"PATH": "", "HF_HUB_OFFLINE": "1"},
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return dict(json.loads(child.stdout.splitlines()[-1]))


@pytest.mark.integration
def test_weights_stored_as_int8_are_true_to_the_model(
    packaged_embedder: Embedder, sentence_transformers: dict[str, Any]
) -> None:
    theirs = np.array(sentence_transformers["vectors"])
    cosines = (packaged_embedder.embed_documents(SENTENCES) * theirs).sum(axis=1)
    assert len(cosines) == 30
    assert cosines.min() >= 0.995
    assert cosines.mean() >= 0.999


@pytest.mark.integration
def test_what_is_stored_as_int8_is_computed_in_fp32(packaged_embedder: Embedder) -> None:
    """Integer products differ from one kind of processor to the next, and so would answers."""
    import onnx

    assert packaged_embedder.identity.dimension == 384  # it is exported by now
    for path in (exported_model(MODELS), shipped_weights("embedder").path):
        assert path.stat().st_size < 30e6
        assert not {node.op_type for node in onnx.load(path).graph.node if "Integer" in node.op_type}


@pytest.mark.integration
def test_another_model_by_its_folder(sentence_transformers: dict[str, Any], real_embedder: Embedder) -> None:
    name, dimension, checksum = sentence_transformers["identity"]
    assert name == str(packaged_model_dir())
    assert (dimension, len(checksum)) == (384, 64)
    assert checksum != real_embedder.identity.checksum, "other vectors, so another identity"
    assert sentence_transformers["again"], "computed once"
    assert sentence_transformers["max_tokens"] == 256
    assert sentence_transformers["tokens"] == real_embedder.count_tokens("word " * 400) == 402
    np.testing.assert_allclose(sentence_transformers["query"], sentence_transformers["vectors"][0], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(sentence_transformers["vectors"], axis=1), 1, atol=1e-5)
    assert sentence_transformers["told"] == [16, 14]


@pytest.mark.integration
def test_a_model_that_cannot_be_had(sentence_transformers: dict[str, Any]) -> None:
    message = sentence_transformers["refused"]
    assert "'no/such-model' cannot be loaded" in message
    assert "set ASSISTANT_EMBEDDING_MODEL to the folder of a sentence-transformers model, or unset it" in message
    assert "\n" not in message
