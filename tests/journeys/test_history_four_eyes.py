"""The history counts what two people saw: preview, doubts, confirmation by the import's id, withdrawal on record."""

from __future__ import annotations

from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.lists import E01, E02, send
from tests.journeys.test_historic_awards import HEADERS, HISTORY, HONOUR, PATH, ROW, everything
from workflows import audit

NAME_01, NAME_02 = "北京潞测绿能装备制造有限公司（虚构）", "北京运测精密电子有限公司（虚构）"


def propose(office: Office, *items: dict[str, Any]) -> Any:
    report = office.as_("owner").post(PATH, {"items": list(items or (HONOUR,))})
    return report, f"{PATH}/imports/{report['id']}"


def actions(app: Any) -> list[str]:
    with app.extensions["greencase"].database.transaction() as session:
        found = [event.action for event in audit.store.list_chain(session, "historic_awards", limit=20)]
        assert audit.verify(session) == []
        return found


def test_nothing_counts_before_another_confirmed_what_the_preview_shows(app: Any, office: Office) -> None:
    report, path = propose(office)
    assert (report["state"], report["accepted"], everything(office)) == ("proposed", 1, [])
    seen = office.as_("owner2").get(path)
    assert [(row["row"], row["values"]["precap_amount"], row["doubts"]) for row in seen["rows"]] == [(1, "500000", [])]
    for username, status in (("owner", 403), ("officer", 403), ("chief", 403)):
        with refused(status):
            office.as_(username).post(f"{path}/confirmation")
    counted = office.as_("owner2").post(f"{path}/confirmation")
    assert (counted["state"], counted["imported_by"], counted["confirmed_by"]) == ("counted", "owner", "owner2")
    assert [award["precap_amount"] for award in everything(office)] == ["500000"]
    with refused(409):
        office.as_("owner2").post(f"{path}/confirmation")
    assert actions(app) == ["historic_awards_proposed", "historic_awards_imported"]


def test_an_import_may_be_given_up(app: Any, office: Office) -> None:
    _, path = propose(office)
    with refused(422) as refusal:
        office.as_("owner").post(f"{path}/discarding", {"reason": " "})
    assert refusal.fields == {"reason"}
    assert office.as_("owner").post(f"{path}/discarding", {"reason": "金额单位有误"})["state"] == "discarded"
    with refused(409):
        office.as_("owner2").post(f"{path}/confirmation")
    assert everything(office) == []
    assert actions(app)[-1] == "historic_import_discarded"


def test_what_another_import_counted_meanwhile_does_not_count_twice(office: Office) -> None:
    (_, first), (_, second) = propose(office), propose(office)
    office.as_("owner2").post(f"{first}/confirmation")
    with refused(409) as refusal:
        office.as_("owner2").post(f"{second}/confirmation")
    assert "第1行" in refusal.detail and "已有" in refusal.detail
    assert len(everything(office)) == 1


def test_a_name_that_contradicts_its_code_is_settled_before_it_counts(app: Any, office: Office) -> None:
    wrong = {**HONOUR, "enterprise": NAME_02}
    report, path = propose(office, wrong, {**HONOUR, "enterprise": NAME_01, "level": "national"})
    assert report["unsettled"] == [1]
    assert NAME_01 in office.as_("owner").get(path)["rows"][0]["doubts"][0]
    with refused(409) as refusal:
        office.as_("owner2").post(f"{path}/confirmation")
    assert "第1行" in refusal.detail
    settlement = f"{path}/rows/1/settlement"
    with refused(422):
        office.as_("owner").post(settlement, {"decision": "keep", "reason": ""})
    with refused(404):
        office.as_("owner").post(f"{path}/rows/2/settlement", {"decision": "keep", "reason": "核对无误"})
    settled = office.as_("owner").post(settlement, {"decision": "drop", "reason": "代码错行"})
    assert settled["unsettled"] == []
    assert office.as_("owner2").post(f"{path}/confirmation")["accepted"] == 1
    assert [award["level"] for award in everything(office)] == ["national"]
    assert actions(app)[1] == "historic_row_settled"


