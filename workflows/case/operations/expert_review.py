"""P09: the draw on record, declarations, replacements, sealed scores and the verdict (domain.md 3.3)."""

import secrets
from collections.abc import Collection, Mapping
from decimal import Decimal

from storage import people, reviews
from storage.cases import Submission, list_submissions
from storage.people import Expert, User
from storage.reviews import ReviewDraw, ReviewSeat, ReviewSession
from workflows.audit import digest_of
from workflows.case import awards
from workflows.case.operations.registry import operation
from workflows.case.operations.summaries import tasks_of
from workflows.case.step import Step
from workflows.engine import Read, Summary
from workflows.errors import Conflict
from workflows.rules import SCHEMES, review
from workflows.typed.names import same as same_name

# Schemes whose rule reads the experts' score: it decides how much, not whether.
SCORED = frozenset({"industry_cluster", "green_event"})
# In these the officer says whether experts are wanted; in the others the legal value alone does.
_ASKED = ("carbon_neutral", "carbon_intensity", "carbon_footprint")
SHEET = "score_application"
"""The task of the score sheets, which `case.relied` holds every diagram to."""
CRITERIA = ("score_legality", "score_technique", "score_effect", "score_investment", "score_example")


@operation(
    "判定是否需专家评审",
    "按口径和经办人意见判定；已经通过评审的不再评审。",
    results={"required": "需要", "not_required": "不需要"},
    reads=(Read("expert_review_wanted", "是否需要专家评审", each) for each in _ASKED),
)
def route_expert_review(step: Step, _: Mapping[str, str]) -> str:
    """Not required when the parameter says none, when it leaves it to the officer who wants none, or after a pass."""
    route = step.parameter(f"proc.expert_route.{SCHEMES[step.case.scheme].CLAUSE}")
    if route == "none" or (route == "optional" and step.facts.get("expert_review_wanted") != "yes"):
        return "not_required"
    panel = reviews.current(step.session, step.case.id)
    if panel is None or panel.unsealed_at is None:
        return "required"
    return "not_required" if panel.passed or step.case.scheme in SCORED else "required"


@operation(
    "随机抽取专家",
    "从专家库随机抽取尚缺的专家，抽取种子先行留痕，可复核。",
    gives="people",
    reads=(
        Read("declared_amount", "申请支持金额"),
        Read("avoided_organization", "申请回避的单位", always=False),
    ),
)
def draw_experts(step: Step, _: Mapping[str, str]) -> list[str]:
    """Draw what is still missing from the pool; the seed is recorded before it is used, so a draw can be repeated."""
    panel = reviews.current(step.session, step.case.id)
    if panel is None or panel.unsealed_at is not None:
        panel = _convene(step, (panel.number if panel else 0) + 1)
    taken = reviews.seats(step.session, panel.id)
    pool = people.list_experts(step.session)
    barred = {seat.username: "已在本轮名单中" for seat in taken} | _conflicted(step, pool)
    seed = secrets.token_hex(16)
    committed = review.commitment(seed)
    step.record("draw_seed_committed", "draw_experts", [{"field": "seed_sha256", "old": None, "new": committed}])
    candidates = [review.Expert(user.username, expert.finance) for expert, user in pool]
    missing, finance, technical = _missing(step, panel, [seat for seat in taken if seat.state != "recused"])
    try:
        names = review.draw(candidates, missing, finance, seed, set(barred), technical_min=technical)
    except review.PoolExhausted as shortage:
        raise Conflict(f"{shortage}。请补充专家库后重试。") from shortage
    _keep_draw(step, panel, seed, candidates, barred, names)
    return names


def _conflicted(step: Step, pool: list[tuple[Expert, User]]) -> dict[str, str]:
    """Experts whom the applicant employs, or who come from the one organisation that it asked to avoid (回避): why."""
    avoided = str(step.facts.get("avoided_organization") or "")
    asked = {
        user.username: "申报单位申请回避其所在单位" for expert, user in pool if same_name(avoided, expert.employer)
    }
    employed = {
        user.username: "任职于申报单位" for expert, user in pool if expert.employer_uscc == step.enterprise.uscc
    }
    return asked | employed


