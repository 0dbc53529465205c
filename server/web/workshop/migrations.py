"""在办件迁移: try the cases under way on another version, move those that can be moved, and move one back."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.web.showing.answers import Page, chosen, failed, whole
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.foresight import migration_trial, migrations

blueprint = Blueprint("migrations", __name__)

_UNCLEAR = FieldError("chosen", "已勾选个别申报件，请选定“只迁移上表勾选的”，或取消勾选。")
COLOURS = {"migratable": "green", "blocked": "red", "migrated": "green", "refused": "red", "reverted": "orange"}


@blueprint.get("/workshop/definitions/<key>/migration")
@allow("process_owner")
def show(key: str) -> str:
    return _show(key, whole(request.args.get("to")), tried="tried" in request.args)


def _show(key: str, wanted: int | None, *, tried: bool, errors: tuple[FieldError, ...] = ()) -> str:
    actor = current_actor()
    targets = migration_trial.list_targets(g.session, actor, key)
    if not targets:
        raise NotFound("没有这一支持事项的流程版本。")
    versions: list[int] = [each["version"] for each in targets]
    to = wanted if wanted in versions else versions[0]
    run = migration_trial.dry_run(g.session, actor, key, to) if tried else None
    verdict = chosen("verdict") if chosen("verdict") in ("migratable", "blocked") else None
    page = whole(request.args.get("page")) or 1
    return render_template(
        "workshop/migration.html",
        key=key,
        targets=targets,
        to=to,
        run=run,
        rows=run.page(verdict, page) if run else [],
        verdict=verdict,
        page=page,
        pages=_pages(run, verdict) if run else 0,
        runs=migrations.list_runs(g.session, actor, key),
        sent=request.form,
        errors=errors,
        verdicts=migrations.VERDICTS,
        colours=COLOURS,
    )


def _pages(run: migration_trial.DryRun, verdict: str | None) -> int:
    count = run.counts.get(verdict, 0) if verdict else len(run.rows)
    return -(-count // migration_trial.PAGE)


@blueprint.post("/workshop/definitions/<key>/migration")
@allow("process_owner")
def start(key: str) -> Page:
    """All that can be moved, or those that are ticked; then the page of the run shows how it goes."""
    sent = request.form
    to = whole(sent.get("to"))
    if to is None:
        raise NotFound("没有这一流程版本。")
    ticked, all_of_them = sent.getlist("chosen"), sent.get("which") != "chosen"
    try:
        if ticked and all_of_them:
            raise Invalid("迁移范围有误。", errors=[_UNCLEAR])
        run_id = migrations.start(
            g.session,
            current_actor(),
            key,
            to,
            references=None if all_of_them else ticked,
            reason=sent.get("reason", ""),
            now=g.now,
        )
    except Invalid as error:
        return _show(key, to, tried=True, errors=error.errors), error.status
    return redirect(url_for(".show_run", key=key, run_id=run_id), 303)


@blueprint.get("/workshop/definitions/<key>/migration/runs/<int:run_id>")
@allow("process_owner")
def show_run(key: str, run_id: int) -> str:
    return render_template("workshop/migration_run.html", **_run(key, run_id))


@blueprint.get("/workshop/definitions/<key>/migration/runs/<int:run_id>/progress")
@allow("process_owner")
def progress(key: str, run_id: int) -> str:
    """The part of the run's page that changes; asked for every second while the run is under way."""
    return render_template("workshop/migration_progress.html", **_run(key, run_id))


def _run(key: str, run_id: int) -> dict[str, Any]:
    run = migrations.get_run(g.session, current_actor(), run_id, after=whole(request.args.get("cursor")) or 0)
    if run["key"] != key:
        raise NotFound("没有这一次迁移。")
    return {"key": key, "run": run, "verdicts": migrations.VERDICTS, "colours": COLOURS}


@blueprint.post("/workshop/definitions/<key>/migration/runs/<int:run_id>/cases/<reference>/reversal")
@allow("process_owner")
def revert(key: str, run_id: int, reference: str) -> Page:
    try:
        migrations.revert(g.session, current_actor(), reference, request.form.get("reason", ""), g.now)
    except (Conflict, Invalid) as error:
        return failed(error)
    flash(f"{reference}已撤销迁移，恢复为迁移前的版本和状态。", "success")
    return redirect(url_for(".show_run", key=key, run_id=run_id), 303)
