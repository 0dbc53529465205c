"""The navigation of each role: what exists, in the words that officials use, and where signing in leads."""

from dataclasses import dataclass

from workflows.permissions import INVITED, OFFICE, READERS, Actor


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation; `roles` says for whom (None: everybody; empty: whoever is not signed in)."""

    label: str
    endpoint: str
    roles: frozenset[str] | None
    path: str


def _of(*roles: str) -> frozenset[str]:
    return frozenset(roles)


WORKERS = (OFFICE | INVITED) - {"expert"}
ENTRIES = (
    Entry("政策与申报通知", "public.home", _of(), "/"),
    Entry("我的申报", "applicant.home", _of("applicant"), "/my"),
    Entry("我要申报", "applicant.apply", _of("applicant"), "/apply"),
    Entry("消息与文书", "applicant.messages", _of("applicant"), "/messages"),
    Entry("工作台", "tasks.worklist", WORKERS, "/tasks"),
    Entry("我的评审", "tasks.worklist", _of("expert"), "/tasks"),
    Entry("申报件查询", "cases.search", OFFICE | _of("process_owner", "verifier", "co_department"), "/cases"),
    Entry("件档查询", "cases.search", _of("auditor"), "/cases"),
    Entry("批次管理", "batches.overview", OFFICE | READERS, "/batches"),
    Entry(
        "指标台账",
        "quotas.overview",
        READERS | _of("finance_officer", "finance_reviewer", "section_chief"),
        "/quotas",
    ),
    Entry("查重核对", "checks.overview", READERS | _of("case_officer", "section_chief"), "/checks"),
    Entry("公示管理", "publicity.overview", OFFICE | READERS, "/publicity"),
    Entry(
        "异议办理",
        "objections.overview",
        _of("discipline", "section_chief", "legal_officer", "auditor"),
        "/objections",
    ),
    Entry("名单导入", "official_lists.overview", READERS | _of("case_officer", "section_chief"), "/official-lists"),
    Entry(
        "历史支持台账",
        "historic_awards.overview",
        READERS | _of("case_officer", "section_chief", "legal_officer", "finance_officer"),
        "/historic-awards",
    ),
    Entry("流程设计", "workshop.home", READERS, "/workshop"),
    Entry("历史件推演", "rehearsals.overview", _of("process_owner"), "/workshop/rehearsals"),
    Entry("政策调整测算", "what_ifs.overview", _of("process_owner"), "/workshop/what-ifs"),
    Entry("政策口径", "process_owner.parameters", READERS | _of("section_chief", "case_officer"), "/parameters"),
    Entry("公示公告", "public.notices", _of("applicant", "expert", "verifier", "co_department"), "/notices"),
    Entry("公示公告", "public.notices", _of(), "/notices"),
    Entry("政策测算", "trial.choose", None, "/calculation"),
)


def menu_of(actor: Actor | None) -> list[Entry]:
    """The entries that this reader may open, each page once."""
    found = [entry for entry in ENTRIES if _shows(entry, actor)]
    return list({entry.endpoint: entry for entry in reversed(found)}.values())[::-1]


def _shows(entry: Entry, actor: Actor | None) -> bool:
    if entry.roles is None:
        return True
    if actor is None:
        return not entry.roles
    return actor.has(*entry.roles) if entry.roles else False


def first_page(actor: Actor) -> str:
    """The endpoint that signing in leads to."""
    menu = menu_of(actor)
    return menu[0].endpoint if menu[0].endpoint != "trial.choose" else "public.home"
