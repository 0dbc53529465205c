"""What is wrong with a filled form, a sentence a field."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """`field` is the field's key, for a cell of a list `key-row-column` counted from 0 (the input's name on the page);
    empty when the submission as a whole is meant. `message` is one Chinese sentence."""

    field: str
    message: str


class Invalid(ValueError):
    """A submission that does not fit its form; `errors` in the form's order, at most one a field, never empty."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("；".join(error.message for error in errors[:3]))
        self.errors = errors
