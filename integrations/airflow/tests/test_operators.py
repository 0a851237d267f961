import json
from collections import defaultdict
from types import SimpleNamespace

import pytest
from airflow.sdk import AssetAlias
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

from extracts_airflow import operators
from extracts_airflow.operators import ALIAS, ExtractsApplyOperator, ExtractsBlockedOperator, ExtractsPlanOperator

LISTED = """{"address":"a","action":"create","shard":1}
{"address":"b","action":"none","shard":2}
{"address":"c","action":"blocked","blockedBy":"error"}
{"address":"d","action":"forget","shard":3}
"""


class Pushed:
    """As much of a task instance as operators use."""

    def __init__(self):
        self.values = {}

    def xcom_push(self, key, value):
        self.values[key] = value


class Events(defaultdict):
    """As much of Airflow's outlet events as operators use."""

    def __init__(self):
        super().__init__(lambda: SimpleNamespace(added=[], add=None))

    def __missing__(self, key):
        added = []
        self[key] = SimpleNamespace(added=added, add=lambda asset, extra: added.append((asset, extra)))
        return self[key]


@pytest.fixture(autouse=True)
def shop(monkeypatch):
    found = SimpleNamespace(
        conn_type="postgres", host="db", login="u", password="hidden", port=None, schema="shop", extra_dejson={}
    )
    monkeypatch.setattr(operators, "BaseHook", SimpleNamespace(get_connection=lambda _: found))


def test_planning_returns_the_shards_with_work(program, tmp_path):
    (tmp_path / "listed").write_text(LISTED)
    command = program(f'echo "$@" > {tmp_path}/arguments; cat {tmp_path}/listed')
    plan = tmp_path / "plans" / "one.json"
    pushed = Pushed()
    operator = ExtractsPlanOperator(
        task_id="plan", project=str(tmp_path), plan=str(plan), command=command, shards=4, select=["sales", "tag:daily"]
    )
    assert operator.execute({"ti": pushed}) == ["1/4", "3/4"]
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments == ["plan", "--select=sales", "--select=tag:daily", "--shards=4", f"--out={plan}", "--list"]
    assert plan.parent.is_dir()


def plan_that_ends_with(code, program, tmp_path, *, saved=True):
    (tmp_path / "listed").write_text(LISTED)
    plan = tmp_path / "p.json"
    plan.write_text("of a try before")
    save = f"echo plan > {plan};" if saved else ""
    command = program(f"{save} cat {tmp_path}/listed; exit {code}")
    return ExtractsPlanOperator(task_id="plan", project=str(tmp_path), plan=str(plan), command=command, shards=4)


@pytest.mark.parametrize("code", [1, 3, 75])
def test_a_plan_with_a_blocked_pipeline_leaves_the_others_to_be_applied(code, program, tmp_path):
    pushed = Pushed()
    assert plan_that_ends_with(code, program, tmp_path).execute({"ti": pushed}) == ["1/4", "3/4"]
    assert pushed.values == {"blocked": ["c"]}
    with pytest.raises(AirflowFailException, match="blocked, as the log of the plan says: c"):
        ExtractsBlockedOperator(task_id="blocked", blocked=pushed.values["blocked"]).execute({})
    ExtractsBlockedOperator(task_id="blocked", blocked=[]).execute({})


def test_a_plan_that_was_not_saved_fails_by_its_code(program, tmp_path):
    with pytest.raises(AirflowFailException, match="extracts plan ended with 1"):
        plan_that_ends_with(1, program, tmp_path, saved=False).execute({"ti": Pushed()})
    with pytest.raises(AirflowFailException, match="extracts plan ended with 65: the configuration is invalid"):
        plan_that_ends_with(65, program, tmp_path).execute({"ti": Pushed()})


def report(*pipelines, **rest):
    whole = {"tables": [{"rows": 2}], "seconds": 1.25, "destinations": []}
    return json.dumps({"pipelines": [{**whole, **pipeline} for pipeline in pipelines], **rest})


def apply(program, tmp_path, text, code):
    (tmp_path / "report").write_text(text)
    command = program(f'echo "$@ $PG_URL" > {tmp_path}/arguments; cat {tmp_path}/report; exit {code}')
    operator = ExtractsApplyOperator(
        task_id="apply",
        project=str(tmp_path),
        plan="plan.json",
        command=command,
        shard="2/4",
        secrets={"PG_URL": "shop"},
    )
    events = Events()
    return lambda: operator.execute({"outlet_events": events}), events


