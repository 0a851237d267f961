"""Decide by the exit code of `extracts` whether a task is tried again (docs/exit-codes.md of extracts)."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowException, AirflowFailException

#: What failed may succeed the next time: a server was busy or not reachable, another run holds a lock.
TRY_AGAIN = 75
#: What a shell or a container adds to the number of the signal that has ended a program; Python writes it as a negative code.
SIGNALLED = 128

MEANINGS = {
    1: "something failed that will fail again",
    3: "a gate or a check holds something back",
    4: "the plan is out of date: run the DAG again, so that it is planned again",
    64: "wrong usage",
    65: "the configuration is invalid",
    70: "a bug in extracts",
}


def confirm(code: int, what: str) -> None:
    """Return if the program succeeded; otherwise raise what makes Airflow try again, or not."""
    if code == 0:
        return
    # By a signal it ends where the machine goes away or has no memory left, or a user has stopped the task.
    if code == TRY_AGAIN or code < 0 or code > SIGNALLED:
        message = f"{what} ended with {code}: what failed may succeed the next time"
        raise AirflowException(message)
    message = f"{what} ended with {code}: {MEANINGS.get(code, 'it could not be run')}"
    raise AirflowFailException(message)
