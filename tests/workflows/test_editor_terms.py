"""What the diagram editor offers: read from the files of a draft, in the words of officials."""

from __future__ import annotations

import pytest

from server.settings import CHECKOUT
from workflows.case import operations
from workflows.engine.document import read_document
from workflows.engine.model import read_processes
from workflows.workshop import editor_terms
from workflows.workshop.bundling import read_library

LIBRARY = read_library(CHECKOUT / "bpmn")


def _values(offered: list[dict[str, str]]) -> list[str]:
    return [each["value"] for each in offered]


def test_a_type_is_offered_its_own_forms_under_the_names_that_hold_for_every_type() -> None:
    terms = editor_terms.terms_of(LIBRARY, "retrofit")
    forms = {each["key"]: each for each in terms["forms"]}
    assert forms["{scheme}_review"]["file"] == "retrofit_review"
    assert _values(forms["{scheme}_review"]["decisions"]) == ["pass", "return", "refuse"]
    assert "site_inspection" in forms
    assert not [key for key in forms if key.startswith(("retrofit_", "green_event_"))]
    assert terms["main"] is True
    assert [each["key"] for each in terms["users"]] == ["retrofit"]


def test_a_called_process_is_offered_the_forms_that_every_caller_has() -> None:
    callers = {each["key"] for each in editor_terms.terms_of(LIBRARY, "expert_review")["users"]}
    assert {"retrofit", "green_event"} <= callers
    assert "carbon_trading" not in callers
    forms = {each["key"] for each in editor_terms.terms_of(LIBRARY, "expert_review")["forms"]}
    assert "{scheme}_score" in forms
    assert "{scheme}_score" not in {each["key"] for each in editor_terms.terms_of(LIBRARY, "intake")["forms"]}


def test_what_the_called_diagrams_set_can_be_asked_for_with_its_words() -> None:
    variables = {each["name"]: each for each in editor_terms.terms_of(LIBRARY, "retrofit")["variables"]}
    assert "not_accept" in _values(variables["formality_check"]["values"])
    assert variables["publicity_ends_at"]["gives"] == "instant"
    assert variables["panel"]["gives"] == "people"
    assert _values(variables["expert_result"]["values"]) == ["pass", "fail"]
    assert "substantive_review" not in variables  # its own diagram sets it: the editor sees that itself
    assert "score_application" not in variables  # the children of a multi-instance set none


def test_no_process_is_offered_that_would_lead_back_to_itself() -> None:
    called = LIBRARY | {"shared/recheck.bpmn": LIBRARY["shared/publicity.bpmn"].replace(b'"publicity"', b'"recheck"')}
    looping = called["shared/recheck.bpmn"].replace(
        b"<bpmn:endEvent", b'<bpmn:callActivity id="again" calledElement="intake" /><bpmn:endEvent', 1
    )
    offered = editor_terms.terms_of({**LIBRARY, "shared/recheck.bpmn": looping}, "intake")["processes"]
    keys = {each["key"] for each in offered}
    assert "recheck" not in keys
    assert "publicity" in keys
    assert "intake" not in keys
    assert "retrofit" not in keys


def test_only_what_is_surely_set_in_every_type_is_called_sure() -> None:
    scope = editor_terms.scope_of(LIBRARY, "retrofit")
    assert "formality_check" in scope["intake_outcome"]
    assert "substantive_review" not in scope["intake_outcome"]
    assert "substantive_review" in scope["review_outcome"]
    # Most types pass a substantive review before the publicity, and those that do not decide.
    callers = [each["key"] for each in editor_terms.terms_of(LIBRARY, "publicity")["users"]]
    assert len(callers) == 10
    assert set(editor_terms.scope_of(LIBRARY, "publicity")["start"]) >= {"resolved", "recheck_result"}


def test_files_that_cannot_be_read_offer_nothing() -> None:
    broken = {**LIBRARY, "forms/recheck.form": b"{", "shared/intake.bpmn": b"<not-xml"}
    terms = editor_terms.terms_of(broken, "retrofit")
    assert "recheck" not in {each["key"] for each in terms["forms"]}
    assert "intake" not in {each["key"] for each in terms["processes"]}


@pytest.mark.parametrize("name", sorted(operations.REGISTRY))
def test_every_operation_says_what_it_does_and_what_it_answers(name: str) -> None:
    operation = operations.REGISTRY[name]
    assert operation.help.endswith("。")
    assert (operation.gives == "word") == bool(operation.results)
    assert all(operation.parameters.values())


def test_the_words_that_operations_answer_are_those_that_the_shipped_diagrams_ask_for() -> None:
    for path, content in LIBRARY.items():
        if not path.endswith(".bpmn"):
            continue
        for process in read_processes(path, read_document(content)):
            for element in process.elements.values():
                if element.result and element.operation:
                    assert operations.REGISTRY[element.operation].gives != "nothing", element.id


def test_the_periods_are_the_values_counted_in_working_days() -> None:
    periods = {each["id"]: each for each in editor_terms.terms_of(LIBRARY, "retrofit")["periods"]}
    assert periods["proc.formality_days"]["value"] == "5个工作日"
    assert "proc.max_supplements" not in periods


def test_a_summary_is_offered_the_tasks_that_it_may_sum_up() -> None:
    offered = {each["name"]: each for each in editor_terms.terms_of(LIBRARY, "recheck")["operations"]}
    (parameter,) = offered["settle_recheck"]["parameters"]
    assert (parameter["name"], parameter["kind"]) == ("tasks", "tasks")


def test_only_what_is_not_core_can_be_waived_and_only_in_a_type() -> None:
    offered = _values(editor_terms.terms_of(LIBRARY, "retrofit")["waivable"])
    assert {"duplicates", "recheck", "publicity"} <= set(offered)
    assert not {"approval", "calculation", "confirmation", "refusal"} & set(offered)
    assert "confirmation" in _values(editor_terms.terms_of(LIBRARY, "carbon_trading")["waivable"])
    assert editor_terms.terms_of(LIBRARY, "recheck")["waivable"] == []
