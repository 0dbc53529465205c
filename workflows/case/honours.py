"""Article 4: whether the official list that covers an honour names the applicant. A list covers what its document is
cited for; of any other document an officer answers, by its number."""

from typing import Any

from storage import official_lists
from workflows.case.step import Look
from workflows.rules.matters import number_key


def on_official_list(look: Look, level: str | None, document_no: str | None) -> bool | None:
    """True or False where the imported list of this document is about this honour; None where none is, or where nobody
    has settled yet whether its line is this firm's."""
    honour, cited = look.facts.get("honour_type"), number_key(document_no)
    if not honour or not level or not cited:
        return None
    covered = official_lists.documents_naming(look.session, honour, level)
    if cited not in {number_key(each) for each in covered}:
        return None
    lines = official_lists.naming(look.session, honour, level, look.enterprise)
    states = [line.state for line in lines if number_key(line.facts.get("list_document_no")) == cited]
    if "matched" in states:
        return True
    return None if states else False


def known(look: Look) -> dict[str, Any]:
    """The answer to the document that was declared, under the name of the rule's fact; nothing where it is open."""
    found = on_official_list(look, look.facts.get("level"), look.facts.get("list_document_no"))
    return {} if found is None else {"on_official_list": found}
