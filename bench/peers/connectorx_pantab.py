"""ConnectorX reads the table in two ranges of its id, and pantab passes the Arrow table to Hyper."""

import sys

import connectorx
import pantab

url, table, out = sys.argv[1:]
rows = connectorx.read_sql(
    url, f"select * from {table}", return_type="arrow", partition_on="id", partition_num=2
)
# Decimals of 128 bits need this version of the file.
pantab.frame_to_hyper(rows, out, table=table, process_params={"default_database_version": "3"})
