"""The root of errors that a person may read: a rule of the domain said no, and why."""


class DomainError(Exception):
    """A rule refused an act. The text is a sentence for the person: what is not allowed, and what would be right.

    `field` names the form field at fault, where there is one. `alarm` is the kind of security event that a refusal is.
    """

    alarm = ""

    default = "This is not allowed."

    def __init__(self, message: str = "", *, field: str | None = None):
        super().__init__(message or self.default)
        self.field = field
