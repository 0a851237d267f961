import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { bareSql } from '../sql/bind.ts';
import { escapedNames } from '../sql/symbols.ts';
import { majorOf } from '../../../postgres/server-version.ts';

/**
 * Returns a part of `where` or an expression that depends on more than the rows of the table: another table, the
 * clock, the session, a function that is not immutable. Undefined if there is none.
 */
export async function volatilePart(client: pg.Client, table: Table): Promise<string | undefined> {
  const sql = conditionsAndExpressions(table);
  const bare = bareSql(sql);
  if (hasSubquery(table)) return 'a subquery';
  const keyword = keywords.exec(bare)?.[1];
  if (keyword !== undefined) return keyword.toLowerCase();
  const clock = /'\s*(now|today|tomorrow|yesterday)\b[^']*'/i.exec(sql)?.[0];
  if (clock !== undefined) return clock;
  const called = [
    ...[...bare.matchAll(/([a-z_\u0080-\uffff][\w$\u0080-\uffff]*)\s*\(/gi)].map(([, name = '']) =>
      name.toLowerCase(),
    ),
    ...[...sql.matchAll(/"((?:[^"]|"")+)"\s*\(/g)].map(([, name = '']) => name.replaceAll('""', '"')),
    ...escapedNames(sql),
  ];
  const yieldsValues = majorOf(client) < 11 ? 'not proisagg' : `prokind in ('f', 'w')`;
  const { rows } = await client.query<{ name: string }>(
    `select proname as name from pg_catalog.pg_proc
     where proname = any($1) and provolatile <> 'i' and ${yieldsValues}
       and not (proname = any($2) and pronamespace = 'pg_catalog'::pg_catalog.regnamespace) limit 1`,
    [called, settled],
  );
  return rows[0] === undefined ? undefined : `${rows[0].name}()`;
}

/** Returns true if `where` or an expression may read another table. */
export const hasSubquery = (table: Table): boolean =>
  /\b(select|table)\b/i.test(bareSql(conditionsAndExpressions(table)));

function conditionsAndExpressions({ columns, from }: Table): string {
  const texts = columns.flatMap(({ origin }) => (origin.kind === 'expression' ? [origin.sql] : []));
  if (from.type === 'postgres' && from.where !== undefined) texts.push(from.where);
  return texts.join('\n');
}

/** The keywords that PostgreSQL reads as calls without brackets. */
const keywords =
  /(?<![.\w$])(current_(?:date|time|timestamp|user|role|catalog|schema)|localtime(?:stamp)?|session_user|user|system_user)\b/i;

/**
 * Functions that are not immutable only because they look at settings, which `beginRead` makes the same every time, or at
 * the encoding of the database, which never changes.
 */
const settled = [
  ...[
    'to_char',
    'to_date',
    'to_timestamp',
    'date_trunc',
    'date_part',
    'extract',
    'timezone',
    'make_timestamptz',
  ],
  ...['concat', 'concat_ws', 'format', 'array_to_string', 'date'],
  // Of length() only that of bytea with an encoding is not immutable.
  ...['convert', 'convert_from', 'convert_to', 'length'],
];
