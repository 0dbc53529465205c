"""Which documents an application of each scheme needs (domain.md 1.0 and 1.1–1.10).

`shared` ones come from other offices where sharing works: they are asked for, never demanded. Neither are those that
only some cases need; their hint says which. The application form itself (DOC_FORM) is generated, not uploaded.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One line of a checklist."""

    code: str
    name: str
    required: bool
    hint: str = ""


def _shared(code: str, name: str) -> Item:
    return Item(code, name, False, "可由数据共享取得，未取得时上传")


_COMMITMENT = Item("DOC_COMMITMENT", "承诺书", True, "加盖公章或电子印章")
_APPLICANT = (
    _shared("DOC_LICENSE", "营业执照（法人登记证书）"),
    Item("DOC_LEGAL_REP_ID", "法定代表人身份证明", False, "经办人不是法定代表人的提交"),
    Item("DOC_AUTH_LETTER", "授权委托书", False, "经办人不是法定代表人的提交"),
    _shared("DOC_CREDIT", "公共信用报告（专用信用报告）"),
)
_AUDIT_ANNUAL = Item("DOC_AUDIT_ANNUAL", "上年度财务审计报告", True)
_BANK = Item("DOC_BANK", "银行账户信息表（开户证明）", True, "户名应与申报单位名称一致")
_OTHER_FUNDS = Item("DOC_OTHER_FUNDS", "已享受财政资金情况说明", True)
_CONTRACT = Item("DOC_CONTRACT", "购销、施工、服务合同", True)
_INVOICE = Item("DOC_INVOICE", "发票", True)
_PAYMENT_PROOF = Item("DOC_PAYMENT_PROOF", "付款凭证（银行回单）", True, "不接受现金付款")
_SPECIAL_AUDIT = Item("DOC_SPECIAL_AUDIT", "专项审计报告", False, "由第三方审核机构出具后归入")
_MEASURES = Item("DOC_MEASURES", "减排措施清单及佐证", True)
_TRADE_LEDGER = Item("DOC_TRADE_LEDGER", "交易账户流水（未交易声明）", True, "含绿电、绿证")
_OTHER = Item("DOC_OTHER", "其他佐证材料", False)

_CERTIFICATE = (*_APPLICANT, _COMMITMENT, _BANK)
_CERTIFICATE_AUDITED = (*_APPLICANT, _COMMITMENT, _AUDIT_ANNUAL, _BANK)
# On the fast track the office knows the honour or the city project, and the commitment is part of the confirmation.
_FAST_TRACK = (
    *_APPLICANT,
    Item("DOC_COMMITMENT", "承诺书", True, "加盖公章或电子印章；免申即享确认时已作承诺的，不另提交"),
    _BANK,
)
_INVESTMENT = (
    *_CERTIFICATE_AUDITED,
    _shared("DOC_TAX_CLEAR", "完税（无欠税）证明"),
    Item("DOC_PREMISES", "经营场所证明（产权证或租赁合同）", True),
    _OTHER_FUNDS,
    Item("DOC_PROJECT_FILING", "项目备案（核准）、节能审查、环评批复", True),
    Item("DOC_INVEST_LIST", "项目投资明细表", True, "每张发票一行"),
    _CONTRACT,
    _INVOICE,
    _PAYMENT_PROOF,
    _SPECIAL_AUDIT,
    Item("DOC_ACCEPTANCE", "竣工验收（投运）证明", True),
)
_PHOTO = Item("DOC_PHOTO", "改造前后照片", True)

CHECKLISTS: dict[str, tuple[Item, ...]] = {
    "retrofit": (
        *_INVESTMENT,
        Item("DOC_EFFECT", "节能量、节水量、减排量核定报告", True),
        _PHOTO,
        _OTHER,
    ),
    "green_honour": (
        *_FAST_TRACK,
        Item("DOC_HONOR_LIST", "认定文件（公布名单）", False, "由主管部门与公布名单比对；自行申报的应当上传"),
        Item("DOC_HONOR_PREV", "前期获支持文件", False, "同一荣誉晋级的提交"),
        _OTHER,
    ),
    "carbon_neutral": (
        *_CERTIFICATE,
        Item("DOC_CN_CERT", "碳中和证书", True),
        Item("DOC_GHG_REPORT", "碳核查报告（组织层面）", True, "与证书核算年度一致"),
        Item("DOC_OFFSET", "抵销（注销）凭证", True),
        _OTHER,
    ),
    "carbon_intensity": (
        *_CERTIFICATE_AUDITED,
        Item("DOC_GHG_2Y", "前两个年度碳排放核查报告", True, "两个年度的核算边界、方法一致"),
        Item("DOC_OUTPUT_2Y", "两个年度产值证明（统计报表、审计报告）", True, "两个年度的统计口径一致"),
        _MEASURES,
        _TRADE_LEDGER,
        _OTHER,
    ),
    "carbon_footprint": (
        *_CERTIFICATE_AUDITED,
        Item("DOC_CFP_CERT", "产品碳足迹证书", True),
        Item("DOC_CFP_REPORT", "产品碳足迹报告", True),
        Item("DOC_REVENUE_SPLIT", "主营业务收入构成表", True, "列明获证产品收入"),
        _CONTRACT,
        _INVOICE,
        _PAYMENT_PROOF,
        _OTHER,
    ),
    "carbon_trading": (
        *_CERTIFICATE,
        Item("DOC_SETTLEMENT", "交易结算单（交割凭证）", True, "每笔交易一份"),
        Item("DOC_CREDIT_REG", "减排量登记（签发）证明", True),
        _MEASURES,
        _TRADE_LEDGER,
        _OTHER,
    ),
    "renewable_energy": (
        *_INVESTMENT,
        Item("DOC_GRID_CONNECTION", "并网验收意见（投运证明）", True),
        Item("DOC_SITE_AGREEMENT", "场地使用（合同能源管理）协议", False, "投资方与场地使用方不一致的提交"),
        Item("DOC_EQUIPMENT", "设备清单", True, "写明设备序列号"),
        _PHOTO,
        _OTHER,
    ),
    "future_energy": (
        *_FAST_TRACK,
        Item("DOC_CITY_LIST", "市级入选（立项）文件", False, "由主管部门与公布名单比对；自行申报的应当上传"),
        Item("DOC_CITY_FUNDS", "市级拨款文件及到账凭证", True),
        _OTHER_FUNDS,
        _OTHER,
    ),
    "industry_cluster": (
        *_CERTIFICATE_AUDITED,
        Item("DOC_CLUSTER_PLAN", "集群建设三年实施方案及绩效目标", True, "认定申报时提交"),
        Item("DOC_CLUSTER_SPACE", "空间载体证明", True, "认定申报时提交"),
        Item("DOC_TENANTS", "入驻企业清单", True),
        Item("DOC_ANNUAL_SELF", "年度绩效自评报告", False, "年度绩效申报时提交"),
        _OTHER,
    ),
    "green_event": (
        *_CERTIFICATE,
        _OTHER_FUNDS,
        Item("DOC_EVENT_PLAN", "活动方案（批复、备案）", True),
        Item("DOC_EVENT_SUMMARY", "活动总结", True),
        Item("DOC_EVENT_COST", "活动费用明细、合同、发票及付款凭证", True),
        Item("DOC_EVENT_RESULT", "招商成果佐证（落地企业、签约）", True),
        Item("DOC_CONTRIB", "出资协议（分摊说明）", False, "活动有多个出资方的提交"),
        _SPECIAL_AUDIT,
        _OTHER,
    ),
}
