"""Cases that are asked about together: what each brings to the list, and what others hold and took around them.

Nothing is locked or written here: who lists locks cases and accounts first, who only shows does not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from storage import batches, historic_awards, ledger, matter_choices
from storage.batches import ListRow, Resolution
from storage.database import Session
from storage.ledger import AccountYear, LedgerAccount
from storage.questions import ceilings, listings
from storage.questions.ceilings import Share
from workflows import rules
from workflows.case.cap_years import CapYears
from workflows.case.instalments import matched_outside
from workflows.case.listed_cases import Around, account_key, listed_case
from workflows.case.step import Look
from workflows.rules import listing
from workflows.rules.listing.connected import connected
from workflows.rules.money import ZERO, format_yuan

UNRESOLVED = ("resolved", "relisted")
"""Messages that cases wait for before the meeting has resolved them: its result, or that their list changes."""
UNDECIDED = (*UNRESOLVED, "reallocated", "recounted")
"""Those of all cases whose amount may still change, until the district's decision is entered."""
_ROLLING = {"approval_year": ("RESERVED",), "disbursement_year": ("RESERVED", "COMMITTED")}


@dataclass(frozen=True)
class Contest:
    """What the rules over several cases are asked, but for the order of those who ask."""

    listed: Sequence[listing.ListedCase]
    held: listing.Held
    taken: Sequence[listing.Taken]
    parameters: Mapping[str, Any]
    on: date

    def rows(self) -> dict[str, listing.Row]:
        """Steps 4–8 of domain.md 2.1 for all cases together, by reference."""
        return listing.propose(self.listed, self.held, self.taken, self.parameters, self.on)

    def chosen(self, choice: Mapping[str, listing.Choice]) -> "Contest":
        """The same, had the enterprises chosen so."""
        return replace(self, listed=[replace(each, choice=choice.get(each.case, "")) for each in self.listed])


class Gathering:
    """The looks of one batch that are worked out together, each with the years in which it counts."""

    def __init__(self, session: Session, looks: Sequence[tuple[Look, CapYears, Decimal | None]]) -> None:
        self._session = session
        self._looks = [look for look, _, _ in looks]
        self._holders = listings.holders(
            session, {look.case.matter_id or 0 for look in self._looks}, [look.case.id for look in self._looks]
        )
        asking = [look.case.id for look in self._looks]
        granted = granted_by_item(self._holders)
        matched = matched_outside(session, self._looks)
        paid = ledger.paid_holdings(session, asking)
        elsewhere = historic_awards.paid_elsewhere(session, {look.case.matter_id or 0 for look in self._looks})
        self.listed = [
            listed_case(
                look,
                Around(
                    years,
                    granted_same_item=granted[look.case.matter_id or 0, look.case.scheme],
                    matched_before=matched.get(look.case.reference, ZERO),
                    paid_elsewhere=elsewhere.get(look.case.matter_id or 0, ZERO),
                    at_most=at_most,
                    paid=paid[look.case.id].amount if look.case.id in paid else ZERO,
                ),
            )
            for look, years, at_most in looks
        ]

    @property
    def accounts(self) -> set[AccountYear]:
        """The accounts in which these cases ask, by USCC and year; of article 6 also the one of its own year."""
        asking = [each for each in self.listed if not each.recognition]
        own = {(each.uscc, each.entity_year) for each in asking if each.scheme == listing.RENEWABLE}
        return {(each.account, each.year) for each in asking} | own

    def contest(self, accounts: Mapping[AccountYear, LedgerAccount]) -> Contest:
        """All that the rules need. What others hold is read now: whoever enters something has locked the accounts."""
        first = self._looks[0]
        contest = Contest(
            listed=self.listed,
            held=listing.Held(self._annual(accounts, first), self._renewable(first)),
            taken=taken_by_others(self._session, self._holders, {each.matter for each in self.listed}),
            parameters=first.parameters,
            on=first.today,
        )
        return contest.chosen(self._choices(first.batch.id))

    def _choices(self, batch_id: int) -> Mapping[str, listing.Choice]:
        """What the enterprises of these cases chose in this batch, by reference."""
        enterprises = {look.enterprise.id for look in self._looks}
        choice: dict[str, listing.Choice] = {}
        for each in matter_choices.in_force(self._session, batch_id, enterprises):
            choice |= {reference: "first" if reference in each.kept else "after" for reference in each.over}
        return choice

    def _annual(self, accounts: Mapping[AccountYear, LedgerAccount], look: Look) -> Mapping[AccountYear, Decimal]:
        """What cases outside this list hold of article 10's ceilings, as the parameters read it."""
        keys = {account.id: key for key, account in accounts.items()}
        entries = ledger.held_by_case(self._session, keys)
        this_year = {key for key in keys.values() if key[1] == look.today.year}
        behind = ceilings.left_behind(self._session, {uscc for uscc, _ in this_year}, look.today.year)
        mine = {each.case.id for each in self._looks}
        others = [
            *((keys[id_], case_id, amount) for id_, held in entries.items() for case_id, amount in held.items()),
            *self._overdue(behind, look.today.year),
        ]
        return counted_yuan(self._session, [each for each in others if each[1] not in mine], look.parameters)

    def _overdue(self, shares: Sequence[Share], year: int) -> list[tuple[AccountYear, int, Decimal]]:
        """What earlier years still hold and this year will, for others who were first to reserve: it is theirs."""
        rolling = undecided(shares)
        own = ceilings.first_entry(self._session, [look.case.id for look in self._looks]) if rolling else None
        return [((each.key[0], year), each.case_id, each.amount) for each in rolling if own is None or each.since < own]

    def _renewable(self, look: Look) -> Mapping[AccountYear, Decimal]:
        """What cases outside this list hold of article 6's ceilings."""
        asking = {(each.uscc, each.entity_year) for each in self.listed if each.scheme == listing.RENEWABLE}
        if not asking:
            return {}
        until = max(year for _, year in asking)
        found = ceilings.of_article_6(self._session, {uscc for uscc, _ in asking}, until)
        now = [(each.key, each.case_id, each.amount) for each in found]
        behind = self._overdue([each for each in found if each.key[1] < look.today.year], look.today.year)
        mine = {each.case.id for each in self._looks}
        held: dict[AccountYear, Decimal] = defaultdict(lambda: ZERO)
        for key, case_id, amount in (*now, *behind):
            if key in asking and case_id not in mine:
                held[key] += amount
        return held


