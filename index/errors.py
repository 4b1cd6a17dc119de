"""The errors of the index: each message is one line that says how to mend it."""


class IndexStoreError(RuntimeError):
    """The index cannot be used or changed as things stand."""


class IndexNotBuiltError(IndexStoreError):
    """There is no index in the data directory yet."""


class IndexBusyError(IndexStoreError):
    """Another process is changing the index."""


class UnknownDocumentError(IndexStoreError):
    """No document of that id is in the index."""


class EmbedderError(RuntimeError):
    """The embedding model is missing, altered or unusable."""
