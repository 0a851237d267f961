import type { TableWritten } from './support.ts';

export interface Case {
  name: string;
  since?: number;
  /** Makes the table `t`, or what `table` names. `{reader}` and `{database}` are put in. */
  setup: string;
  table: Partial<TableWritten>;
  change: string;
  /** Undefined where nothing has changed. */
  reason: string | undefined;
  /** Reads as a user who owns nothing. */
  asReader?: true;
}

const m = `
  create type m as (v int); create table t (id int primary key, a m); insert into t values (1, row(3));
  create function m2t(m) returns text language sql immutable as $$select 'm' || ($1).v$$;`;
export const ids = 'create table t (id int primary key, a int); insert into t values (1, 10), (2, 20);';
const words = "create table t (id int primary key, b varchar); insert into t values (1, 'xy');";
const f = 'create function f(int) returns int language sql immutable as $$select $1 + 1$$;';
const f2 = 'create or replace function f(int) returns int language sql immutable as $$select $1 + 2$$';
const expr = (sql: string, type = 'int') => ({ columns: { id: 'int', a: { type, expr: sql } } });
const text = { columns: { id: 'int', a: 'text' } };
const number = { columns: { id: 'int', a: 'int' } };
const readsView: Case['table'] = {
  ...{ table: 'w', ...number },
  load: { kind: 'cursor', mode: 'append', cursor: ['id'] },
};

