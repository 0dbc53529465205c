"""Reason codes of refusals and other ends (domain.md 3.6) with their wording."""

REASONS = {
    "LATE": "超过申报期限",
    "INCOMPLETE": "逾期未补正或补正后仍不齐全",
    "NOT_ELIGIBLE_TYPE": "申报主体不属于支持对象",
    "NOT_IN_DISTRICT": "不在支持区域范围内",
    "CREDIT_VETO": "信用核查不符合要求",
    "BELOW_THRESHOLD": "未达到政策规定标准",
    "NOT_FIRST": "非首次认证",
    "NOT_ON_LIST": "未列入或已移出认定名单",
    "SAME_ITEM": "单个项目的同一内容已由其他申报件申报",
    "DUPLICATE_INVOICE": "票据重复申报",
    "BEST_ONLY": "同一事项已从优支持",
    "OTHER_POLICY": "同一事项已享受区级其他政策",
    "ZERO_AFTER_CAP": "年度支持限额已用尽",
    "NOT_VERIFIED": "相关数据未予核定",
    "EXPERT_FAIL": "专家评审未通过",
    "MEETING_REFUSED": "经集体审议不予支持",
    "OBJECTION_UPHELD": "公示异议成立",
    "NO_PAYEE": "逾期未确认收款信息",
    "WITHDRAWN": "申报单位撤回",
    "FRAUD": "提供虚假材料",
}