def test_applying_writes_a_line_and_an_asset_for_what_it_publishes(program, tmp_path, capsys):
    text = report(
        {"address": "a", "outcome": "applied", "destinations": [{"target": "https://t.example.com acme: Sales/A", "size": 9}]},
        {"address": "b", "outcome": "failed", "failure": {"step": "read", "code": "EXT2001", "message": "refused"}},
    )
    run, events = apply(program, tmp_path, text, 75)
    with pytest.raises(AirflowException) as raised:
        run()
    logged = capsys.readouterr().out
    assert not isinstance(raised.value, AirflowFailException)
    assert "a: applied in 1.2 s, 2 rows" in logged
    assert "b: failed in 1.2 s, EXT2001: refused" in logged
    assert "hidden" not in logged
    ((asset, extra),) = events[AssetAlias(ALIAS)].added
    assert asset.name == "https://t.example.com acme: Sales/A"
    assert extra == {"pipeline": "a", "rows": 2, "bytes": 9}
    arguments = (tmp_path / "arguments").read_text()
    assert arguments == "apply plan.json --shard=2/4 --lock-wait=10m --json postgres://u:hidden@db/shop\n"


def test_a_shard_that_is_done_returns_its_numbers(program, tmp_path):
    run, _ = apply(program, tmp_path, report({"address": "a", "outcome": "applied"}, {"address": "b", "outcome": "applied"}), 0)
    assert run() == {"applied": 2}


def test_what_a_try_before_has_applied_has_events_too(program, tmp_path, capsys):
    done = [
        {"address": "a", "outcome": "applied", "rows": 7, "destinations": [{"target": "Sales/A", "size": 9}]},
        {"address": "b", "outcome": "applied", "destinations": [{"target": "Sales/B"}]},
        {"address": "c", "outcome": "deleted", "destinations": []},
        {"address": "d", "outcome": "applied", "partly": True, "rows": 2, "destinations": [{"target": "d1", "size": 1}]},
    ]
    applied = {"address": "d", "outcome": "applied", "destinations": [{"target": "d2", "size": 2}]}
    run, events = apply(program, tmp_path, report(applied, doneBefore=done), 0)
    assert run() == {"applied": 1, "done before": 3}
    added = {asset.name: extra for asset, extra in events[AssetAlias(ALIAS)].added}
    assert added == {
        "Sales/A": {"pipeline": "a", "rows": 7, "bytes": 9},
        "Sales/B": {"pipeline": "b"},
        "d1": {"pipeline": "d", "rows": 2, "bytes": 1},
        "d2": {"pipeline": "d", "rows": 2, "bytes": 2},
    }
    logged = capsys.readouterr().out
    assert "a: applied before" in logged
    assert "c: deleted before" in logged
    assert "d: applied before in part" in logged


def test_a_shard_of_which_all_was_done_before_returns_that(program, tmp_path):
    done = [{"address": "a", "outcome": "applied", "destinations": [{"target": "Sales/A"}]}]
    run, events = apply(program, tmp_path, report(doneBefore=done), 0)
    assert run() == {"done before": 1}
    assert len(events[AssetAlias(ALIAS)].added) == 1


def test_a_program_that_ends_before_it_has_a_report_fails_by_its_code(program, tmp_path):
    run, _ = apply(program, tmp_path, "", 4)
    with pytest.raises(AirflowFailException, match=r"shard 2/4 ended with 4: the plan is out of date"):
        run()


def plan_operator(tmp_path, **settings):
    plan = str(tmp_path / "plan.json")
    return ExtractsPlanOperator(task_id="plan", **{"project": str(tmp_path), "plan": plan, **settings})


def test_without_a_command_it_runs_what_npm_has_installed_in_the_project(program, tmp_path):
    installed = tmp_path / "node_modules" / ".bin" / "extracts"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(program("""echo '{"address":"a","action":"create","shard":1}'""")[0])
    assert plan_operator(tmp_path).execute({"ti": Pushed()}) == ["1/1"]


def test_a_program_that_is_not_there_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for settings in [{}, {"command": ["/nowhere/extracts"]}, {"project": "/nowhere"}]:
        with pytest.raises(AirflowFailException, match=r"cannot start extracts: .*command= must name the program"):
            plan_operator(tmp_path, **settings).execute({"ti": Pushed()})


def test_a_secret_that_no_connection_has_is_not_tried_again(tmp_path, monkeypatch):
    with pytest.raises(AirflowFailException, match=r"PG_PORT.*the connection shop has no port"):
        plan_operator(tmp_path, secrets={"PG_PORT": "shop.port"}).execute({"ti": Pushed()})

    def get_connection(name):
        message = f"The conn_id `{name}` isn't defined"
        raise AirflowNotFoundException(message)

    monkeypatch.setattr(operators, "BaseHook", SimpleNamespace(get_connection=get_connection))
    with pytest.raises(AirflowFailException, match="`shop` isn't defined"):
        plan_operator(tmp_path, secrets={"PG_URL": "shop"}).execute({"ti": Pushed()})