export const silent: Case[] = [
  {
    name: 'the function of a cast',
    setup: `${m} create cast (m as text) with function m2t(m)`,
    table: text,
    change: `create or replace function m2t(m) returns text language sql immutable as $$select 'n' || ($1).v$$`,
    reason: 'function public.m2t() was redefined',
  },
  {
    name: 'a cast that is created',
    setup: m,
    table: text,
    change: 'create cast (m as text) with function m2t(m)',
    reason: 'cast public.m to pg_catalog.text, function public.m2t() are new',
  },
  {
    name: 'a cast that an expression needs',
    setup: `create type m as (v int); create table t (id int primary key, a m); insert into t values (1, row(3));
            create function f(text) returns text language sql immutable as 'select $1';
            create function g(m) returns text language sql immutable as $$select 'g'$$;
            create cast (m as text) with function g(m)`,
    table: expr('f(a::text)', 'text'),
    change: `drop cast (m as text)`,
    reason: 'cast public.m to pg_catalog.text, function public.g() were redefined',
  },
  {
    name: 'a function that is named by Unicode escapes',
    setup: ids + f,
    table: expr('U&"\\0066"(a)'),
    change: f2,
    reason: 'function public.f() was redefined',
  },
  {
    name: 'a function that is named by escapes of another character',
    setup: ids + f,
    table: expr(`U&"!0066" uescape '!' (a)`),
    change: f2,
    reason: 'function public.f() was redefined',
  },
  {
    name: 'a function that hides one of PostgreSQL',
    setup: words,
    table: expr('initcap(b)', 'text'),
    change: `create function initcap(varchar) returns text language sql immutable as $$select 'shadow'$$`,
    reason: 'function public.initcap() is new',
  },
  {
    name: 'a better operator',
    setup: `${ids}
      create function g(bigint, bigint) returns bigint language sql immutable as 'select $1 + $2';
      create function h(int, int) returns int language sql immutable as 'select $1 * $2';
      create operator ### (leftarg = bigint, rightarg = bigint, procedure = g)`,
    table: expr('(a ### 5)::bigint', 'bigint'),
    change: 'create operator ### (leftarg = int, rightarg = int, procedure = h)',
    reason: 'operator public.### was redefined, function public.h() is new',
  },
  {
    name: 'an operator that hides one of PostgreSQL, before a sign',
    setup: `${ids} create function g(numeric, int) returns numeric language sql immutable as 'select 7.0'`,
    table: expr('(1.5*-id)::int'),
    change: 'create operator * (leftarg = numeric, rightarg = int, procedure = g)',
    reason: 'function public.g(), operator public.* are new',
  },
  {
    name: 'an operator behind a keyword',
    setup: `${words} create function never_like(varchar, varchar) returns bool language sql immutable as 'select false'`,
    table: { columns: { id: 'int' }, where: `b like 'x%'::varchar` },
    change: 'create operator ~~ (leftarg = varchar, rightarg = varchar, procedure = never_like)',
    reason: 'function public.never_like(), operator public.~~ are new',
  },
  {
    name: 'the search path',
    setup: `${ids}
      create function g(int) returns int language sql immutable as 'select $1 + 1';
      create function o.g(int) returns int language sql immutable as 'select $1 + 50'`,
    table: expr('g(a)'),
    change: `alter database {database} set search_path = o, public`,
    reason: 'search path was redefined, function o.g() is new',
  },
  {
    name: 'an attribute of a row type',
    setup: `create table o1 (x int, y int, z int); create table t (id int primary key, a o1);
            insert into t values (1, row(1, 2, 3))`,
    table: text,
    change: 'alter table o1 drop column y',
    reason: 'type public.o1 was redefined',
  },
  {
    name: 'an attribute of a row type in arrays',
    setup: `create table o1 (x int, y int); create table t (id int primary key, a o1[]);
            insert into t values (1, array[row(1, 2)::o1])`,
    table: text,
    change: 'alter table o1 add column z int',
    reason: 'type public.o1 was redefined',
  },
  {
    name: 'an attribute of a composite type in a domain',
    since: 11,
    setup: `create type c as (f int, g int); create domain d as c; create table t (id int primary key, a d);
            insert into t values (1, row(1, 2))`,
    table: text,
    change: 'alter type c drop attribute g cascade',
    reason: 'type public.c was redefined',
  },
  {
    name: 'a label in a multirange',
    since: 14,
    setup: `create type e as enum ('x', 'y', 'z'); create type er as range (subtype = e, multirange_type_name = emr);
            create table t (id int primary key, a emr); insert into t values (1, '{[x,z)}')`,
    table: text,
    change: `alter type e rename value 'x' to 'xx'`,
    reason: 'enum e was redefined',
  },
  {
    name: 'a label that an expression yields',
    setup: `${ids} create type e as enum ('x', 'y');
            create function to_e(int) returns e language sql immutable as $$select 'x'::e$$`,
    table: expr('to_e(a)', 'text'),
    change: `alter type e rename value 'x' to 'xx'; create or replace function to_e(int) returns e language sql immutable as $$select 'xx'::e$$`,
    reason: 'enum e, function public.to_e() were redefined',
  },
  {
    name: 'a label in a query',
    setup: `create type e as enum ('x', 'y'); create table q (id int, a e); insert into q values (1, 'x')`,
    table: { table: undefined as never, query: 'select * from q', changeDetection: 'select 1', ...text },
    change: `alter type e rename value 'x' to 'xx'`,
    reason: 'enum e was redefined',
  },
  {
    name: 'the collation of a column',
    setup: `create table t (id int primary key, b text collate "C"); insert into t values (1, 'B'), (2, 'a'), (3, 'C')`,
    table: { columns: { id: 'int' }, where: `b < 'b'` },
    change: 'alter table t alter b type text collate "en-x-icu"',
    reason: 'collation of column b was redefined',
  },
  {
    name: 'a collation that is named',
    setup: `create table t (id int primary key, b text); insert into t values (1, 'B'), (2, 'a'), (3, 'C');
            create collation mine (locale = 'C')`,
    table: { columns: { id: 'int' }, where: `b < 'b' collate mine` },
    change: `drop collation mine; create collation mine (provider = icu, locale = 'en')`,
    reason: 'collation public.mine was redefined',
  },
  {
    name: 'columns of a partition',
    setup: `create table t (id int, a int) partition by range (id);
            create table c1 partition of t for values from (0) to (10);
            create table c2 partition of t for values from (10) to (20); insert into t values (1, 1), (12, 2)`,
    table: { columns: { id: 'int', a: 'int' } },
    change: `alter table t detach partition c2; alter table c2 drop column a; alter table c2 add column a int default 5;
             alter table t attach partition c2 for values from (10) to (20)`,
    reason: 'column a was redefined',
  },
  {
    name: 'columns of an inheriting table',
    setup: `create table t (id int, a int); create table c () inherits (t); insert into c values (2, 2)`,
    table: { columns: { id: 'int', a: 'int' } },
    change: `alter table c no inherit t; alter table c drop column a; alter table c add column a int default 77;
             alter table c inherit t`,
    reason: 'column a was redefined',
  },
  {
    name: 'a setting of the database',
    setup: `create table t (id int primary key, b text); insert into t values (1, null), (2, 'x')`,
    table: { columns: { id: 'int' }, where: 'b = null' },
    change: `alter database {database} set transform_null_equals = on`,
    reason: 'setting transform_null_equals is new',
  },
  {
    name: 'an option of a foreign table',
    setup: `create extension file_fdw; create server files foreign data wrapper file_fdw;
            create foreign table t (id int not null, a int not null) server files options (program 'echo 1,7', format 'csv')`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `alter foreign table t options (set program 'echo 1,8')`,
    reason: 'foreign table was redefined',
  },
  {
    name: 'a policy',
    asReader: true,
    setup: `${ids} alter table t enable row level security`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `create policy p on t to {reader} using (id = 2)`,
    reason: 'row security was redefined',
  },
  {
    name: 'a policy’s condition',
    asReader: true,
    setup: `${ids} alter table t enable row level security; create policy p on t using (id = 2)`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'append', cursor: ['a'] } },
    change: 'alter policy p on t using (true)',
    reason: 'row security was redefined',
  },
  {
    name: 'row security that is enabled',
    asReader: true,
    setup: `${ids} create policy p on t using (id = 2)`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: 'alter table t enable row level security',
    reason: 'row security was redefined',
  },
  {
    name: 'a role that a policy names',
    asReader: true,
    setup: `${ids} alter table t enable row level security; create policy p on t using (id = 2)`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `create policy q on t to {reader}_group using (true); grant {reader}_group to {reader}`,
    reason: 'row security was redefined',
  },
  {
    name: 'a user that may bypass row security',
    asReader: true,
    setup: `${ids} alter table t enable row level security; create policy p on t using (id = 2)`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `alter role {reader} bypassrls`,
    reason: 'row security was redefined',
  },
  {
    name: 'a function and a setting of a policy',
    asReader: true,
    setup: `${ids} alter table t enable row level security;
            create function mine() returns int language sql stable as $$select current_setting('app.id', true)::int$$;
            create policy p on t using (id = mine())`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `alter role {reader} set app.id = '2'`,
    reason: 'setting app.id was redefined',
  },
  {
    name: 'row security behind a view',
    asReader: true,
    setup: `${ids} alter table t enable row level security; alter table t force row level security;
            create policy p on t using (id = 2); create view w as select * from t; alter view w owner to {reader};
            alter table t owner to {reader}`,
    table: {
      ...{ table: 'w', columns: { id: 'int', a: 'int' } },
      load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] },
    },
    change: 'alter policy p on t using (true)',
    reason: 'row security was redefined',
  },
  {
    name: 'a view',
    setup: `${ids} create view w as select id, a from t`,
    table: readsView,
    change: 'create or replace view w as select id, a + 1 as a from t',
    reason: 'view public.w was redefined',
  },
  {
    name: 'a view behind a view, where a query tells of changes',
    setup: `${ids} create view w1 as select id, a from t; create view w as select * from w1`,
    table: { table: 'w', columns: { id: 'int', a: 'int' }, changeDetection: 'select 1' },
    change: 'create or replace view w1 as select id, a + 1 as a from t',
    reason: 'view public.w1 was redefined',
  },
  {
    name: 'a view in a query',
    setup: `${ids} create view w as select id, a from t`,
    table: { table: undefined as never, query: 'select * from w', changeDetection: 'select 1', ...number },
    change: 'create or replace view w as select id, a + 1 as a from t',
    reason: 'view public.w was redefined',
  },
  {
    name: 'a function that a view calls',
    setup: `${ids} ${f} create view w as select id, f(a) as a from t`,
    table: readsView,
    change: f2,
    reason: 'function public.f() was redefined',
  },
  {
    name: 'a label that a view turns into text',
    setup: `create type e as enum ('x', 'y'); create table t (id int primary key, a e); insert into t values (1, 'x');
            create view w as select id, a::text as a from t`,
    table: { table: 'w', changeDetection: 'select 1', ...text },
    change: `alter type e rename value 'x' to 'xx'`,
    reason: 'enum e was redefined',
  },
  {
    name: 'a label that a query turns into text',
    setup: `create type e as enum ('x', 'y'); create table t (id int primary key, a e); insert into t values (1, 'x')`,
    table: {
      ...{ table: undefined as never, query: 'select id, a::text from t', changeDetection: 'select 1' },
      ...text,
    },
    change: `alter type e rename value 'x' to 'xx'`,
    reason: 'enum e was redefined',
  },
  {
    name: 'a column that a query names',
    setup: ids,
    table: { table: undefined as never, query: 'select * from t', changeDetection: 'select 1', ...number },
    change: 'alter table t drop a; alter table t add a int default 5',
    reason: 'column public.t.a was redefined',
  },
  {
    name: 'a generated column behind a view',
    since: 18,
    setup: `create table t (id int primary key, a int generated always as (id + 1) virtual); insert into t (id) values (1);
            create view w as select id, a from t`,
    table: readsView,
    change: 'alter table t alter a set expression as (id + 2)',
    reason: 'generated column public.t.a was redefined',
  },
];

