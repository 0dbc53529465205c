"""One field of a form: what its component says about it, with its kind, lengths, bounds and choices."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.forms import feel
from workflows.forms.attributes import (
    ATTRIBUTES,
    KIND_PROPERTIES,
    PROPERTIES,
    VALIDATE,
    FormRefused,
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

LONGEST_TEXT = {"textfield": 1000, "textarea": 20_000}
USUAL_TEXT = {"textfield": 200, "textarea": 2000}
LARGEST_NUMBER = 10**12
LONGEST_MATCHED = 200


def read_field(component: Mapping[str, Any], hide: feel.Condition | None, where: str, within: str) -> Field:
    """The field of a component that is neither text, line, group nor list; `within` is the list it is a column of."""
    type_ = component["type"]
    key = read_key(component, "key", where)
    if component.get("disabled"):
        raise FormRefused(f"{where}: a disabled field is left out of the data; use readonly")
    if not isinstance(component.get("readonly", False), bool):
        raise FormRefused(f"{where}: readonly must be true or false, not an expression")
    if type_ == "datetime" and component.get("subtype") != "date":
        raise FormRefused(f"{where}: only dates are supported, not times")
    if type_ == "number" and component.get("decimalDigits", 0) != 0:
        raise FormRefused(f"{where}: numbers are whole; money and measures are text fields with a kind")
    allowed = PROPERTIES | {"textfield": KIND_PROPERTIES, "radio": {"kind"}}.get(type_, set())
    properties = read_properties(component, allowed, where)
    label = read_string(component, "dateLabel" if type_ == "datetime" else "label", where)
    validate = component.get("validate", {})
    if not isinstance(validate, dict):
        raise FormRefused(f"{where}: validate must be an object")
    allow_only(validate, VALIDATE.get(type_, {"required"}), f"{where}: validate")
    if not isinstance(validate.get("required", False), bool):
        raise FormRefused(f"{where}: validate.required must be true or false")
    options = _options(component, where) if "values" in ATTRIBUTES[type_] else ()
    is_boolean = type_ == "radio" and _is_boolean(properties, options, where)
    kind = None if type_ == "radio" else _kind(properties, validate, where)
    pattern = _pattern(validate, kind, where)
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
        demand=read_string(validate, "patternErrorMessage", where, default=""),
        options=options,
        example=properties.get("example"),
        prefill=properties.get("prefill"),
        columns=_columns(component, where),
    )


def _is_boolean(properties: Mapping[str, str], options: tuple[Option, ...], where: str) -> bool:
    """Whether a radio asks a yes or no that is kept as a bool."""
    if "kind" not in properties:
        return False
    if properties["kind"] != "boolean":
        raise FormRefused(f"{where}: the kind of a radio can only be boolean")
    if {option.value for option in options} != {"true", "false"}:
        raise FormRefused(f"{where}: the choices of a boolean are true and false")
    return True


def _kind(properties: Mapping[str, str], validate: Mapping[str, Any], where: str) -> Kind | None:
    code = properties.get("kind")
    if code is None:
        stray = KIND_PROPERTIES & properties.keys()
        if stray:
            raise FormRefused(f"{where}: property {', '.join(sorted(stray))} needs a kind")
        return None
    if code not in CODES:
        raise FormRefused(f"{where}: kind {code!r} is unknown; known: {', '.join(sorted(CODES))}")
    if code == "digits":
        shortest = read_whole(validate.get("minLength", 1), f"{where}: minLength", 100)
        longest = read_whole(validate.get("maxLength", 20), f"{where}: maxLength", 100)
        if not 1 <= shortest <= longest:
            raise FormRefused(f"{where}: minLength is above maxLength")
        return kind_of(code, shortest=shortest, longest=longest)
    if "decimals" in properties and code != "decimal":
        raise FormRefused(f"{where}: only the kind decimal takes the property decimals")
    return kind_of(code, decimals=read_whole(properties.get("decimals", "2"), f"{where}: property decimals", 6))


def _pattern(validate: Mapping[str, Any], kind: Kind | None, where: str) -> str | None:
    """The field's own pattern. One that could take exponential time on a hostile value is refused."""
    pattern = validate.get("pattern")
    if pattern is None:
        return None
    if kind or not isinstance(pattern, str) or len(pattern) > 200:
        raise FormRefused(f"{where}: a pattern is a short text, and a field with a kind has none of its own")
    if not pattern.startswith("^") or not pattern.endswith("$") or "(?" in pattern or re.search(r"\\[1-9]", pattern):
        raise FormRefused(f"{where}: a pattern starts with ^, ends with $ and has no look-around or back-reference")
    if _repeats_repetition(pattern):
        raise FormRefused(f"{where}: a repeated group with a repetition inside can take for ever: {pattern}")
    try:
        re.compile(pattern)
    except re.error as error:
        raise FormRefused(f"{where}: pattern {pattern!r}: {error}") from error
    return pattern


