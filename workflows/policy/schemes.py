"""The subsidy types as everybody may ask about them: what each pays for, and a reference calculation (试算)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from storage.database import Session
from workflows import rules, views
from workflows.case.step import local_date
from workflows.codes.checklists import CHECKLISTS
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.policy.parameters import in_force, still_open, values_on
from workflows.rules import parameters as law

REFERENCE_ONLY = "参考测算、口径待明确、不作为兑现承诺"


def list_schemes(session: Session, now: datetime) -> list[dict[str, Any]]:
    """The subsidy types with their article, the facts that a calculation asks for, and what nobody has confirmed."""
    confirmed = in_force(session, local_date(now))
    return [
        {
            "key": module.KEY,
            "clause": module.CLAUSE,
            "article": module.ARTICLE,
            "text": module.TEXT,
            "title": module.TITLE,
            "facts": [_asked(fact) for fact in module.FACTS],
            "documents": documents_of(module.KEY),
            "unconfirmed": [each.id for each in still_open(law.required_for([module.KEY]), confirmed)],
        }
        for module in rules.SCHEMES.values()
    ]


def _asked(fact: rules.Fact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "label": fact.label,
        "kind": fact.kind,
        "choices": dict(fact.choices),
        "required": fact.default is None and not fact.optional,
        "optional": fact.optional,
    }


def documents_of(scheme: str) -> list[dict[str, Any]]:
    """What an application of this scheme hands in; a document that is not required is asked for where it applies."""
    return [
        {"code": item.code, "name": item.name, "required": item.required, "hint": item.hint}
        for item in CHECKLISTS[scheme]
    ]


def calculate(
    session: Session,
    scheme: str,
    *,
    facts: Mapping[str, Any],
    on: date | None,
    overrides: dict[str, str],
    now: datetime,
) -> dict[str, Any]:
    """A reference calculation for anybody: what the rule gives, why, which values nobody has confirmed, which
    documents an application needs.

    Raises NotFound, Invalid naming the facts or overrides that are wrong, Conflict where a value has to be chosen.
    """
    module = rules.SCHEMES.get(scheme)
    if module is None:
        raise NotFound("没有这一支持事项。")
    day = on or local_date(now)
    values, open_ids = values_on(session, day, overrides)
    unknown = [name for name in facts if name not in {fact.name for fact in module.FACTS}]
    if unknown:
        raise Invalid(
            "测算数据有误，请按提示修改。", errors=[FieldError(f"facts.{unknown[0][:60]}", "没有这一项测算数据。")]
        )
    try:
        result, assumed = determine_cautiously(scheme, facts, values, day)
    except rules.FactInvalid as wrong:
        errors = [FieldError(each.field, f"{each.message}。") for each in wrong.errors]
        raise Invalid("测算数据有误，请按提示修改。", errors=errors) from None
    except law.ParameterMissing as missing:
        raise Conflict(f"{missing}。") from None
    kept = result.as_dict()
    return {
        "scheme": scheme,
        "reference_only": REFERENCE_ONLY,
        "eligible": result.eligible,
        "computed_amount": views.amount(result.computed_amount),
        "item_amount": views.amount(result.item_amount),
        "precap_amount": views.amount(result.precap_amount),
        "conditions": kept["conditions"],
        "steps": kept["steps"],
        "facts": kept["facts"],
        "parameters": kept["parameters"],
        "unconfirmed": [key for key in open_ids if key in module.PARAMETERS],
        "assumed": assumed,
        "documents": documents_of(scheme),
    }


def determine_cautiously(
    scheme: str, facts: Mapping[str, object], values: Mapping[str, object], on: date
) -> tuple[rules.Determination, list[dict[str, str]]]:
    """The determination, and the contested readings that it had to assume.

    A contested reading ships without a value. Until the owners choose, a reference calculation promises no more than
    the least favourable reading that these facts allow, and names it. Raises FactInvalid, or ParameterMissing where
    there are no readings to try.
    """
    try:
        return rules.determine(scheme, facts, values, on), []
    except law.ParameterMissing as missing:
        parameter, found = law.catalog()[missing.id], []
        for code in parameter.choices:
            try:
                found.append((rules.determine(scheme, facts, {**values, parameter.id: code}, on), code))
            except rules.FactInvalid:
                continue  # this reading needs a fact that was not stated
        if not found:
            raise
        result, code = min(found, key=lambda each: each[0].precap_amount)
        return result, [{"id": parameter.id, "label": parameter.label, "value": code, "shown": parameter.show(code)}]
