"""ADBC reads batches of Arrow, which pantab passes to Hyper."""

import sys

import pantab
from adbc_driver_postgresql import dbapi

url, table, out = sys.argv[1:]
with dbapi.connect(url) as source, source.cursor() as cursor:
    cursor.execute(f"select * from {table}")
    pantab.frame_to_hyper(
        cursor.fetch_record_batch(), out, table=table, process_params={"default_database_version": "3"}
    )
