"""The same thing once within an article: a case whose item another accepted case has cannot be accepted (单个项目).

What two articles would give for one matter is article 10's question, which is answered on the list.
"""

from collections.abc import Callable, Mapping

from storage import matters
from storage.locks import lock_name
from storage.questions import same_items
from storage.questions.same_items import Other
from workflows.case.step import Look
from workflows.rules.matters import INSTALMENT, INVOICE, instalment, number_key


def refusal(look: Look) -> str | None:
    """Why the case cannot be accepted: what it asks for is asked or granted already. None where it is not.

    Two that are accepted at once meet on the item's name, so that one of them sees the other.
    """
    ask = _BY_SCHEME.get(look.case.scheme)
    return ask(look) if ask is not None else None


def _on_matter(look: Look) -> list[Other]:
    if look.case.matter_id is None:
        return []
    lock_name(look.session, f"item:{look.case.matter_id}")
    return list(same_items.on_matter(look.session, look.case))


def _project(look: Look) -> str | None:
    """Articles 3 and 6: one case a project; a phase is a case of its own with its own invoices and acceptance."""
    others = _on_matter(look)
    if not others:
        return None
    shared = matters.sharing_cases(look.session, look.case.id)
    for case, _ in others:
        if any(kind == INVOICE for kind, _ in shared.get(case.id, ())):
            return f"本件的发票已由同一项目的申报件{case.reference}申报，单个项目的同一笔投资只计入一次，不能再予受理。"
    own = number_key(look.facts.get("acceptance_no"))
    for case, facts in others:
        if not own or number_key(facts.get("acceptance_no")) == own:
            return (
                f"该项目已由申报件{case.reference}申报，单个项目的同一内容只支持一次，不能再予受理。"
                "分期实施的，各期应当有各自的验收文件和发票，请先补正本期的验收文号。"
            )
    return None


def _instalment(look: Look) -> str | None:
    """Article 7: one case for each payment of the city to a project."""
    named = instalment(look.facts)
    if not named:
        return None
    lock_name(look.session, f"instalment:{named}")
    for case, _ in same_items.with_identifier(look.session, look.case, INSTALMENT, named):
        return (
            f"该市级项目的这一期资金（编号、文号、到账日期相同）已由申报件{case.reference}申报，"
            "单个项目的同一期资金只配套一次，不能再予受理。"
        )
    return None


def _cluster(look: Look) -> str | None:
    """Article 8: one case a cluster and year, the recognition being a year of its own."""
    asked = _year_of(look.facts)
    for case, facts in _on_matter(look):
        if _year_of(facts) == asked:
            return f"该产业集群的同一年度已由申报件{case.reference}申报，同一集群每年度只支持一次，不能再予受理。"
    return None


def _year_of(facts: Mapping[str, object]) -> tuple[object, object]:
    return facts.get("round"), facts.get("year_index")


def _event(look: Look) -> str | None:
    """Article 9: one case an event and payer."""
    for case, _ in _on_matter(look):
        if case.enterprise_id == look.case.enterprise_id:
            return f"该单位就同一活动已有申报件{case.reference}，每家出资单位就同一活动只支持一次，不能再予受理。"
    return None


_BY_SCHEME: Mapping[str, Callable[[Look], str | None]] = {
    "retrofit": _project,
    "renewable_energy": _project,
    "future_energy": _instalment,
    "industry_cluster": _cluster,
    "green_event": _event,
}
