"""The errors of the corpus: each message is one line that says how to mend it."""


class CorpusError(ValueError):
    """A document, tag line or register entry that cannot be used as it stands."""
