"""查重: what a case has in common with others stops the pair until an officer concluded and the chief confirmed.

What is found later stops the other one too, wherever it is on its way: each act by which money is given asks for the
checks that stand (`proceeding`). On one that is paid already it stands as a clue.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from storage import case_checks, cases, matters
from storage.case_checks import CaseCheck, CheckConclusion
from storage.cases import Case
from storage.locks import lock_names
from storage.questions import duplicates as found
from workflows.case.step import Look, Step
from workflows.rules import duplicates as law
from workflows.rules import matters as marks_of

WORKING_DAYS = 5
"""Within which a check is to be concluded, and a firm may speak on what holds its case."""
AT_ONCE = 200
"""Pairs that one search opens; where a mark is shared by more, the next search finds them."""


@dataclass(frozen=True)
class Taken:
    """What confirmed conclusions take from a case."""

    amount: Decimal
    """Yuan of its invoices that others have, or that do not count."""
    marks: frozenset[law.Mark]
    """What other than an invoice does not count for it."""


def search(step: Step) -> bool:
    """State anew what the case is recognised by, open a check for each new hit; whether anything stops the case now."""
    _state(step)
    hits = _hits(step)
    for other, pairs in _new(hits, case_checks.of_case(step.session, step.case.id)).items():
        step.session.add(check := _check(step, other, pairs))
        step.session.flush()
        step.record("check_opened", str(check.id), [{"field": "marks", "old": None, "new": check.why}])
    return bool(case_checks.standing(step.session, [step.case.id]))


def search_anew(step: Step, *, fell: bool) -> None:
    """Search again for a case that begins anew, wherever that is; `fell`: it had ended without an award.

    What was concluded for the sake of such a case was lifted with it, and the other one may count in full by now: the
    pair is looked at again, as is a hit that settled because one side fell.
    """
    if fell:
        for check, made in case_checks.confirmed(step.session, [step.case.id]):
            if made.result in ("shared", "excluded") and check.settled_because is None:
                check.settled_because = f"申报件{step.case.reference}重新办理，原结论不再适用，另行登记线索核对。"
                check.outlived = False
                told = [{"field": "reason", "old": None, "new": check.settled_because}]
                step.record("check_settled", str(check.id), told)
        step.session.flush()
    search(step)


@dataclass(frozen=True)
class _Other:
    """Who is on the other side: a case, or an award of before."""

    case_id: int | None
    award_id: int | None


def _state(step: Step) -> None:
    now = set(marks_of.identifiers(step.facts))
    if now != matters.identifiers_of(step.session, step.case.id):
        matters.replace_identifiers(step.session, step.case.id, now)
        step.session.flush()


def _hits(step: Step) -> dict[_Other, set[law.Mark]]:
    """What is in common with whom, by the law's word on each mark."""
    session, case = step.session, step.case
    hits: dict[_Other, set[law.Mark]] = {}
    for other, pairs in found.cases_with_marks_of(session, case, law.HARD).values():
        how = _relation(case, other)
        if hard := {pair for pair in pairs if law.stops(pair[0], how)}:
            hits[_Other(other.id, None)] = hard
    own = set(marks_of.identifiers(step.facts))
    # Whose project has no number either was found to be the same one by an officer, who saw the award then.
    if project := {pair for pair in own if pair[0] in (marks_of.FILING, marks_of.CITY_PROJECT)}:
        for award in found.awards_of_other_firms(session, case):
            hits[_Other(None, award.id)] = project
    certificates = [value for kind, value in own if kind == marks_of.CERTIFICATE]
    for award in found.awards_with_certificates(session, case, certificates):
        pair = (marks_of.CERTIFICATE, str(award.certificate_key))
        hits.setdefault(_Other(None, award.id), set()).add(pair)
    # Two that search at once meet on the names of their pairs, so that a pair is opened once.
    pairs_of_cases = [sorted((case.id, each.case_id)) for each in hits if each.case_id is not None]
    lock_names(session, [f"pair:{first}:{second}" for first, second in pairs_of_cases])
    return hits


def _relation(case: Case, other: Case) -> law.Relation:
    return law.Relation(
        same_firm=other.enterprise_id == case.enterprise_id,
        same_scheme=other.scheme == case.scheme,
        same_matter=case.matter_id is not None and other.matter_id == case.matter_id,
    )


def _new(hits: Mapping[_Other, set[law.Mark]], known: Sequence[CaseCheck]) -> dict[_Other, set[law.Mark]]:
    """The hits that no check has looked at: a mark that was concluded on once is not asked about again.

    What settled without a conclusion that still holds was looked at by nobody.
    """
    seen: dict[_Other, set[law.Mark]] = {}
    for check in known:
        if check.settled_because is not None:
            continue
        sides = (check.case_id, check.other_case_id) if check.award_id is None else (None,)
        for case_id in sides:
            seen.setdefault(_Other(case_id, check.award_id), set()).update(check.pairs)
    fresh = {other: pairs - seen.get(other, set()) for other, pairs in hits.items()}
    return dict([(other, pairs) for other, pairs in fresh.items() if pairs][:AT_ONCE])


