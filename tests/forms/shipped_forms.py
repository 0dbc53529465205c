"""The shipped forms, and a case to compute examples for."""

from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from workflows import forms
from workflows.codes.checklists import CHECKLISTS

FOLDER = Path(__file__).parents[2] / "bpmn" / "forms"
PARTS = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("parts/*.form"))}
SHIPPED = {path.stem: forms.load(path.read_bytes(), PARTS) for path in sorted(FOLDER.glob("*.form"))}

SCHEMES = tuple(CHECKLISTS)
ENTERPRISE = {
    "name": "北京潞测绿能装备制造有限公司（虚构）",
    "uscc": "91110112YYYY000121",
    "entity_type": "enterprise",
    "industry_code": "C3441",
    "registered_district": "110112",
    "legal_representative": "测试甲",
    "contact_phone": "10000000001",
    "bank_name": "虚构银行北京副中心测试支行",
    "bank_account": "99990000000000000001",
}


def context(task: str = "1f0c", reference: str = "TZ2026-0001", **facts: Any) -> forms.ExampleContext:
    """A task of a demo case on the first demo day."""
    return forms.ExampleContext(
        reference=reference,
        task_id=task,
        today=date(2026, 3, 2),
        date_from=date(2025, 1, 1),
        date_to=date(2026, 4, 15),
        facts=facts,
        enterprise=ENTERPRISE,
    )


def example_data(
    form: forms.Form, case: forms.ExampleContext, *, only_required: bool = False, **other: Any
) -> dict[str, Any]:
    """What a client knows how to fill that has read nothing but the schema: `then` adds what a choice asks for, and
    takes away what does not apply to it."""
    schema = forms.json_schema(form, examples=case)
    shown = schema["properties"]
    wanted = schema["required"] if only_required else shown
    data = {key: shown[key]["examples"][0] for key in wanted if "examples" in shown[key]} | other
    for rule in schema.get("allOf", []):
        if Draft202012Validator(rule["if"]).is_valid(data):
            narrowed = rule["then"].get("properties", {})
            for key in rule["then"].get("required", []):
                offered = narrowed.get(key, {}).get("examples") or shown[key]["examples"]
                data.setdefault(key, offered[0])
            for key, value in narrowed.items():
                if value is False and key not in other:
                    data.pop(key, None)
    return data


REFUSED = {
    "decision": "refuse",
    "reason_code": "FRAUD",
    "refusal_facts": "发票经查验为虚假（虚构）",
    "refusal_evidence": "发票查验平台查询结果",
    "heard_by": "hearing",
}
"""What an officer fills in who proposes a refusal."""