def _repeats_repetition(pattern: str) -> bool:
    plain = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "x", re.sub(r"\\[^\[\]]", "x", pattern))
    depth: list[bool] = []
    for index, sign in enumerate(plain):
        if sign == "(":
            depth.append(False)
        elif sign in "*+{" or sign == "|":
            depth[:] = [True] * len(depth)
        elif sign == ")" and depth:
            repeated = plain[index + 1 : index + 2] in ("*", "+", "{")
            if depth.pop() and repeated:
                return True
    return False


def _lengths(
    type_: str, validate: Mapping[str, Any], kind: Kind | None, pattern: str | None, where: str
) -> tuple[int, int]:
    if type_ not in LONGEST_TEXT:
        return 0, USUAL_TEXT["textfield"]
    if kind:
        return 0, kind.max_length
    ceiling = LONGEST_MATCHED if pattern else LONGEST_TEXT[type_]
    usual = min(USUAL_TEXT[type_], ceiling)
    shortest = read_whole(validate.get("minLength", 0), f"{where}: minLength", ceiling)
    longest = read_whole(validate.get("maxLength", usual), f"{where}: maxLength", ceiling)
    if shortest > longest:
        raise FormRefused(f"{where}: minLength is above maxLength")
    return shortest, longest


def _bounds(
    type_: str, properties: Mapping[str, str], validate: Mapping[str, Any], kind: Kind | None, where: str
) -> tuple[Decimal | None, Decimal | None]:
    if type_ == "number":
        least = validate.get("min", -LARGEST_NUMBER)
        most = validate.get("max", LARGEST_NUMBER)
        if type(least) is not int or type(most) is not int or not -LARGEST_NUMBER <= least <= most <= LARGEST_NUMBER:
            raise FormRefused(f"{where}: min and max are whole numbers up to {LARGEST_NUMBER}")
        return Decimal(least), Decimal(most)
    stated = {name: properties[name] for name in ("min", "max") if name in properties}
    if stated and not (kind and kind.is_decimal):
        raise FormRefused(f"{where}: min and max need a decimal kind")
    try:
        bounds = {name: Decimal(text) for name, text in stated.items()}
    except InvalidOperation as error:
        raise FormRefused(f"{where}: min and max are decimal numbers as text") from error
    if not all(bound.is_finite() for bound in bounds.values()):
        raise FormRefused(f"{where}: min and max are finite")
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        raise FormRefused(f"{where}: min is above max")
    return bounds.get("min"), bounds.get("max")


def _options(component: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise FormRefused(f"{where}: values must be a list of choices written in the form")
    options = []
    for value in values:
        if not isinstance(value, dict):
            raise FormRefused(f"{where}: a choice has a label and a value")
        allow_only(value, {"label", "value"}, f"{where}: choice")
        options.append(Option(read_code(value, where), read_string(value, "label", where)))
    if len({option.value for option in options}) != len(options):
        raise FormRefused(f"{where}: a choice is listed twice")
    return tuple(options)


def _columns(component: Mapping[str, Any], where: str) -> int | None:
    """Width in sixteenths of the row, as form-js counts."""
    layout = component.get("layout", {})
    columns = layout.get("columns") if isinstance(layout, dict) else None
    if columns is not None and (type(columns) is not int or not 1 <= columns <= 16):
        raise FormRefused(f"{where}: layout.columns is between 1 and 16")
    return columns
