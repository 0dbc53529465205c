"""Names of enterprises, as they are compared: brackets, blanks and width are how they were typed."""

from workflows.typed.signs import without_blanks

_BRACKETS = str.maketrans("〔［【〈《[<", "(((((((", "") | str.maketrans("〕］】〉》]>", ")))))))", "")


def key(name: str) -> str:
    """What two writings of one name have in common."""
    return without_blanks(name).translate(_BRACKETS).casefold()


def same(one: str, other: str) -> bool:
    """Whether two texts are one name in two writings."""
    return key(one) == key(other) != ""
