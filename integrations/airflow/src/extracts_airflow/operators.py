"""Operators that plan, and that apply a shard of a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from airflow.sdk import Asset, AssetAlias, BaseHook, BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from extracts_airflow.outcome import confirm
from extracts_airflow.program import Ended, Program
from extracts_airflow.variables import child_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The exit codes of a plan that can be applied in part.
PARTLY_PLANNED = (1, 3, 75)
#: The alias of the assets of all data sources that the operators publish; a DAG can be scheduled by it.
ALIAS = "extracts"
#: What the numbers of a report call pipelines that another run of the same shard has done.
DONE_BEFORE = "done before"
#: How long a shard waits for the locks of a try before it, which may still be at work after its worker was killed.
LOCK_WAIT = "10m"


class ExtractsOperator(BaseOperator):
    """
    Run `extracts` in a project.

    :param project: the folder with extracts.yaml, on every worker.
    :param plan: the file of the saved plan, on a disk that all workers share.
    :param secrets: variables from connections: `{"PG_URL": "shop_db", "TABLEAU_TOKEN": "tableau.password"}`.
    :param variables: further environment variables.
    :param command: the program and its first arguments, as on a command line. Without it, the program is the one that npm has
        installed in the project, or else the `extracts` of the PATH.
    """

    template_fields: ClassVar[Sequence[str]] = ("project", "plan", "variables", "command")

    def __init__(
        self,
        *,
        project: str,
        plan: str,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """Take the settings that both operators have."""
        super().__init__(**kwargs)
        self.project = project
        self.plan = plan
        self.secrets = dict(secrets or {})
        self.variables = dict(variables or {})
        self.command = list(command)
        self._program: Program | None = None

    def run_program(self, *arguments: str) -> Ended:
        """Run it to its end, with its lines in the log of the task."""
        try:
            environment = child_environment(self.secrets, self.variables, BaseHook.get_connection)
        except (AirflowNotFoundException, ValueError) as error:
            message = f"secrets={self.secrets}: {error}"
            raise AirflowFailException(message) from error
        command = self.command or installed_in(self.project)
        try:
            self._program = Program([*command, *arguments], folder=self.project, environment=environment)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            message = (
                f"cannot start extracts: {error}. On every worker, project= must be a folder in which npm has installed "
                "extracts, or command= must name the program"
            )
            raise AirflowFailException(message) from error
        return self._program.wait(self.log.info)

    def on_kill(self) -> None:
        """End the program when the task is stopped, times out, or its worker shuts down."""
        if self._program is not None:
            self._program.stop()


def installed_in(project: str) -> list[str]:
    """Return the program that npm has installed in a project; without one, its name, which is looked up in the PATH."""
    program = Path(project) / "node_modules" / ".bin" / "extracts"
    return [str(program) if program.exists() else "extracts"]


class ExtractsPlanOperator(ExtractsOperator):
    """
    Plan, save the plan, and return its shards that have something to do, such as `["1/8", "2/8"]`.

    An `ExtractsApplyOperator` is expanded over them; of an empty list Airflow skips it.

    :param shards: the number of parts to divide the work into.
    :param select: only these pipelines: names, patterns, `tag:WORD`.
    """

    template_fields: ClassVar[Sequence[str]] = (*ExtractsOperator.template_fields, "select")

    def __init__(self, *, shards: int = 1, select: Sequence[str] = (), **kwargs: Any) -> None:
        """Take what is planned."""
        super().__init__(**kwargs)
        self.shards = shards
        self.select = list(select)

    def execute(self, context: Mapping[str, Any]) -> list[str]:
        """
        Write the plan's file, and return its shards.

        Pipelines that are blocked leave the others to be applied: their addresses are the XCom `blocked`.
        """
        plan = Path(self.plan)
        plan.parent.mkdir(parents=True, exist_ok=True)
        # What a try before this one has left must not be taken for the plan of this one.
        plan.unlink(missing_ok=True)
        chosen = [f"--select={term}" for term in self.select]
        ended = self.run_program("plan", *chosen, f"--shards={self.shards}", f"--out={self.plan}", "--list")
        listed = [json.loads(line) for line in ended.output.splitlines() if line.strip()]
        blocked = [line["address"] for line in listed if line["action"] == "blocked"]
        if not (blocked and plan.exists() and ended.code in PARTLY_PLANNED):
            confirm(ended.code, "extracts plan")
        context["ti"].xcom_push(key="blocked", value=blocked)
        numbers = sorted({line["shard"] for line in listed if "shard" in line and line["action"] != "none"})
        self.log.info("%d pipelines, %d blocked; there is work in %d shards", len(listed), len(blocked), len(numbers))
        return [f"{number}/{self.shards}" for number in numbers]


class ExtractsBlockedOperator(BaseOperator):
    """
    Fail if the plan has blocked pipelines, beside the tasks that apply the others.

    :param blocked: their addresses: the XCom `blocked` of an `ExtractsPlanOperator`.
    """

    template_fields: ClassVar[Sequence[str]] = ("blocked",)

    def __init__(self, *, blocked: Sequence[str], **kwargs: Any) -> None:
        """Take the addresses."""
        super().__init__(**kwargs)
        self.blocked = blocked

    def execute(self, context: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Name those that are blocked, if any."""
        if self.blocked:
            message = f"blocked, as the log of the plan says: {', '.join(self.blocked)}"
            raise AirflowFailException(message)


