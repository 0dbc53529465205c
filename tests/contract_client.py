"""A client that knows only the contract: it signs in, reads tasks and waits, fills forms from their schemas, moves on.

It never looks into the program; so what it can do, any outside client can.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.api_calls import Api, ApiError, Transport
from tests.readings import CHOSEN

PASSWORD = "greencase-demo"

# The demo people of contract.md, by role.
PEOPLE = {
    "acceptance_clerk": ["acceptance"],
    "case_officer": ["officer", "officer2", "officer3"],
    "section_chief": ["chief"],
    "legal_officer": ["legal"],
    "deputy_leader": ["deputy"],
    "finance_officer": ["finance"],
    "finance_reviewer": ["finance2"],
    "meeting_secretary": ["meeting"],
    "district_approver": ["district"],
    "discipline": ["discipline"],
    "verifier": ["verifier", "verifier2"],
    "review_organizer": ["organizer"],
    "co_department": ["codept"],
}


# What ships without a default, as the demo batch chooses it (corrections.md).


@dataclass
class Office:
    """The people of the demo, signed in when first needed, and a way to drive a case."""

    send: Transport
    known: dict[str, Api] = field(default_factory=dict)
    # Who applied, by the reference of the case.
    applicants: dict[str, str] = field(default_factory=dict)

    def as_(self, username: str) -> Api:
        if username not in self.known:
            answer = Api(self.send).post("/session", {"username": username, "password": PASSWORD})
            self.known[username] = Api(self.send, answer["token"], username)
        return self.known[username]

    @property
    def nobody(self) -> Api:
        return Api(self.send)

    def import_history(self, items: Sequence[Mapping[str, Any]]) -> Any:
        """Rows of the history of awards, proposed by one process owner and confirmed by the other."""
        report = self.as_("owner").post("/historic-awards", {"items": [*items]})
        if report["accepted"]:
            self.as_("owner2").post(f"/historic-awards/imports/{report['id']}/confirmation")
        return report

    def open_batch(self) -> int:
        """The batch that is open, or a new one with every parameter confirmed."""
        items = self.as_("officer").get("/batches")["items"]
        found = next((batch["id"] for batch in items if batch["status"] == "open"), None)
        return found or self.make_batch()

    def confirm_parameters(self, **chosen: str) -> None:
        """Propose and confirm every value that is not confirmed yet."""
        chosen = {**CHOSEN, **chosen}
        for parameter in self.as_("owner").get("/parameters")["items"]:
            if not parameter["confirmed"]:
                value = chosen.get(parameter["id"], parameter["default"])
                self.put_in_force(parameter["id"], value, "虚构文〔2026〕1号")

    def choose(self, **readings: str) -> None:
        """Change readings of the policy for the batches that open from now on; `a10__cap_scope` is a10.cap_scope."""
        for name, value in readings.items():
            self.put_in_force(name.replace("__", "."), value, "虚构文〔2026〕2号")

    def put_in_force(self, parameter: str, value: Any, basis: str) -> None:
        """One owner proposes a value, another confirms what the first proposed."""
        path = f"/parameters/{parameter}"
        made = self.as_("owner").post(f"{path}/proposals", {"value": value, "basis": basis})
        self.as_("owner2").post(f"{path}/confirmations", {"proposal": made["proposal"]["id"]})

    def make_batch(
        self,
        title: str = "测试批次（虚构）",
        schemes: Sequence[str] = ("retrofit",),
        *,
        cap_year: int = 2026,
        until: str = "2026-04-15",
        **chosen: str,
    ) -> int:
        self.confirm_parameters(**chosen)
        body = {
            "title": title,
            "schemes": list(schemes),
            "window_from": "2026-03-02T00:00:00+08:00",
            "window_to": f"{until}T23:59:59+08:00",
            "cap_year": cap_year,
        }
        batch = self.as_("officer").post("/batches", body)["id"]
        self.as_("chief").post(f"/batches/{batch}/opening")
        return int(batch)

    def apply(
        self,
        enterprise: str = "e01",
        title: str = "空压系统节能改造项目",
        batch: int | None = None,
        scheme: str = "retrofit",
    ) -> str:
        body = {"scheme": scheme, "batch": batch or self.open_batch(), "title": title}
        reference = str(self.as_(enterprise).post("/cases", body)["reference"])
        self.applicants[reference] = enterprise
        return reference

    def import_list(self, scheme: str, batch: int, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
        """Import an official list as a CSV file; answers its id."""
        text = "\n".join(",".join(row) for row in [headers, *rows])
        answer = self.as_("officer").post(
            "/official-lists",
            files={
                "scheme": scheme,
                "title": "公布名单（虚构）",
                "document_no": "虚构文〔2025〕9号",
                "published_on": "2025-12-20",
                "batch": str(batch),
                "file": (io.BytesIO(text.encode()), "名单.csv"),
            },
        )
        assert answer["refused"] == [], answer
        return int(answer["id"])

    def case(self, reference: str) -> Any:
        return self.as_("auditor").get(f"/cases/{reference}")

    def complete(self, task: Mapping[str, Any], reference: str, **values: Any) -> Any:
        """Sign in as somebody who may do the task, fill the form from its examples, complete it.

        Tries the people of the role in turn, for a separation of duties may bar the first.
        """
        last: ApiError | None = None
        for username in self.people_for(task, reference):
            api = self.as_(username)
            try:
                form = api.get(f"/tasks/{task['id']}")["form"]
                return api.post(f"/tasks/{task['id']}/completion", {"data": fill(form["schema"], values)})
            except ApiError as error:
                if error.status not in (403, 404, 409) or username == self.people_for(task, reference)[-1]:
                    raise
                last = error
        raise last or AssertionError(f"nobody for {task}")

    def people_for(self, task: Mapping[str, Any], reference: str) -> list[str]:
        if task.get("assignee"):
            return [task["assignee"]]
        if task["role"] == "applicant":
            return [self.applicant_of(reference)]
        return PEOPLE[task["role"]]

    def applicant_of(self, reference: str) -> str:
        return self.applicants.get(reference, "e01")

    def open_tasks(self, reference: str, applicant: str | None = None) -> list[Any]:
        return list(self.look(reference, applicant)["open_tasks"])

    def look(self, reference: str, applicant: str | None = None) -> Any:
        """The case as the auditor sees it; a draft is its applicant's own."""
        status, body = self.as_("auditor").try_call("GET", f"/cases/{reference}")
        if status == 200:
            return body
        return self.as_(applicant or self.applicant_of(reference)).get(f"/cases/{reference}")

    def at(self, reference: str) -> set[str]:
        """The elements at which a case is: its open tasks and what it waits for."""
        case = self.look(reference)
        return {each["element_id"] for each in [*case["open_tasks"], *case["waiting_for"]]}

    def task(self, reference: str, element_id: str) -> Any:
        """An open task of a case."""
        found = [task for task in self.open_tasks(reference) if task["element_id"] == element_id]
        assert found, f"{element_id} is not open; {reference} is at {self.at(reference)}"
        return found[0]

    def do(self, reference: str, element_id: str, *, by: str | None = None, **values: Any) -> Any:
        """Complete an open task, by somebody of its role or by a person; what is not given comes from the examples."""
        task = self.task(reference, element_id)
        return self.complete({**task, "assignee": by} if by else task, reference, **values)

    def schema(self, reference: str, element_id: str, by: str) -> Any:
        """The JSON Schema of an open task's form, as a person gets it."""
        return self.as_(by).get(f"/tasks/{self.task(reference, element_id)['id']}")["form"]["schema"]

    def history(self, reference: str, by: str = "auditor") -> list[Any]:
        return list(self.as_(by).get(f"/cases/{reference}/history")["items"])

    def now(self) -> Any:
        return self.nobody.get("/demo/clock")["now"]

    def wait_until(self, instant: str) -> None:
        """Move the clock to an instant."""
        self.as_("auditor").post("/demo/clock", {"now": instant})

    def let_work(self) -> None:
        """Let the worker do what is due now."""
        self.as_("auditor").post("/demo/clock", {"advance": "PT1S"})

    def submit(self, reference: str, applicant: str | None = None, **values: Any) -> Any:
        """Fill and submit the application of a draft."""
        api = self.as_(applicant or self.applicant_of(reference))
        [task] = api.get(f"/cases/{reference}")["open_tasks"]
        form = api.get(f"/tasks/{task['id']}")["form"]
        return api.post(f"/tasks/{task['id']}/completion", {"data": fill(form["schema"], values)})

    def step(
        self, reference: str, applicant: str | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> str:
        """Do the one next thing for a case; answers what was done ("" when the case has ended)."""
        case = self.look(reference, applicant)
        given = values or {}
        if case["open_tasks"]:
            task = case["open_tasks"][0]
            data = given.get(task["element_id"], {})
            if task["element_id"] == "fill_application":
                self.submit(reference, applicant, **data)
            elif task["role"] == "applicant" and applicant:
                self.complete({**task, "assignee": applicant}, reference, **data)
            else:
                self.complete(task, reference, **data)
            return str(task["element_id"])
        if not case["waiting_for"]:
            return ""
        wait, batch = case["waiting_for"][0], case["batch"]["id"]
        if wait["kind"] == "timer":
            self.wait_until(wait["due_at"])
        elif wait["element_id"] == "listed":
            self.as_("chief").post(f"/batches/{batch}/list")
        elif wait["element_id"] == "refusal_resolved":
            self.resolve(batch, reference, "refuse", reason="同意拟不予支持的意见")
        elif wait["element_id"] == "resolved":
            self.resolve(batch, reference, "support")
        elif wait["element_id"] == "published":
            self.as_("officer").post(f"/batches/{batch}/publicity")
        elif wait["element_id"] == "recounted":
            # The worker counts it in the year of the decision; moving the clock lets it work.
            self.let_work()
        elif wait["element_id"] in ("checks_settled", "hold_settled"):
            self.settle_checks(reference)
        else:
            raise AssertionError(f"do not know how to go on from {wait}")
        return str(wait["element_id"])

    def accept_cuts(self, *references: str) -> None:
        """Let the firms that are asked before a cut keep the named order."""
        for reference in references:
            for task in self.open_tasks(reference):
                if task["element_id"] == "choose_matters":
                    self.complete(task, reference)

    def settle_checks(self, reference: str) -> None:
        """Conclude that whatever has something in common with a case is unrelated, and confirm it."""
        for check in self.as_("auditor").get(f"/cases/{reference}/checks")["items"]:
            if check["state"] == "settled":
                continue
            path = f"/cases/{reference}/checks/{check['id']}"
            body = {"result": "unrelated", "reason": "经核对合同和发票原件，不是同一支出（虚构）。"}
            made = self.as_("officer2").post(f"{path}/conclusion", body)["conclusions"][-1]
            self.as_("chief").post(f"{path}/confirmation", {"conclusion": made["id"]})

    def resolve(self, batch: int, reference: str, result: str, **more: str) -> Any:
        decision = {"case": reference, "result": result, **more}
        return self.as_("meeting").post(
            f"/batches/{batch}/resolution", {"minutes_no": "虚构会纪〔2026〕8号", "decisions": [decision]}
        )

    def drive(
        self,
        reference: str,
        until: str | None = None,
        *,
        applicant: str | None = None,
        values: Mapping[str, Mapping[str, Any]] | None = None,
        most: int = 80,
    ) -> list[str]:
        """Step until the case has ended or an element of that id is open or waited for; answers what was done."""
        done: list[str] = []
        for _ in range(most):
            case = self.look(reference, applicant)
            at = {each["element_id"] for each in [*case["open_tasks"], *case["waiting_for"]]}
            if until in at:
                return done
            did = self.step(reference, applicant, values)
            if not did:
                assert until is None, f"ended as {case['status']} before {until}: {done}"
                return done
            done.append(did)
        raise AssertionError(f"no end after {most} steps: {done}")


def fill(schema: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The given values, and the first example of every other property that they and the first decision require."""
    properties, data = schema["properties"], dict(values or {})
    required = set(schema.get("required", ()))
    examples = {name: each["examples"] for name, each in properties.items() if "examples" in each}
    if "decision" in required:
        data.setdefault("decision", properties["decision"]["enum"][0])
    for rule in schema.get("allOf", ()):
        if "then" in rule and _holds(rule["if"], data):
            required |= set(rule["then"].get("required", ()))
            then = rule["then"].get("properties", {})
            examples |= {name: each["examples"] for name, each in then.items() if each and "examples" in each}
    for name in required - set(data):
        data[name] = examples[name][0]
    return data


def _holds(condition: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    if "not" in condition:
        return not _holds(condition["not"], data)
    for name, rule in condition.get("properties", {}).items():
        if name not in data:
            return False
        if "const" in rule and data[name] != rule["const"]:
            return False
        if "enum" in rule and data[name] not in rule["enum"]:
            return False
    return True
