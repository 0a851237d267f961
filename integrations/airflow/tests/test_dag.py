from airflow.sdk.definitions.mappedoperator import MappedOperator

from extracts_airflow import ExtractsPlanOperator, build_extracts_dag


def test_the_dag_plans_once_and_applies_a_task_for_each_shard():
    dag = build_extracts_dag("tenants", project="/srv/extracts", plans="/srv/plans", shards=8, schedule="@daily", tags=["bi"])
    plan, apply = dag.get_task("plan"), dag.get_task("apply")
    assert isinstance(plan, ExtractsPlanOperator)
    assert isinstance(apply, MappedOperator)
    assert plan.downstream_task_ids == {"apply", "blocked"}
    assert plan.shards == 8
    assert plan.plan.startswith("/srv/plans/tenants/{{ run_id")
    assert (dag.max_active_runs, dag.tags) == (1, {"bi"})