def test_which_names_contradict(office: Office) -> None:
    stranger = "91350100M000100Y43"
    names: list[tuple[str, str | None, bool]] = [
        (E01, NAME_01, False),
        (E01, "北京潞测绿能装备制造有限公司(虚构)", False),
        (E01, "北京潞测绿能装备制造有限公司", False),
        (E01, None, False),
        (E01, "E01", False),
        (E01, NAME_02, True),
        (E01, "北京潞测绿能有限公司（虚构）", True),
        (stranger, "没有登记的公司", False),
        (stranger, NAME_01, True),
    ]
    for uscc, name, contradicts in names:
        report, _ = propose(office, {**HONOUR, "uscc": uscc, "enterprise": name})
        assert (report["unsettled"] == [1]) is contradicts, name


def test_a_firm_that_is_not_registered_is_found_by_its_stated_name(office: Office) -> None:
    office.import_history([{**HONOUR, "uscc": "91350100M000100Y43", "enterprise": "福州马测能源有限公司（虚构）"}])
    [found] = office.as_("officer").get(f"{PATH}?q=马测")["items"]
    assert found["enterprise"] == "福州马测能源有限公司（虚构）"


def test_an_award_is_withdrawn_by_two_and_then_no_longer_deducted(app: Any, office: Office) -> None:
    office.import_history([HONOUR])
    [award] = everything(office)
    owner, owner2 = office.as_("owner"), office.as_("owner2")
    with refused(403):
        office.as_("officer").post(f"{PATH}/{award['id']}/withdrawal", {"reason": "级别填错"})
    asked = owner.post(f"{PATH}/{award['id']}/withdrawal", {"reason": "级别填错"})
    with refused(409):
        owner2.post(f"{PATH}/{award['id']}/withdrawal", {"reason": "级别填错"})
    with refused(403):
        owner.post(f"{PATH}/withdrawals/{asked['id']}/confirmation")
    assert everything(office)[0]["withdrawn_at"] is None
    owner2.post(f"{PATH}/withdrawals/{asked['id']}/confirmation")
    assert everything(office)[0]["withdrawn_at"] is not None
    with refused(404):
        owner.post(f"{PATH}/{award['id']}/withdrawal", {"reason": "再撤一次"})
    assert actions(app)[-2:] == ["historic_withdrawal_proposed", "historic_withdrawal_confirmed"]
    # The correction: the same award, as it was, is no repeat any more.
    assert office.import_history([HONOUR])["accepted"] == 1
    [matter] = {each["matter"] for each in everything(office)}
    assert len(office.as_("officer").get(f"/matters/{matter}")["historic_awards"]) == 1


def test_a_whole_import_is_withdrawn(office: Office) -> None:
    report = office.import_history([HONOUR, {**HONOUR, "uscc": E02}])
    asked = office.as_("owner2").post(f"{PATH}/imports/{report['id']}/withdrawal", {"reason": "金额单位有误"})
    office.as_("owner").post(f"{PATH}/withdrawals/{asked['id']}/confirmation")
    assert all(award["withdrawn_at"] for award in everything(office))


def test_what_a_recognised_cluster_rests_on_is_not_withdrawn(office: Office) -> None:
    office.import_history([HISTORY[1]])
    [award] = everything(office)
    with refused(409):
        office.as_("owner").post(f"{PATH}/{award['id']}/withdrawal", {"reason": "认定有误"})


def test_rows_keep_the_numbers_of_their_file(office: Office) -> None:
    bad = ["91110112YYYY000122", *ROW[1:]]
    report = send(office.as_("owner"), PATH, [["历史支持台账"], HEADERS, bad, ROW])
    seen = office.as_("owner2").get(f"{PATH}/imports/{report['id']}")
    assert [row["row"] for row in seen["rows"]] == [4]
    assert [each["row"] for each in seen["refused"]] == [3]
