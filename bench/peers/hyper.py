"""Runs statements in a hyperd of tableauhyperapi, with the threads that extracts gives its own hyperd."""

import os
from contextlib import contextmanager

from tableauhyperapi import Connection, CreateMode, HyperProcess, Telemetry

THREADS = max(4, os.cpu_count() or 1)


@contextmanager
def create(out):
    parameters = {
        "log_config": "",
        "default_database_version": "3",
        "soft_concurrent_query_thread_limit": str(THREADS),
        "hard_concurrent_query_thread_limit": str(THREADS + THREADS // 2),
    }
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters=parameters) as process:
        with Connection(process.endpoint, out, CreateMode.CREATE_AND_REPLACE) as connection:
            yield connection


def load_parquet(parquet, out, table):
    with create(out) as connection:
        connection.execute_command(
            f"create table \"{table}\" as (select * from external('{parquet}', format => 'parquet'))"
        )
