"""What can go wrong in a use case: each error names its HTTP status once and carries a sentence in Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a form, in a sentence that says what to do."""

    field: str
    message: str


class GreenCaseError(Exception):
    """Base of all expected errors. `title` says what, `detail` says what to do."""

    status = 500
    title = "系统错误"

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = (), **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = extra


class Unreadable(GreenCaseError):
    """400: the request cannot be read at all."""

    status, title = 400, "请求无法识别"


class NotSignedIn(GreenCaseError):
    """401: nobody is signed in, or the session has ended."""

    status, title = 401, "请先登录"


class Forbidden(GreenCaseError):
    """403: the caller may know of it but may not do this."""

    status, title = 403, "无权办理"


class NotFound(GreenCaseError):
    """404: there is no such thing, or the caller may not know of it."""

    status, title = 404, "未找到"


class Conflict(GreenCaseError):
    """409: somebody was faster, or the state forbids it."""

    status, title = 409, "当前状态不能办理"


class Changed(GreenCaseError):
    """412: somebody else saved since; nothing was overwritten."""

    status, title = 412, "内容已被他人修改"


class TooLarge(GreenCaseError):
    """413: more than is taken."""

    status, title = 413, "内容过大"


class UnsupportedType(GreenCaseError):
    """415: a content type that is not taken."""

    status, title = 415, "文件类型不支持"


class Invalid(GreenCaseError):
    """422: well-formed but not valid; `errors` names the fields."""

    status, title = 422, "填报内容有误"


class TooMany(GreenCaseError):
    """429: too many tries."""

    status, title = 429, "操作过于频繁"


class Unavailable(GreenCaseError):
    """503: a part that is needed for this is away; the rest works."""

    status, title = 503, "服务暂不可用"


class StepFailed(GreenCaseError):
    """409: the process could not go on; the case keeps its old state and an incident is recorded."""

    status, title = 409, "流程异常"

    def __init__(self, detail: str, *, case_id: int, element_id: str | None) -> None:
        super().__init__(detail)
        self.case_id = case_id
        self.element_id = element_id