/** Nothing of these changes a value that is taken. */
export const harmless: Case[] = [
  {
    name: 'a view that is replaced by the same, and names behind it',
    setup: `${ids} create view w as select id, a from t`,
    table: readsView,
    change: `create or replace view w as
               select  id, a  from t;
             alter table t rename a to b; alter table t rename to u; alter table u add more int`,
    reason: undefined,
  },
  {
    name: 'a column more behind a query',
    setup: ids,
    table: {
      table: undefined as never,
      query: 'select id, a from t',
      changeDetection: 'select 1',
      ...number,
    },
    change: 'alter table t add more int default 7',
    reason: undefined,
  },
  {
    name: 'a function of this name in a schema that is not searched',
    setup: `${ids} ${f}`,
    table: expr('f(a)'),
    change: 'create function o.f(int) returns int language sql immutable as $$select 0$$',
    reason: undefined,
  },
  {
    name: 'a label, a function and a cast of other types',
    // Older versions add labels in no transaction, which several statements are.
    since: 12,
    setup: `${ids} create type e as enum ('x'); create type z as (i int); alter table t add column e e`,
    table: { columns: { id: 'int', a: 'int' }, where: 'a > 0' },
    change: `alter type e add value 'y'; create function z1(z) returns text language sql immutable as $$select 'z'$$;
             create cast (z as text) with function z1(z)`,
    reason: undefined,
  },
  {
    name: 'the search path, where no name is looked up',
    setup: ids,
    table: { columns: { id: 'int', a: 'int' } },
    change: `alter database {database} set search_path = o, public`,
    reason: undefined,
  },
  {
    name: 'a policy of another role',
    asReader: true,
    setup: `${ids} alter table t enable row level security; create policy p on t using (id = 2)`,
    table: { columns: { id: 'int', a: 'int' }, load: { kind: 'cursor', mode: 'upsert', cursor: ['a'] } },
    change: `create policy q on t to {reader}_group using (true)`,
    reason: undefined,
  },
];
