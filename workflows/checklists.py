"""Which documents an application of each scheme needs (domain.md 1.0 and 1.1).

`shared` ones come from other offices where sharing works: they are asked for, never demanded.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One line of a checklist."""

    code: str
    name: str
    required: bool
    hint: str = ""


CHECKLISTS: dict[str, tuple[Item, ...]] = {
    "retrofit": (
        Item("DOC_LICENSE", "营业执照（法人登记证书）", False, "可由数据共享取得，未取得时上传"),
        Item("DOC_CREDIT", "公共信用报告（专用信用报告）", False, "可由数据共享取得，未取得时上传"),
        Item("DOC_COMMITMENT", "承诺书", True, "加盖公章或电子印章"),
        Item("DOC_AUDIT_ANNUAL", "上年度财务审计报告", True),
        Item("DOC_TAX_CLEAR", "完税（无欠税）证明", False, "可由数据共享取得，未取得时上传"),
        Item("DOC_BANK", "银行账户信息表（开户证明）", True, "户名应与申报单位名称一致"),
        Item("DOC_PREMISES", "经营场所证明（产权证或租赁合同）", True),
        Item("DOC_OTHER_FUNDS", "已享受财政资金情况说明", True),
        Item("DOC_PROJECT_FILING", "项目备案（核准）、节能审查、环评批复", True),
        Item("DOC_INVEST_LIST", "项目投资明细表", True, "每张发票一行"),
        Item("DOC_CONTRACT", "购销、施工、服务合同", True),
        Item("DOC_INVOICE", "发票", True),
        Item("DOC_PAYMENT_PROOF", "付款凭证（银行回单）", True, "不接受现金付款"),
        Item("DOC_SPECIAL_AUDIT", "专项审计报告", False, "由第三方审核机构出具后归入"),
        Item("DOC_ACCEPTANCE", "竣工验收（投运）证明", True),
        Item("DOC_EFFECT", "节能量、节水量、减排量核定报告", True),
        Item("DOC_PHOTO", "改造前后照片", True),
        Item("DOC_OTHER", "其他佐证材料", False),
    ),
}
