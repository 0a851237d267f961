"""A DAG that plans, and applies the plan in shards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, AssetAlias

from extracts_airflow.operators import ALIAS, ExtractsApplyOperator, ExtractsBlockedOperator, ExtractsPlanOperator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def build_extracts_dag(
    dag_id: str,
    *,
    project: str,
    plans: str,
    shards: int = 1,
    select: Sequence[str] = (),
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    command: Sequence[str] = (),
    retries: int = 3,
    retry_delay: timedelta = timedelta(minutes=1),
    schedule: Any = None,
    **dag: Any,
) -> DAG:
    """
    Return a DAG that plans, and applies the plan with a task for each of its shards.

    Of its three tasks, `apply` is mapped over the shards; `blocked` fails if some pipelines cannot be applied, so that
    this is seen although the others are.

    :param plans: a folder on a disk that all workers share; each run of the DAG has a plan of its own there.
    :param shards: how many tasks apply at once. Shards are mapped, never pipelines: a task costs Airflow seconds.
    :param retries: how often what may succeed later is tried again; what will not is never tried again.
    :param schedule: as of `airflow.sdk.DAG`; None runs it only when it is asked for.
    :param dag: everything else that `airflow.sdk.DAG` takes.

    The other parameters are those of the operators. One run at a time is active unless `max_active_runs` says something else:
    a second plan would be out of date as soon as the first is applied.
    """
    common = {
        "project": project,
        "plan": f"{plans}/{dag_id}/{{{{ run_id | replace(':', '-') | replace('/', '-') }}}}.json",
        "secrets": secrets,
        "variables": variables,
        "command": command,
        "retries": retries,
        "retry_delay": retry_delay,
    }
    settings = {"max_active_runs": 1, "catchup": False, **dag}
    with DAG(dag_id, schedule=schedule, **settings) as built:
        planned = ExtractsPlanOperator(task_id="plan", shards=shards, select=select, **common)
        ExtractsBlockedOperator(task_id="blocked", blocked=planned.output["blocked"])
        applied = ExtractsApplyOperator.partial(
            task_id="apply", map_index_template="{{ task.shard }}", outlets=[AssetAlias(ALIAS)], **common
        )
        applied.expand(shard=planned.output)
    return built