def _check(step: Step, other: _Other, pairs: Iterable[law.Mark]) -> CaseCheck:
    listed = [{"kind": kind, "value": value} for kind, value in sorted(pairs)]
    cause = step.origin
    return CaseCheck(
        case_id=step.case.id,
        other_case_id=other.case_id,
        award_id=other.award_id,
        kind=case_checks.DUPLICATE,
        marks=listed,
        why=said(listed),
        state=case_checks.OPEN,
        opened_at=step.now,
        cause_chain=cause.chain,
        cause_seq=cause.seq,
        due_on=step.last_day(WORKING_DAYS, step.today),
    )


def said(marks: Sequence[Mapping[str, str]]) -> str:
    """The marks in words; an account is not spelt out."""
    words = []
    for kind in dict.fromkeys(each["kind"] for each in marks):
        values = [each["value"] for each in marks if each["kind"] == kind and kind != marks_of.PAYEE]
        more = f"等{len(values)}项" if len(values) > 3 else ""
        words.append(f"{marks_of.KINDS[kind]}相同" + ("：" + "、".join(values[:3]) + more if values else ""))
    return "；".join(words)


def taken(look: Look) -> Taken:
    """What the confirmed conclusions of this case leave out of its figures (分摊、剔除)."""
    rows = _live(look, case_checks.around(look.session, [look.case.id]))
    _, marks = _excluded(rows)
    own = invoice_amounts(look.facts)
    left = sum((own[each] - counts for each, counts in _counted(look, own, rows).items()), Decimal(0))
    return Taken(left, frozenset(marks.get(look.case.id, ())))


def counted(look: Look, of: Iterable[str]) -> Decimal:
    """Yuan that a case counts of these invoices under the confirmed conclusions."""
    own = invoice_amounts(look.facts)
    counts = _counted(look, own, _live(look, case_checks.around(look.session, [look.case.id])))
    return sum((counts.get(each, Decimal(0)) for each in of), Decimal(0))


def _live(look: Look, rows: Sequence[tuple[CaseCheck, CheckConclusion]]) -> Sequence[tuple[CaseCheck, CheckConclusion]]:
    """The conclusions between cases that are under way or were granted: nothing is taken for the sake of the others."""
    sides = {each for check, _ in rows for each in (check.case_id, check.other_case_id) if each is not None}
    gone = cases.fallen_away(look.session, sides) - {look.case.id} if sides else set()
    return [row for row in rows if not gone.intersection((row[0].case_id, row[0].other_case_id))]


def _counted(
    look: Look, own: Mapping[str, Decimal], rows: Sequence[tuple[CaseCheck, CheckConclusion]]
) -> dict[str, Decimal]:
    """Yuan that a case counts of each of its invoices, however many claim one."""
    mine = look.case.id
    out, _ = _excluded(rows)
    stated = {**_stated(look, rows), mine: own}
    sharings = [_sharing(check, made) for check, made in rows if made.result == "shared"]
    shares: Mapping[str, Fraction] = {}
    if sharings:
        decided, gone = cases.decided(look.session, stated), cases.fallen_away(look.session, stated)
        shares = law.shares(sharings, stated, out=out, paid=decided, gone=gone).get(mine, {})
    counts = {each: min(yuan, _cents(shares[each])) if each in shares else yuan for each, yuan in own.items()}
    return counts | dict.fromkeys(out.get(mine, set()) & own.keys(), Decimal(0))


def _excluded(
    rows: Sequence[tuple[CaseCheck, CheckConclusion]],
) -> tuple[dict[int, set[str]], dict[int, set[law.Mark]]]:
    """By case, the invoices and the other marks that do not count for it."""
    out: dict[int, set[str]] = {}
    marks: dict[int, set[law.Mark]] = {}
    for check, made in rows:
        if made.result == "excluded":
            out.setdefault(made.case_id, set()).update(invoices(check))
            other = {pair for pair in check.pairs if pair[0] != marks_of.INVOICE}
            marks.setdefault(made.case_id, set()).update(other)
    return out, marks


def _stated(look: Look, rows: Sequence[tuple[CaseCheck, CheckConclusion]]) -> dict[int, Mapping[str, Decimal]]:
    """What every case that these conclusions concern states of its invoices."""
    sides = {side for check, _ in rows for side in (check.case_id, check.other_case_id) if side is not None}
    others = cases.facts_of(look.session, sides - {look.case.id}) if sides else {}
    return {case_id: invoice_amounts(facts) for case_id, facts in others.items()}


def _sharing(check: CaseCheck, made: CheckConclusion) -> law.Sharing:
    other = check.other_case_id if made.case_id == check.case_id else check.case_id
    amount, rest = made.amount or Decimal(0), made.other_amount or Decimal(0)
    return law.Sharing(made.case_id, other or 0, frozenset(invoices(check)), amount, rest)


def _cents(yuan: Fraction) -> Decimal:
    """Rounded down to the cent: what several count of one invoice is never more than it."""
    return Decimal(int(yuan * 100)) / 100


def invoices(check: CaseCheck) -> set[str]:
    """The invoices that the two have in common."""
    return {value for kind, value in check.pairs if kind == marks_of.INVOICE}


def invoice_amounts(facts: Mapping[str, Any]) -> dict[str, Decimal]:
    """Yuan without tax that a case states of each of its invoices, by what the invoice is recognised by."""
    amounts: dict[str, Decimal] = {}
    for line in facts.get("invoice_lines") or ():
        for kind, value in marks_of.identifiers({"invoice_lines": [line]}):
            if kind == marks_of.INVOICE:
                amounts[value] = amounts.get(value, Decimal(0)) + Decimal(str(line.get("net") or 0))
    return amounts
