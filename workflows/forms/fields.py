"""One field of a form: what its component says about it, with its kind, lengths, bounds and choices."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.forms import feel
from workflows.forms.attributes import (
    ATTRIBUTES,
    KIND_PROPERTIES,
    PROPERTIES,
    VALIDATE,
    allow_only,
    read_code,
    read_condition,
    read_key,
    read_properties,
    read_string,
    read_whole,
)
from workflows.forms.form import Field, Option
from workflows.forms.kinds import CODES, Kind, kind_of
from workflows.forms.patterns import read_pattern
from workflows.forms.refusals import FormRefused, Place, shortened

LONGEST_TEXT = {"textfield": 1000, "textarea": 20_000}
USUAL_TEXT = {"textfield": 200, "textarea": 2000}
LARGEST_NUMBER = 10**12
LONGEST_MATCHED = 200
MAX_CHOICES = 200


def read_field(component: Mapping[str, Any], hide: feel.Condition | None, where: Place, within: str) -> Field:
    """The field of a component that is neither text, line, group nor list; `within` is the list it is a column of."""
    type_ = component["type"]
    key = read_key(component, "key", where)
    if component.get("disabled"):
        raise FormRefused(
            where, "a disabled field is left out of the data; use readonly", "不能设为“禁用”，请改用“只读”"
        )
    if not isinstance(component.get("readonly", False), bool):
        raise FormRefused(
            where, "readonly must be true or false, not an expression", "的“只读”只能开或关，不能写表达式"
        )
    if type_ == "datetime" and component.get("subtype") != "date":
        raise FormRefused(where, "only dates are supported, not times", "只能填写日期，不支持时间")
    if type_ == "number" and component.get("decimalDigits", 0) != 0:
        raise FormRefused(
            where,
            "numbers are whole; money and measures are text fields with a kind",
            "只能是整数；金额、吨数等带小数的请用“单行文本”并选择数据类型",
        )
    allowed = PROPERTIES | {"textfield": KIND_PROPERTIES, "radio": {"kind"}}.get(type_, set())
    properties = read_properties(component, allowed, where)
    label = read_string(component, "dateLabel" if type_ == "datetime" else "label", where)
    validate = component.get("validate", {})
    if not isinstance(validate, dict):
        raise FormRefused(where, "validate must be an object", "的填写要求格式有误")
    allow_only(validate, VALIDATE.get(type_, {"required"}), where, "validate: ", "填写要求")
    if not isinstance(validate.get("required", False), bool):
        raise FormRefused(where, "validate.required must be true or false", "的“必填”只能开或关")
    options = _options(component, where) if "values" in ATTRIBUTES[type_] else ()
    is_boolean = type_ == "radio" and _is_boolean(properties, options, where)
    kind = None if type_ == "radio" else _kind(properties, validate, where)
    pattern = read_pattern(validate.get("pattern"), kind, where)
    min_length, max_length = _lengths(type_, validate, kind, pattern, where)
    minimum, maximum = _bounds(type_, properties, validate, kind, where)
    return Field(
        type=type_,
        key=key,
        path=f"{within}.{key}" if within else key,
        label=label,
        name=properties.get("name", label),
        description=read_string(component, "description", where, default=""),
        kind=kind,
        is_boolean=is_boolean,
        unit=properties.get("unit", kind.unit if kind else ""),
        required=validate.get("required", False),
        readonly=component.get("readonly", False),
        hide=hide,
        required_when=read_condition(properties.get("required_when"), where),
        min_length=min_length,
        max_length=max_length,
        minimum=minimum,
        maximum=maximum,
        pattern=pattern,
        demand=read_string(validate, "patternErrorMessage", where, default="", words="格式提示"),
        options=options,
        example=properties.get("example"),
        prefill=properties.get("prefill"),
        columns=_columns(component, where),
    )


def _is_boolean(properties: Mapping[str, str], options: tuple[Option, ...], where: Place) -> bool:
    """Whether a radio asks a yes or no that is kept as a bool."""
    if "kind" not in properties:
        return False
    if properties["kind"] != "boolean":
        raise FormRefused(where, "the kind of a radio can only be boolean", "的数据类型只能是“是否”")
    if {option.value for option in options} != {"true", "false"}:
        raise FormRefused(
            where, "the choices of a boolean are true and false", "的数据类型为“是否”，两个选项的值须为true和false"
        )
    return True


def _kind(properties: Mapping[str, str], validate: Mapping[str, Any], where: Place) -> Kind | None:
    code = properties.get("kind")
    if code is None:
        stray = KIND_PROPERTIES & properties.keys()
        if stray:
            raise FormRefused(
                where,
                f"property {', '.join(sorted(stray))} needs a kind",
                "设了计量单位、最小值或最大值，须先选择数据类型",
            )
        return None
    if code not in CODES:
        raise FormRefused(
            where,
            f"kind {shortened(code)!r} is unknown; known: {', '.join(sorted(CODES))}",
            f"的数据类型“{shortened(code)}”不存在，请从所列类型中选择",
        )
    if code == "digits":
        shortest = read_whole(validate.get("minLength", 1), where, "minLength", "最少位数", 100)
        longest = read_whole(validate.get("maxLength", 20), where, "maxLength", "最多位数", 100)
        if not 1 <= shortest <= longest:
            raise FormRefused(where, "minLength is above maxLength", "的最少位数大于最多位数")
        return kind_of(code, shortest=shortest, longest=longest)
    if "decimals" in properties and code != "decimal":
        raise FormRefused(
            where, "only the kind decimal takes the property decimals", "不能设小数位数：只有“数字”类型可设"
        )
    return kind_of(code, decimals=read_whole(properties.get("decimals", "2"), where, "decimals", "小数位数", 6))


def _lengths(
    type_: str, validate: Mapping[str, Any], kind: Kind | None, pattern: str | None, where: Place
) -> tuple[int, int]:
    if type_ not in LONGEST_TEXT:
        return 0, USUAL_TEXT["textfield"]
    if kind:
        return 0, kind.max_length
    ceiling = LONGEST_MATCHED if pattern else LONGEST_TEXT[type_]
    usual = min(USUAL_TEXT[type_], ceiling)
    shortest = read_whole(validate.get("minLength", 0), where, "minLength", "最少字数", ceiling)
    longest = read_whole(validate.get("maxLength", usual), where, "maxLength", "最多字数", ceiling)
    if shortest > longest:
        raise FormRefused(where, "minLength is above maxLength", "的最少字数大于最多字数")
    return shortest, longest


def _bounds(
    type_: str, properties: Mapping[str, str], validate: Mapping[str, Any], kind: Kind | None, where: Place
) -> tuple[Decimal | None, Decimal | None]:
    if type_ == "number":
        least = validate.get("min", -LARGEST_NUMBER)
        most = validate.get("max", LARGEST_NUMBER)
        if type(least) is not int or type(most) is not int or not -LARGEST_NUMBER <= least <= most <= LARGEST_NUMBER:
            raise FormRefused(
                where,
                f"min and max are whole numbers up to {LARGEST_NUMBER}",
                "的最小值、最大值须为整数，且最小值不大于最大值",
            )
        return Decimal(least), Decimal(most)
    stated = {name: properties[name] for name in ("min", "max") if name in properties}
    if stated and not (kind and kind.is_decimal):
        raise FormRefused(where, "min and max need a decimal kind", "的最小值、最大值只用于金额、吨数、分数和数字")
    try:
        bounds = {name: Decimal(text) for name, text in stated.items()}
    except InvalidOperation as error:
        raise FormRefused(where, "min and max are decimal numbers as text", "的最小值、最大值须为数字") from error
    if not all(bound.is_finite() and -20 < bound.adjusted() < 20 for bound in bounds.values()):
        raise FormRefused(where, "min and max are finite and not huge", "的最小值、最大值超出范围")
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        raise FormRefused(where, "min is above max", "的最小值大于最大值")
    return bounds.get("min"), bounds.get("max")


def _options(component: Mapping[str, Any], where: Place) -> tuple[Option, ...]:
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise FormRefused(where, "values must be a list of choices written in the form", "须列出选项，至少一个")
    if len(values) > MAX_CHOICES:
        raise FormRefused(where, f"more than {MAX_CHOICES} choices", f"的选项超过{MAX_CHOICES}个")
    options = []
    for value in values:
        if not isinstance(value, dict):
            raise FormRefused(where, "a choice has a label and a value", "的每个选项须有名称和选项值")
        allow_only(value, {"label", "value"}, where, "choice: ", "选项")
        options.append(Option(read_code(value, where), read_string(value, "label", where, words="选项名称")))
    if len({option.value for option in options}) != len(options):
        raise FormRefused(where, "a choice is listed twice", "的选项值有重复")
    return tuple(options)


def _columns(component: Mapping[str, Any], where: Place) -> int | None:
    """Width in sixteenths of the row, as form-js counts."""
    layout = component.get("layout", {})
    columns = layout.get("columns") if isinstance(layout, dict) else None
    if columns is not None and (type(columns) is not int or not 1 <= columns <= 16):
        raise FormRefused(where, "layout.columns is between 1 and 16", "的宽度须为1至16列")
    return columns
