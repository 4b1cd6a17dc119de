"""Documents in, clauses out. Read in this order: readers, outline, clauses, tags, identifiers, register, library."""

from corpus.errors import CorpusError
from corpus.models import Authority, Block, BlockKind, Clause, ClauseKind, Document, Edition, Modality, Stage

__all__ = [
    "Authority",
    "Block",
    "BlockKind",
    "Clause",
    "ClauseKind",
    "CorpusError",
    "Document",
    "Edition",
    "Modality",
    "Stage",
]
