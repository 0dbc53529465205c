"""Lists as files, for the journeys that import them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from tests.api_calls import Api
from tests.sheets.workbooks import workbook

HONOURS = ("企业名称", "统一社会信用代码", "荣誉类型", "级别", "认定日期", "文号")
E01, E02, E03 = "91110112YYYY000121", "91110112YYYY00020U", "91110112YYYY00039Q"


def honour(name: str, uscc: str | None = None, level: str = "市级", kind: str = "绿色工厂") -> list[Any]:
    """One line of a list of honours."""
    return [name, uscc, kind, level, "2026-01-15", None]


def send(api: Api, path: str, rows: Sequence[Sequence[Any]], **fields: str) -> Any:
    """Post rows as a workbook."""
    return send_file(api, path, workbook(rows), "名单.xlsx", **fields)


def send_file(api: Api, path: str, content: bytes, name: str, **fields: str) -> Any:
    """Post a file with the fields of its form."""
    return api.post(path, files={**fields, "file": (io.BytesIO(content), name)})


def refusals(report: Mapping[str, Any]) -> dict[int, str]:
    """The refused rows of a report: number → all reasons in one line."""
    return {each["row"]: " ".join(each["errors"]) for each in report["refused"]}
