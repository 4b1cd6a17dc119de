"""The errors of the assistant: each message is one line that says how to mend it."""


class SettingsError(ValueError):
    """A setting that cannot be used."""


class BadQuestionError(ValueError):
    """A question that cannot be read as one."""


class FeedbackError(ValueError):
    """Feedback that cannot be stored or read."""


class ServeError(RuntimeError):
    """The server cannot start as asked."""
