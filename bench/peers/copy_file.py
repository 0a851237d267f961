"""PostgreSQL's COPY into a file, and hyperd's COPY from that file."""

import sys

import psycopg2

from columns import create_table
from hyper import create

url, table, out = sys.argv[1:]
source = psycopg2.connect(url)
statement = create_table(source, table)
with open("table.csv", "wb") as file, source.cursor() as cursor:
    cursor.copy_expert(f"copy {table} to stdout (format csv)", file)
source.close()
with create(out) as target:
    target.execute_command(statement)
    target.execute_command(f"copy \"{table}\" from 'table.csv' with (format csv)")