class ExtractsApplyOperator(ExtractsOperator):
    """
    Apply one shard of a saved plan, and return its report in numbers.

    Tried again, it applies what is missing. Each data source that it publishes is an asset with the same name, through the
    alias `extracts`. Airflow must know that alias before the task is mapped: give `partial` also
    `outlets=[AssetAlias("extracts")]`, as `build_extracts_dag` does.

    :param shard: its number and how many there are: `3/8`.
    """

    template_fields: ClassVar[Sequence[str]] = (*ExtractsOperator.template_fields, "shard")

    def __init__(self, *, shard: str = "1/1", **kwargs: Any) -> None:
        """Take the part that is applied."""
        super().__init__(**{"outlets": [AssetAlias(ALIAS)], **kwargs})
        self.shard = shard

    def execute(self, context: Mapping[str, Any]) -> dict[str, int]:
        """
        Apply it, write a line for each pipeline, and note what was published.

        That is also what a try before has applied: Airflow takes the events of a task only when it succeeds, and from a worker
        that is killed it gets none.
        """
        ended = self.run_program("apply", self.plan, f"--shard={self.shard}", f"--lock-wait={LOCK_WAIT}", "--json")
        counts: dict[str, int] = {}
        report = report_in(ended.output)
        for pipeline in report.get("pipelines", []):
            outcome = pipeline["outcome"]
            counts[outcome] = counts.get(outcome, 0) + 1
            self.log.info(line_of(pipeline))
            if outcome == "applied":
                note_assets(pipeline, rows_of(pipeline), context)
        for pipeline in report.get("doneBefore", []):
            self.log.info(line_of_done(pipeline))
            note_assets(pipeline, pipeline.get("rows"), context)
            # The rest of what was done in part is among the others.
            if not pipeline.get("partly"):
                counts[DONE_BEFORE] = counts.get(DONE_BEFORE, 0) + 1
        confirm(ended.code, f"shard {self.shard}")
        return counts


def report_in(output: str) -> dict[str, Any]:
    """Return the report; it is empty where the program ended before it had one."""
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        return {}


def line_of(pipeline: Mapping[str, Any]) -> str:
    """Return one line about a pipeline for the log."""
    failure = pipeline.get("failure")
    end = f"{rows_of(pipeline)} rows" if failure is None else f"{failure.get('code', 'error')}: {failure['message']}"
    return f"{pipeline['address']}: {pipeline['outcome']} in {pipeline['seconds']:.1f} s, {end}"


def line_of_done(pipeline: Mapping[str, Any]) -> str:
    """Return one line about what another run of the shard has done."""
    part = " in part" if pipeline.get("partly") else ""
    return f"{pipeline['address']}: {pipeline['outcome']} before{part}"


def rows_of(pipeline: Mapping[str, Any]) -> int:
    """Return the number of rows that were read."""
    return sum(table["rows"] for table in pipeline["tables"])


def note_assets(pipeline: Mapping[str, Any], rows: int | None, context: Mapping[str, Any]) -> None:
    """Say that the outputs of a pipeline are new, with the numbers that are known."""
    events = context["outlet_events"][AssetAlias(ALIAS)]
    for destination in pipeline["destinations"]:
        target = destination["target"]
        asset = Asset(name=target, uri=f"x-extracts://{quote(target, safe='/')}")
        numbers = {"rows": rows, "bytes": destination.get("size")}
        known = {name: number for name, number in numbers.items() if number is not None}
        events.add(asset, extra={"pipeline": pipeline["address"], **known})
