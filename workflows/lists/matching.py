"""Whose line it is: by 统一社会信用代码 and a name that agrees with it; everything else is settled by an officer."""

import re
from dataclasses import dataclass, field

from storage import people
from storage.database import Session
from workflows.rules.matters import normal

MATCHED, TO_CONFIRM, UNMATCHED, DISMISSED = "matched", "to_confirm", "unmatched", "dismissed"
STATES = {MATCHED: "已匹配", TO_CONFIRM: "待确认", UNMATCHED: "未匹配", DISMISSED: "已排除"}
# What stands in brackets at the end of a name, as a branch or a remark does.
_REMARK = re.compile(r"[（(][^（()）]*[)）]\s*$")

_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(slots=True)
class Register:
    """The registered enterprises, to be looked up by code and by name."""

    by_uscc: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, set[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session) -> "Register":
        register = cls()
        for enterprise_id, uscc, name in people.every_name(session):
            register.by_uscc[uscc], register.names[enterprise_id] = enterprise_id, name
            for key in _keys(name):
                register.by_name.setdefault(key, set()).add(enterprise_id)
        return register

    def match(self, name: str, uscc: str | None) -> tuple[str, int | None]:
        """The state of a line and its enterprise.

        A code and the name of the same enterprise decide. A code beside another's name proposes only: one of the two is
        wrong, as where a column slipped by a row. So does a name that only one enterprise bears.
        """
        if uscc is not None and uscc in self.by_uscc:
            enterprise_id = self.by_uscc[uscc]
            return (MATCHED if enterprise_id in self.bearing(name) else TO_CONFIRM), enterprise_id
        found = self.bearing(name)
        return (TO_CONFIRM, found.pop()) if len(found) == 1 else (UNMATCHED, None)

    def bearing(self, name: str) -> set[int]:
        """The enterprises that bear this name."""
        return set[int]().union(*(self.by_name.get(key, ()) for key in _keys(name)))

    def contradiction(self, name: str | None, uscc: str) -> str | None:
        """What is wrong where a name does not belong to the code beside it, as far as the register knows; else None.

        A text without a Chinese character is no enterprise's name (企业名称登记管理规定 第六条) and is not judged.
        """
        if not name or not _CHINESE.search(name):
            return None
        bearing, owner = self.bearing(name), self.by_uscc.get(uscc)
        if owner is not None and owner not in bearing:
            return f"与该统一社会信用代码登记的“{self.names[owner]}”不一致，请核对代码和名称；更名前的名称请写入备注"
        if owner is None and bearing:
            return "是另一统一社会信用代码的登记单位，请核对代码和名称"
        return None


def _keys(name: str) -> set[str]:
    """A name without punctuation, width and case, with and without a remark in brackets at its end."""
    return {key for key in (normal(name), normal(_REMARK.sub("", name))) if key}


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in nothing but punctuation or a remark at the end."""
    return not _keys(one).isdisjoint(_keys(other))
