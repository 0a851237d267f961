"""The columns of a table of PostgreSQL, with the types that Hyper has for them."""

QUERY = """
select attname, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = %s::regclass and attnum > 0 order by attnum
"""
RENAMED = {
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "jsonb": "text",
    "uuid": "text",
}


def create_table(source, table):
    """Returns the statement that creates the same table in Hyper."""
    with source.cursor() as cursor:
        cursor.execute(QUERY, [table])
        columns = ", ".join(f'"{name}" {RENAMED.get(kind, kind)}' for name, kind in cursor)
    return f'create table "{table}" ({columns})'
