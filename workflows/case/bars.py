"""What is known against a firm when its credit is asked: the flags of look-ups, and a bar that is in force."""

from storage import bars
from workflows.case.step import Look

BARRED = "barred"


def flags_of(look: Look) -> list[str]:
    """The credit flags of the case's firm on this day; a bar in force is one more."""
    in_force = any(bar.holds(look.today) for bar in bars.of_enterprises(look.session, [look.enterprise.id]))
    flags = list(look.enterprise.credit_flags)
    return [*flags, BARRED] if in_force and BARRED not in flags else flags
