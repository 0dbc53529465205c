"""Shared parts of forms: a group that says `part` stands for a file of its own, which any number of forms may use.

A part is a form file in `forms/parts/`; where a form is loaded, the part's components stand in that group. One level
only: a part refers to no other. Which parts there are a form cannot say: they come from the bundle that it lies in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from workflows.forms.attributes import KEY
from workflows.forms.refusals import PART_CLASH, PART_MISSING, PART_NESTED, FormRefused, Place, shortened
from workflows.forms.soundness import read_json

FOLDER = "forms/parts/"
PART = "part"
MAX_PARTS = 20

Component = Mapping[str, Any]
Contents = Mapping[str, Sequence[Component]]
"""The components of each part, by its key."""


def is_form(path: str) -> bool:
    """Whether a file of a bundle is a form that a task can be filled with: neither a diagram nor a shared part."""
    return path.endswith(".form") and not is_part(path)


def is_part(path: str) -> bool:
    """Whether a file of a bundle is a shared part of forms."""
    return path.startswith(FOLDER)


def path_of_part(key: str) -> str:
    """Where the shared part of that key lies in a bundle."""
    return f"{FOLDER}{key}.form"


def parts_among(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The shared parts among the files of a bundle, by key."""
    return {PurePosixPath(path).stem: content for path, content in files.items() if is_part(path)}


@lru_cache(maxsize=512)
def parts_named(text: bytes) -> tuple[str, ...]:
    """The parts that the bytes of a form refer to, in order; none where they cannot be read, which the gate says."""
    if f'"{PART}"'.encode() not in text:
        return ()
    try:
        named = [group["properties"][PART] for group in _references(read_json(text).get("components"))]
    except FormRefused:
        return ()
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str) and KEY.fullmatch(name)))


def stands_for_part(component: Component) -> bool:
    """Whether a component is a group in which a shared part stands."""
    properties = component.get("properties")
    return component.get("type") == "group" and isinstance(properties, dict) and PART in properties


def refuse_references(form: str, schema: Mapping[str, Any]) -> None:
    """A part refers to no other part. Raises FormRefused."""
    for group in _references(schema.get("components")):
        said = shortened(group["properties"][PART])
        raise FormRefused(
            place_of(form, group),
            f"a shared part cannot hold another one ({said!r})",
            f"引用了共用部分“{said}”，而共用部分中不能再引用共用部分",
            PART_NESTED,
        )


def check_references(form: str, schema: Mapping[str, Any], parts: Mapping[str, bytes]) -> dict[str, Place]:
    """The parts that a form refers to, each with where it does. Raises FormRefused for what cannot be put in place."""
    found: dict[str, Place] = {}
    for group in _references(schema.get("components")):
        name, where = group["properties"][PART], place_of(form, group)
        said = shortened(name)
        if not isinstance(name, str) or name not in parts:
            raise FormRefused(where, f"there is no shared part {said!r}", f"的共用部分“{said}”不存在", PART_MISSING)
        if name in found:
            words = f"的共用部分“{said}”在本表单中已经用过"
            raise FormRefused(where, f"the shared part {said!r} is used twice", words, PART_CLASH)
        if group.get("components"):
            message = "a group that stands for a shared part has components of its own"
            raise FormRefused(where, message, "引用了共用部分，不能再有自己的组件")
        if len(found) == MAX_PARTS:
            raise FormRefused(where, f"more than {MAX_PARTS} shared parts", f"超出限度：至多引用{MAX_PARTS}个共用部分")
        found[name] = where
    return found


def contents_of(names: Iterable[str], parts: Mapping[str, bytes]) -> dict[str, list[Component]]:
    """The components of parts that could be loaded."""
    return {name: read_json(parts[name]).get("components", []) for name in names}


def refuse_clashes(form: str, schema: Mapping[str, Any], contents: Contents) -> None:
    """No field of a part has the key of another field of the form. Raises FormRefused."""
    met = set(_keys(schema.get("components")))
    for group in _references(schema.get("components")):
        name = group["properties"][PART]
        own = set(_keys(contents[name]))
        if met & own:
            said = "、".join(sorted(met & own))
            raise FormRefused(
                place_of(form, group),
                f"keys of the shared part {name!r} are those of other fields too: {said}",
                f"的共用部分“{name}”与本表单的其他内容有相同的字段标识“{said}”，每个字段须各有标识",
                PART_CLASH,
            )
        met |= own


def put_in_place(schema: Mapping[str, Any], contents: Contents) -> dict[str, Any]:
    """The schema with the components of its parts in the groups that stand for them, as far as there are any.

    The ids of a part begin with the id of its group: so a form meets none of them twice.
    """
    return {**schema, "components": _filled(schema.get("components"), contents)}


def _filled(components: object, contents: Contents) -> object:
    if not isinstance(components, list):
        return components
    return [
        _fill(each, contents) if isinstance(each, dict) and each.get("type") == "group" else each for each in components
    ]


def _fill(group: Component, contents: Contents) -> Component:
    name = group["properties"][PART] if stands_for_part(group) else None
    if not isinstance(name, str) or name not in contents:
        return {**group, "components": _filled(group.get("components"), contents)}
    return {**group, "components": [_renamed(each, f"{group.get('id')}_") for each in contents[name]]}


def _renamed(component: Component, prefix: str) -> Component:
    made = {**component, "id": f"{prefix}{component.get('id')}"}
    layout = component.get("layout")
    if isinstance(layout, dict) and "row" in layout:
        made["layout"] = {**layout, "row": f"{prefix}{layout['row']}"}
    if "components" in component:
        made["components"] = [_renamed(each, prefix) for each in component["components"]]
    return made


def place_of(form: str, group: Component) -> Place:
    """Where a group that stands for a part is, named by its label as far as it has one."""
    id_, label = group.get("id"), group.get("label")
    words = f"分组「{shortened(label)}」" if isinstance(label, str) and label.strip() else f"分组“{shortened(id_)}”"
    return Place(f"{form}/{shortened(id_)}", words, id_ if isinstance(id_, str) else "")


def _references(components: object) -> Iterator[Component]:
    """The groups that stand for parts, in order, groups looked into; their depth was bounded when they were read."""
    for each in components if isinstance(components, list) else []:
        if isinstance(each, dict) and each.get("type") == "group":
            if stands_for_part(each):
                yield each
            yield from _references(each.get("components"))


def _keys(components: object) -> Iterator[str]:
    """The names under which values are kept, groups looked into; columns of a list have names of their own."""
    for each in components if isinstance(components, list) else []:
        if not isinstance(each, dict):
            continue
        if each.get("type") == "group":
            yield from _keys(each.get("components"))
        key = each.get("path" if each.get("type") == "dynamiclist" else "key")
        if isinstance(key, str):
            yield key