def _missing(step: Step, panel: ReviewSession, sitting: list[ReviewSeat]) -> tuple[int, int, int]:
    """How many are missing; how many of them must be finance experts, and how many technical ones."""
    missing = panel.size - len(sitting)
    finance = max(0, step.parameter("proc.expert_finance_min") - sum(seat.finance for seat in sitting))
    # At least half of a panel are technical experts (domain.md 3.3, 4).
    technical = max(0, (panel.size + 1) // 2 - sum(not seat.finance for seat in sitting))
    return missing, finance, min(technical, missing - finance)


def _keep_draw(
    step: Step,
    panel: ReviewSession,
    seed: str,
    candidates: list[review.Expert],
    barred: Mapping[str, str],
    names: list[str],
) -> None:
    """Number the draw, keep what it was made from, and seat who was drawn."""
    number = len(reviews.draws(step.session, panel.id)) + 1
    reason = step.submitted.get("redraw_reason")
    step.session.add(
        ReviewDraw(
            session_id=panel.id,
            number=number,
            seed=seed,
            pool=[expert.username for expert in candidates],
            excluded=sorted(barred),
            drawn=names,
            reason=str(reason) if reason else None,
            drawn_by=step.doer.username,
            drawn_at=step.now,
        )
    )
    finance = {expert.username for expert in candidates if expert.finance}
    step.session.add_all(
        ReviewSeat(session_id=panel.id, case_id=step.case.id, username=name, finance=name in finance, state="drawn")
        for name in names
    )
    step.record(
        "experts_drawn",
        "draw_experts",
        [
            {"field": "seed", "old": None, "new": seed},
            {"field": "pool", "old": None, "new": len(candidates)},
            {"field": "excluded", "old": None, "new": [f"{name}（{why}）" for name, why in sorted(barred.items())]},
            {"field": f"draw_{number}", "old": None, "new": names},
        ],
        binds={f"pool:{panel.number}.{number}": digest_of([[each.username, each.finance] for each in candidates])},
    )


def _convene(step: Step, number: int) -> ReviewSession:
    requested = Decimal(str(step.facts.get("declared_amount") or "0"))
    previewed = _expected(step, requested)
    size = review.panel_size(previewed, requested, step.parameters)
    panel = ReviewSession(case_id=step.case.id, number=number, size=size, opened_at=step.now)
    step.session.add(panel)
    step.session.flush()
    step.record("review_convened", "convene_review", [{"field": "panel_size", "old": None, "new": size}])
    return panel


def _expected(step: Step, requested: Decimal) -> Decimal:
    """What the case may bring: by its verified figures, or as asked where the experts' score is one of these."""
    if step.case.scheme in SCORED:
        return Decimal(str(step.facts.get("instalment_ceiling") or requested))
    return awards.preview(step).precap_amount


def _panel(step: Step) -> ReviewSession:
    panel = reviews.current(step.session, step.case.id)
    if panel is None:
        raise Conflict("本件尚未组成评审组。")
    return panel


def _sheets(step: Step, panel: ReviewSession, elements: Collection[str]) -> dict[str, Submission]:
    """What each expert of this panel sent for these elements, by username; the newest counts."""
    return {
        submission.by: submission
        for submission in list_submissions(step.session, step.case.id)
        if submission.element_id in elements and submission.at >= panel.opened_at
    }


def _unsealed(opened: list[tuple[str, str, str | None]]) -> list[dict[str, str | None]]:
    """Results by expert with the seals under which their digests stand on the record."""
    return [
        change
        for username, result, seal in opened
        for change in (
            {"field": username, "old": None, "new": result},
            {"field": f"{username}.seal", "old": None, "new": seal},
        )
    ]


@operation(
    "汇总专家声明",
    "汇总承诺与回避，判断专家是否到齐。",
    results={"complete": "专家到齐", "short": "需补抽"},
    sums=Summary(frozenset({"accept", "recuse"}), one=True),
)
def settle_declarations(step: Step, arguments: Mapping[str, str]) -> str:
    """Seat those who declared no conflict; `short` when somebody recused and a replacement must be drawn."""
    panel = _panel(step)
    declared = _sheets(step, panel, tasks_of("settle_declarations", arguments))
    seats = reviews.seats(step.session, panel.id)
    answered = [seat for seat in seats if seat.state == "drawn" and seat.username in declared]
    for seat in answered:
        answer = declared[seat.username].data
        seat.state = "accepted" if answer["decision"] == "accept" else "recused"
        seat.recusal_reason = answer.get("recusal_reason")
    step.record(
        "declarations_settled",
        "settle_declarations",
        [
            *_unsealed([(seat.username, seat.state, declared[seat.username].seal) for seat in answered]),
            *(
                {"field": f"{seat.username}.recusal_reason", "old": None, "new": seat.recusal_reason}
                for seat in answered
                if seat.state == "recused"
            ),
        ],
    )
    return "complete" if sum(seat.state == "accepted" for seat in seats) >= panel.size else "short"


@operation(
    "组成评审组", "已承诺无利害关系的专家组成评审组，可以阅卷评分；补抽后只请尚未评分的专家评分。", gives="people"
)
def seat_panel(step: Step, _: Mapping[str, str]) -> list[str]:
    """The experts who may see the file and are to score it: whose scores are in already is not asked again."""
    panel = _panel(step)
    scored = _sheets(step, panel, (SHEET,))
    accepted = [seat.username for seat in reviews.seats(step.session, panel.id) if seat.state == "accepted"]
    names = [username for username in accepted if username not in scored]
    step.record("panel_seated", "seat_panel", [{"field": "panel", "old": None, "new": names}])
    return names


@operation(
    "核对评分是否到齐",
    "评审组成员均已评分的，汇总启封；有专家中途退出的，经监督岗确认后补抽，已提交的评分继续密封。",
    results={"complete": "评分到齐", "short": "需补抽"},
)
def check_panel(step: Step, _: Mapping[str, str]) -> str:
    """`short` when somebody's seat was taken back while he was to score: the panel is as large as it was convened."""
    panel = _panel(step)
    scored = _sheets(step, panel, (SHEET,))
    seats = reviews.seats(step.session, panel.id)
    sitting = sum(seat.state == "accepted" and seat.username in scored for seat in seats)
    return "complete" if sitting >= panel.size else "short"


@operation(
    "汇总专家评分",
    "全部评分同时启封，计算得分和表决结果。",
    results={"pass": "评审通过", "fail": "评审未通过"},
    sums=Summary(frozenset(), frozenset({*CRITERIA, "vote"}), one=True),
)
def tally_scores(step: Step, arguments: Mapping[str, str]) -> str:
    """Unseal all scores together; trimmed mean, pass line and two-thirds vote on the printed score."""
    panel = _panel(step)
    sheets = _sheets(step, panel, tasks_of("tally_scores", arguments))
    seats = [seat for seat in reviews.seats(step.session, panel.id) if seat.state == "accepted"]
    for seat in seats:
        sheet = sheets[seat.username].data
        seat.score = sum((Decimal(str(sheet[field])) for field in CRITERIA), Decimal(0))
        seat.vote, seat.opinion, seat.state = sheet["vote"], sheet.get("score_opinion"), "scored"
    verdict = review.verdict(
        [seat.score for seat in seats if seat.score is not None],
        [seat.vote or review.OPPOSE for seat in seats],
        pass_score=step.parameter("proc.expert_pass_score"),
        majority=step.parameter("proc.expert_majority"),
        trim=step.parameter("proc.expert_trim"),
    )
    panel.unsealed_at, panel.mean_score = step.now, verdict.score
    panel.supporting, panel.passed = verdict.supporting, verdict.passed
    step.record(
        "scores_unsealed",
        "tally_scores",
        [
            *_unsealed([(seat.username, f"{seat.score} {seat.vote}", sheets[seat.username].seal) for seat in seats]),
            {"field": "mean_score", "old": None, "new": str(verdict.score)},
        ],
    )
    return "pass" if verdict.passed else "fail"
