"""Who is who and who may see what; deny by default (design.md, "who sees what")."""

from dataclasses import dataclass, replace

from storage.cases import Reach, Scope
from workflows.errors import Forbidden

ROLES = {
    "applicant": "申报单位经办人",
    "acceptance_clerk": "受理岗",
    "case_officer": "业务科室经办人",
    "section_chief": "科室负责人",
    "deputy_leader": "分管局领导",
    "legal_officer": "法制审核岗",
    "finance_officer": "财务审核岗",
    "finance_reviewer": "财务复核岗",
    "meeting_secretary": "会务岗（局办公室）",
    "district_approver": "区政府审定登记岗",
    "verifier": "第三方审核机构",
    "expert": "评审专家",
    "review_organizer": "评审组织岗",
    "co_department": "联审部门",
    "discipline": "派驻纪检监察组（监督岗）",
    "auditor": "审计查阅岗（只读）",
    "archivist": "档案管理员",
    "process_owner": "流程与口径负责人",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}

# The bureau's own posts handle every case; the others see only what they were given.
OFFICE = frozenset(
    {
        "acceptance_clerk",
        "case_officer",
        "section_chief",
        "deputy_leader",
        "legal_officer",
        "finance_officer",
        "finance_reviewer",
        "meeting_secretary",
        "district_approver",
        "review_organizer",
        "discipline",
        "archivist",
    }
)
READERS = frozenset({"auditor", "process_owner"})
INVITED = frozenset({"verifier", "expert", "co_department"})
STAFF = OFFICE | READERS | INVITED


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a signed-in person, or the system itself (`SYSTEM`).

    `acting` is the one of his posts in which a person with several acts now, `address` where the request came from.
    """

    id: int
    username: str
    display_name: str
    roles: frozenset[str]
    enterprise_id: int | None = None
    uscc: str | None = None
    acting: str | None = None
    address: str | None = None

    @property
    def role(self) -> str | None:
        """The post that stands on record beside the name; of several the first in the office's order."""
        return self.acting or next((role for role in ROLES if role in self.roles), None)

    def in_role(self, *roles: str) -> "Actor":
        """The same person in the first of these posts that is his; unchanged when none is."""
        found = next((role for role in roles if role in self.roles), None)
        return self if found is None or found == self.acting else replace(self, acting=found)

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_applicant(self) -> bool:
        return "applicant" in self.roles

    @property
    def sees_names(self) -> bool:
        """Applicants never see the names of officers or experts of their case (corrections.md)."""
        return self.has(*STAFF)

    @property
    def reads_office(self) -> bool:
        """The office and its readers; invited outsiders read the file, not the office's own course."""
        return self.has(*OFFICE, *READERS)

    @property
    def sees_personal_data(self) -> bool:
        """Identity and account numbers are shown to the posts that work with them, masked for all others."""
        return self.has(*OFFICE) or self.is_applicant


SYSTEM = Actor(0, "system", "系统", frozenset())
PUBLIC = Actor(0, "public", "社会公众", frozenset())


def scope_of(actor: Actor) -> Scope:
    """Which cases an actor may know of."""
    if actor.has(*OFFICE, *READERS):
        return Scope(Reach.ALL)
    if actor.is_applicant and actor.enterprise_id is not None:
        return Scope(Reach.ENTERPRISE, enterprise_id=actor.enterprise_id)
    if actor.has(*INVITED):
        return Scope(Reach.TASKS, username=actor.username, roles=tuple(sorted(actor.roles & INVITED)))
    return Scope(Reach.NONE)


def require(actor: Actor, *roles: str) -> Actor:
    """The actor in the first of these posts that is his. Raises Forbidden when none is."""
    if not actor.has(*roles):
        names = "、".join(ROLES[role] for role in roles)
        raise Forbidden(f"此项操作由{names}办理。")
    return actor.in_role(*roles)
