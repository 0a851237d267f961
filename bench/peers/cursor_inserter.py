"""The usual script: a cursor of PostgreSQL, and Tableau's Inserter, row by row."""

import sys

import psycopg2
from tableauhyperapi import Inserter, TableName

from columns import create_table
from hyper import create

url, table, out = sys.argv[1:]
source = psycopg2.connect(url)
with create(out) as target, source.cursor("rows") as cursor:
    target.execute_command(create_table(source, table))
    cursor.itersize = 10_000
    cursor.execute(f"select * from {table}")
    with Inserter(target, TableName(table)) as inserter:
        inserter.add_rows(cursor)
        inserter.execute()
source.close()
