"""证件号码 and 联系电话 of whoever brings something: whether they can be what they are said to be, by their shape."""

import re

from workflows.errors import FieldError
from workflows.rules.uscc import is_valid

# 公民身份号码: seventeen digits and a check sign. Whether the sign is right is not asked: that a number is somebody's
# is found out by whoever verifies the objector, and a slip of the pen should not cost him the period.
_RESIDENT = re.compile(r"\d{17}[\dX]", re.ASCII)
# Passports, permits of Hong Kong, Macao and Taiwan, permanent residents, older numbers.
_OTHER = re.compile(r"(?=(?:.*\d){6})[A-Z0-9]{6,20}", re.ASCII)
_PHONE = re.compile(r"\d{7,16}", re.ASCII)


def identity_errors(id_no: str, phone: str) -> list[FieldError]:
    """A sentence for each of the two that cannot be what it is said to be; empty ones are somebody else's to refuse."""
    errors = []
    number = re.sub(r"[\s\-()（）]", "", id_no).upper()
    if number and not _may_identify(number):
        errors.append(
            FieldError("id_no", "证件号码有误：居民身份证号为18位（末位可以是X），单位请填写18位统一社会信用代码。")
        )
    digits = re.sub(r"[\s\-()（）+]|转", "", phone)
    if digits and not _PHONE.fullmatch(digits):
        errors.append(FieldError("phone", "联系电话有误：请填写手机号码，或者带区号的固定电话，如010-00000000。"))
    return errors


def _may_identify(number: str) -> bool:
    if len(number) == 18:
        return _RESIDENT.fullmatch(number) is not None or is_valid(number)
    return _OTHER.fullmatch(number) is not None
