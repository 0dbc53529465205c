"""The credit flags that close the door (一票否决, G4), as letters and pages say them of a firm."""

from collections.abc import Mapping

VETO_FLAGS: Mapping[str, str] = {
    "barred": "已被取消申报资格",
    "serious_dishonesty_list": "已列入严重失信主体名单",
    "dishonest_debtor": "已列入失信被执行人名单",
    "serious_tax_offender": "已列入重大税收违法失信主体名单",
}
