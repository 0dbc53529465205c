"""The pages: one room for each kind of visitor, one module for each work, and how things are shown.

Every blueprint is listed here; a page that is not in the list does not exist.
"""

from server.web.office import (
    batches,
    calendars,
    cases,
    checks,
    clues,
    deliveries,
    historic_awards,
    matters,
    objections,
    official_lists,
    parameters,
    publicity,
    quotas,
    recoveries,
    reopenings,
    tasks,
)
from server.web.public import account, applicant, filed_objections, notices, trial
from server.web.workshop import (
    diagram_editor,
    drafts,
    form_editor,
    heat_map,
    migrations,
    rehearsals,
    scenarios,
    versions,
    what_ifs,
)

BLUEPRINTS = (
    account.blueprint,
    notices.blueprint,
    filed_objections.blueprint,
    trial.blueprint,
    applicant.blueprint,
    tasks.blueprint,
    cases.blueprint,
    deliveries.blueprint,
    matters.blueprint,
    checks.blueprint,
    recoveries.blueprint,
    reopenings.blueprint,
    clues.blueprint,
    batches.blueprint,
    publicity.blueprint,
    objections.blueprint,
    quotas.blueprint,
    parameters.blueprint,
    calendars.blueprint,
    official_lists.blueprint,
    historic_awards.blueprint,
    versions.blueprint,
    heat_map.blueprint,
    what_ifs.blueprint,
    diagram_editor.blueprint,
    form_editor.blueprint,
    migrations.blueprint,
    drafts.blueprint,
    rehearsals.blueprint,
    scenarios.blueprint,
)