def set_by_meeting(session: Session, batch_id: int) -> set[int]:
    """Ids of the cases whose amount the meeting set itself since they were last listed: lists leave them alone."""
    rows = {row.case_id: row for row in batches.latest_rows(session, batch_id)}
    return {
        case_id
        for case_id, (decision, resolution) in batches.latest_decisions(session, batch_id).items()
        if decision.result == "adjust" and (case_id not in rows or decided_since(rows[case_id], resolution))
    }


def decided_since(row: ListRow, resolution: Resolution) -> bool:
    """Whether this meeting saw this row of the list, and not an earlier one."""
    return resolution.recorded_at >= row.fixed_at


def undecided(shares: Iterable[Share]) -> list[Share]:
    """Those that will count in the year of a decision, or payment, which is still to come."""
    return [each for each in shares if each.state in _ROLLING.get(each.basis, ())]


def together(found: Iterable[listings.Contender], parameters: Mapping[str, Any], seeds: Collection[int]) -> set[int]:
    """Ids of the cases that hang together with the seeds: through an account, a firm, a matter or a city project."""
    links = {
        each.case_id: (
            ("account", account_key(each.uscc, each.group_uscc, parameters)),
            ("uscc", each.uscc),
            ("matter", each.matter_id),
            ("city project", each.city_project or each.case_id),
        )
        for each in found
    }
    return connected(links, seeds)


def counted_yuan(
    session: Session, others: Sequence[tuple[AccountYear, int, Decimal]], parameters: Mapping[str, Any]
) -> Mapping[AccountYear, Decimal]:
    """Yuan that cases hold by account and year, of those that article 10 counts as the parameters read it."""
    known = listings.beneficiaries(session, {case_id for _, case_id, _ in others}) if others else {}
    held: dict[AccountYear, Decimal] = defaultdict(lambda: ZERO)
    for key, case_id, amount in others:
        whose = known[case_id]
        if listing.counts_in_annual_cap(whose.scheme, whose.entity_type == "enterprise", parameters):
            held[key] += amount
    return held


def granted_by_item(holders: Iterable[listings.Holder]) -> Mapping[tuple[int, str], Decimal]:
    """Yuan that others than those who ask hold on the same item, by matter and scheme, without what came back."""
    granted: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for holder in holders:
        granted[holder.matter_id, holder.scheme] += holder.held
    return granted


def taken_by_others(
    session: Session, holders: Iterable[listings.Holder], matters: Collection[int]
) -> list[listing.Taken]:
    """What others have on these matters: cases here, historic awards, cases still under the repealed rules (M17)."""
    taken = [
        listing.Taken(each.matter_id, each.scheme, f"已由申报件{each.reference}支持", each.amount, case=each.reference)
        for each in holders
    ]
    for award in historic_awards.of_matters(session, matters):
        pending = award.policy == "old" and award.decided_on is None and award.accepted_on is not None
        title = rules.SCHEMES[award.scheme].TITLE
        if pending:
            what = f"已按原办法受理{title}，尚未审定"
            taken.append(listing.Taken(award.matter_id, award.scheme, what, award.precap_amount, pending_old_rule=True))
        elif award.paid_amount:
            what = f"已于{award.decided_on}获{title}支持{format_yuan(award.paid_amount)}元"
            taken.append(listing.Taken(award.matter_id, award.scheme, what, award.paid_amount))
    return taken
