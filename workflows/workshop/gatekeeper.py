"""The gate's own process: judges bundles and files that nobody trusts yet, within limits that it sets itself.

Started by `inspection` with a request on standard input; answers line by line on standard output, so that what was
finished before a limit struck still counts. Imports nothing but the engine and the forms: neither storage nor web is
in reach of what it reads. `judge` is also what the program calls in process for the diagrams that it brings itself.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from workflows import engine, forms
from workflows.forms import feel
from workflows.forms.refusals import PART_REFUSED
from workflows.forms.soundness import read_harmless

MEGABYTE = 1024 * 1024
# The last line's name; no path and no scheme is called so.
PEAK = "peak MB"


def judge(bundle: Mapping[str, bytes], scheme: str, known: engine.Known) -> list[engine.Finding]:
    """Everything that the gate says about a bundle: its forms, then its diagrams with the forms that could be loaded.

    `known` says what exists besides the forms.
    """
    whole, findings = with_forms(bundle, known)
    diagrams = {path: content for path, content in bundle.items() if path.endswith(".bpmn")}
    return [*engine.check_bundle(diagrams, scheme, known=whole), *findings]


def with_forms(bundle: Mapping[str, bytes], known: engine.Known) -> tuple[engine.Known, list[engine.Finding]]:
    """What is known, with the forms of a bundle that could be loaded; and what is wrong with the others."""
    findings: list[engine.Finding] = []
    decisions: dict[str, Sequence[str]] = {}
    fields: dict[str, dict[str, engine.Asked]] = {}
    demanded: dict[str, dict[str, frozenset[str]]] = {}
    parts = forms.parts_among(bundle)
    for path, content in bundle.items():
        if not path.endswith(".form"):
            continue
        try:
            form = forms.load_part(content) if forms.is_part(path) else forms.load(content, parts)
        except forms.FormRefused as refused:
            # What is wrong with a part is said once, of the part itself.
            if refused.rule is not PART_REFUSED:
                findings.append(_refused(path, content, refused, hostile=bool(_damage(path, content))))
        else:
            findings += _misnamed(path, form.key)
            if forms.is_form(path):
                decisions[form.key] = form.decisions
                fields[form.key] = asked_by(form)
                demanded[form.key] = {word: _demanded(form, word) for word in form.decisions}
    # A form that is refused is there all the same: what it decides is not known, and so not checked.
    there = frozenset(PurePosixPath(path).stem for path in bundle if forms.is_form(path))
    return replace(known, forms=there, decisions=decisions, fields=fields, demanded=demanded), findings


def asked_by(form: forms.Form) -> dict[str, engine.Asked]:
    """What a form asks, by path: its fields, and the columns of its lists."""
    return {field.path: _asked(field) for each in form.fields for field in (each, *each.fields)}


def _asked(field: forms.Field) -> engine.Asked:
    choices = frozenset() if field.is_boolean else frozenset(option.value for option in field.options)
    kind = field.kind.code if field.kind else "boolean" if field.is_boolean else "choice" if choices else field.type
    return engine.Asked(
        field.required,
        kind,
        choices,
        readonly=field.readonly,
        minimum="" if field.minimum is None else str(field.minimum),
        maximum="" if field.maximum is None else str(field.maximum),
        rows=field.min_items,
        pattern=field.kind.pattern if field.kind else field.pattern or "",
        prefill=field.prefill or "",
        hidden=feel.written(field.hide),
        demanded=feel.written(field.required_when),
    )


def _demanded(form: forms.Form, decision: str) -> frozenset[str]:
    """What has to be filled in when the form is sent with this decision."""
    values = {forms.DECISION: decision}
    return frozenset(field.key for field in form.fields if field.key != forms.DECISION and field.is_required(values))


def judge_file(path: str, content: bytes, key: str) -> list[engine.Finding]:
    """Why a single file may not even be kept as a draft; a file that is merely wrong has no finding."""
    if path.endswith(".bpmn"):
        return engine.check_file(path, content, key)
    return _damage(path, content)


def _damage(path: str, content: bytes) -> list[engine.Finding]:
    try:
        schema = read_harmless(content)
    except forms.FormRefused as refused:
        return [_refused(path, content, refused, hostile=True)]
    return _misnamed(path, schema.get("id"))


def _misnamed(path: str, key: object) -> list[engine.Finding]:
    own = PurePosixPath(path).stem
    if key == own:
        return []
    shown = str(key)[:80]
    return [
        engine.Finding(
            file=path,
            line=1,
            element=None,
            rule="form-file-name",
            message_zh=f"表单编号「{shown}」与文件名不一致。",
            message_en=f"The form's id {shown} differs from the file's name.",
            mend_zh=f"请把表单编号改为「{own}」。",
            mend_en=f"Give the form the id {own}.",
            hostile=True,
        )
    ]


def _refused(path: str, content: bytes, refused: forms.FormRefused, *, hostile: bool) -> engine.Finding:
    return engine.Finding(
        file=path,
        line=_line_of(content, refused.place.id),
        element=refused.place.id or None,
        rule=refused.rule.id,
        message_zh=f"{refused.message_zh}。",
        message_en=str(refused),
        mend_zh=refused.rule.mend_zh,
        mend_en=refused.rule.mend_en,
        hostile=hostile,
    )


def _line_of(content: bytes, component: str) -> int:
    """The line on which a component of a form says its id; the first where it has none."""
    found = re.search(rb'"id"\s*:\s*' + re.escape(json.dumps(component).encode()), content) if component else None
    return content.count(b"\n", 0, found.start()) + 1 if found else 1


def main() -> None:
    """Read one request, set the limits, answer it."""
    header = json.loads(sys.stdin.buffer.readline())
    contents = [sys.stdin.buffer.read(size) for size in header["sizes"]]
    _confine(header["cpu_seconds"], header["room_mb"] * MEGABYTE)
    answer(header, contents, sys.stdout)
    _write(sys.stdout, {PEAK: _peak()})


def answer(header: Mapping[str, Any], contents: list[bytes], out: IO[str]) -> None:
    """Write the findings of each bundle, or of the single file, on a line of its own."""
    if "file" in header:
        _say(out, header["file"], judge_file(header["file"], contents[0], header["key"]))
        return
    known = engine.Known.from_json(header["known"])
    for scheme, numbers in header["bundles"].items():
        bundle = {path: contents[number] for path, number in numbers.items()}
        _say(out, scheme, judge(bundle, scheme, known))
        # Specs and trees refer to each other: the next bundle needs their memory.
        gc.collect()


def _say(out: IO[str], name: str, findings: list[engine.Finding]) -> None:
    _write(out, {name: [asdict(each) for each in findings]})


def _write(out: IO[str], line: Mapping[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def _confine(cpu_seconds: float, room: int) -> None:
    """From here on a little processor time, `room` bytes more of memory, and no file to be written.

    On a system without such limits the caller's clock is the only one.
    """
    with suppress(ImportError):
        import resource
        import signal

        limits = {"RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_CPU": int(cpu_seconds) + 1}
        with suppress(OSError):
            # Linux counts here what a process has allotted for itself; elsewhere the limit has no such meaning.
            pages = int(Path("/proc/self/statm").read_text().split()[5])
            limits["RLIMIT_DATA"] = pages * resource.getpagesize() + room
        for name, limit in limits.items():
            # None may be raised above what the caller has.
            with suppress(AttributeError, OSError, ValueError):
                resource.setrlimit(getattr(resource, name), (limit, limit))
        # Whole seconds are coarse: this ends the process after exactly that much processor time.
        used = resource.getrusage(resource.RUSAGE_SELF)
        signal.setitimer(signal.ITIMER_PROF, max(0.1, cpu_seconds - used.ru_utime - used.ru_stime))


def _peak() -> float | None:
    """The most memory that this process has held, in MB; None where the system does not say.

    Not `ru_maxrss`, which on Linux remembers the size of the process that started this one.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None
