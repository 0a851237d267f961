"""DuckDB scans the table by ranges of ctid on two connections and writes Parquet, which hyperd reads."""

import os
import sys
from glob import glob

import duckdb
import duckdb_extension_postgres_scanner as extension

from hyper import load_parquet

url, table, out = sys.argv[1:]
[scanner] = glob(os.path.join(os.path.dirname(extension.__file__), "extensions", "*", "*.duckdb_extension"))
database = duckdb.connect()
database.execute(f"load '{scanner}'")
database.execute(f"attach '{url}' as source (type postgres, read_only)")
database.execute(f"copy (select * from source.public.{table}) to 'table.parquet' (format parquet)")
database.close()
load_parquet("table.parquet", out, table)
