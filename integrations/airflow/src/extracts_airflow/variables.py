"""Environment variables of the program, with secrets from Airflow's connections."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow.sdk import Connection

#: Parts of a connection that a variable can have: `shop_db.password`.
PARTS = ("host", "login", "password", "port", "schema")


def child_environment(
    secrets: Mapping[str, str],
    given: Mapping[str, str],
    connection: Callable[[str], Connection],
) -> dict[str, str]:
    """
    Return the environment of the program.

    :param secrets: a connection's id for each variable, `{"PG_URL": "shop_db"}`, which becomes its URL, or a part of one,
        `{"TABLEAU_TOKEN": "tableau.password"}`. Airflow masks passwords of connections in its logs.
    :param given: further variables, which are no secrets.
    :param connection: looks up a connection.

    Airflow's own variables are left out: they can have connections, and the password of its database. Nothing is set in the
    worker itself.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    taken = {name: secret(reference, connection) for name, reference in secrets.items()}
    # Lines for a log, not a drawing for a terminal.
    return {**kept, "CI": "true", **given, **taken}


def secret(reference: str, connection: Callable[[str], Connection]) -> str:
    """Return the URL of a connection, or the part that is named after its id."""
    conn_id, dot, part = reference.rpartition(".")
    if dot == "" or part not in PARTS:
        return url_of(connection(reference))
    value = getattr(connection(conn_id), part)
    if value is None:
        message = f"the connection {conn_id} has no {part}"
        raise ValueError(message)
    return str(value)


def url_of(conn: Connection) -> str:
    """Return a connection as a URL that `extracts` takes: `postgres://user:password@host:5432/database?sslmode=require`."""
    scheme = "postgres" if conn.conn_type in ("postgres", "postgresql") else conn.conn_type
    user = "" if conn.login is None else quote(conn.login, safe="")
    password = "" if conn.password is None else f":{quote(conn.password, safe='')}"
    at = "@" if user or password else ""
    port = "" if conn.port is None else f":{conn.port}"
    options = "&".join(
        f"{quote(str(name), safe='')}={quote(str(value), safe='')}"
        for name, value in (conn.extra_dejson or {}).items()
        if isinstance(value, (str, int))
    )
    query = f"?{options}" if options else ""
    return f"{scheme}://{user}{password}{at}{conn.host or ''}{port}/{quote(conn.schema or '', safe='')}{query}"
