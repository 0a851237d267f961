"""ADBC reads batches of Arrow, which become a Parquet file that hyperd reads."""

import sys

from adbc_driver_postgresql import dbapi
from pyarrow import parquet

from hyper import load_parquet

url, table, out = sys.argv[1:]
with dbapi.connect(url) as source, source.cursor() as cursor:
    cursor.execute(f"select * from {table}")
    batches = cursor.fetch_record_batch()
    with parquet.ParquetWriter("table.parquet", batches.schema) as file:
        for batch in batches:
            file.write_batch(batch)
load_parquet("table.parquet", out, table)
