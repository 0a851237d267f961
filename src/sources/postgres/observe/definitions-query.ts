/**
 * Everything in the catalogs that decides values beside the rows, in one question. Parameters: $1 the relation, or null
 * for a query; $2 names of the columns that are taken; $3 oids of the types that the contract's columns are cast from;
 * $4 symbols of the texts that the user wrote; $5 whether there are any; $6 names of the cursor's columns.
 *
 * Answers are definitions, `scan` (a text whose symbols are followed), `call` (the oid of a function) and `moving` (values
 * that change with names elsewhere).
 */
export function definitionsQuery(major: number): string {
  const parts = [
    enums,
    ...(major < 12 ? [] : [generatedColumns]),
    childColumns,
    namedColumns,
    views,
    types,
    casts,
    calls,
    collations(major),
    rowSecurity,
    settings,
    foreignTables,
    moving,
  ];
  return `${reached(major)} ${parts.join(' union all ')} order by 1, 2`;
}

/** A relation with its children, those behind a view or named in a query, and the types of columns with their parts. */
const reached = (major: number) => `
  with recursive path(schema) as (
    select n.oid from pg_catalog.pg_namespace n
    where (n.nspname = any (current_schemas(true)) or n.nspname = any ($4)) and n.nspname !~ '^pg_temp_'
  ), tree(oid) as (
    select $1::pg_catalog.oid where $1 is not null
    union select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent
  ), relation(oid) as (
    (select $1::pg_catalog.oid where $1 is not null
     union select c.oid from pg_catalog.pg_class c join path on path.schema = c.relnamespace
     where $1 is null and c.relname = any ($4) and c.relkind in ('r', 'p', 'v', 'm', 'f'))
    union
    select d.refobjid from relation join pg_catalog.pg_rewrite r on r.ev_class = relation.oid
    join pg_catalog.pg_depend d on d.classid = 'pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
      and d.refclassid = 'pg_class'::pg_catalog.regclass and d.refobjid <> r.ev_class
  ), used(oid, taken) as (
    (select atttypid, $5 or attname = any ($2) from pg_catalog.pg_attribute
     where attrelid = $1 and attnum > 0 and not attisdropped
     union select type, true from unnest($3::pg_catalog.oid[]) as given(type)
     union select a.atttypid, true
     from relation join pg_catalog.pg_attribute a on a.attrelid = relation.oid and a.attnum > 0 and not a.attisdropped
     where relation.oid is distinct from $1 and (a.attname = any ($2) or a.attname = any ($4) or exists (
       select from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
       where d.classid = 'pg_rewrite'::pg_catalog.regclass and d.refclassid = 'pg_class'::pg_catalog.regclass
         and d.refobjid = a.attrelid and d.refobjsubid = a.attnum and r.ev_class in (select oid from relation)))
     union select t.oid, t.typrelid = 0 or c.relkind = 'c'
     from pg_catalog.pg_type t join path on path.schema = t.typnamespace
     left join pg_catalog.pg_class c on c.oid = t.typrelid
     where t.typname = any ($4) and t.oid >= ${ours})
    union
    select part.oid, used.taken from used join pg_catalog.pg_type t on t.oid = used.oid cross join lateral (
      select t.typelem union all select t.typbasetype
      union all select r.rngsubtype from pg_catalog.pg_range r
                where t.oid in (r.rngtypid${major < 14 ? '' : ', r.rngmultitypid'})
      union all select a.atttypid from pg_catalog.pg_attribute a
                where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid) where part.oid <> 0
  ), cast_used as (
    select c.*, ${qualified('s')} || ' to ' || ${qualified('t')} as name
    from pg_catalog.pg_cast c
    join pg_catalog.pg_type s on s.oid = c.castsource join pg_catalog.pg_type t on t.oid = c.casttarget
    where c.oid >= ${ours} and (c.castsource = any ($3::pg_catalog.oid[])
      or $5 and (c.castsource in (select oid from used where taken) or c.casttarget in (select oid from used where taken)))
  ), type_used as (
    select t.oid, t.typnamespace, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typoutput, t.typrelid
    from pg_catalog.pg_type t
    where t.oid in (select oid from used where taken) and t.oid >= ${ours} and t.typcategory <> 'A'
  ), policy as (
    select relation.oid as relation, p.polname, p.polpermissive, p.polroles,
           pg_get_expr(p.polqual, p.polrelid) as condition
    from relation join pg_catalog.pg_class c on c.oid = relation.oid and c.relrowsecurity
    join pg_catalog.pg_policy p on p.polrelid = relation.oid and p.polcmd in ('r', '*')
    where relation.oid is distinct from $1 or row_security_active(c.oid) and exists (
      select from unnest(p.polroles) as r(oid)
      where r.oid = 0 or pg_has_role(r.oid, 'usage'))
  )`;

/** The first oid that PostgreSQL gives to what is not its own. */
const ours = 16384;

const qualified = (type: string) =>
  `${type}.typnamespace::pg_catalog.regnamespace || '.' || quote_ident(${type}.typname)`;

/** The definition of a view as PostgreSQL keeps it: names that change elsewhere do not change it, and neither does its layout. */
export const ruleOf = (rule: string) =>
  `md5(regexp_replace(${rule}.ev_action::pg_catalog.text, ':(location|stmt_location|stmt_len) -?[0-9]+', '', 'g'))`;

/** Names a column: alone in the relation itself, in another one with the name of that. */
const columnName = `case when c.oid is distinct from $1
  then c.relnamespace::pg_catalog.regnamespace || '.' || quote_ident(c.relname) || '.' else '' end || a.attname`;

/** A label is known by its oid, so that one which is added later changes nothing. */
const enums = `
  select 'enum ' || format_type(e.enumtypid, -1) || ' #' || e.oid as name, e.enumlabel::pg_catalog.text as text
  from (select distinct oid from used) as used join pg_catalog.pg_enum e on e.enumtypid = used.oid`;

const generatedColumns = `
  select 'generated column ' || ${columnName}, pg_get_expr(d.adbin, d.adrelid)
  from relation join pg_catalog.pg_class c on c.oid = relation.oid
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attgenerated <> ''
  join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`;

/** Selects the columns of relations that a query names. */
const namedColumns = `
  select 'column ' || ${columnName}, a.attnum::pg_catalog.text
  from relation join pg_catalog.pg_class c on c.oid = relation.oid
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where $1 is null and (a.attname = any ($2) or a.attname = any ($4))`;

/** Selects what views are made of, and the functions that they call. */
const views = `
  select 'view ' || c.relnamespace::pg_catalog.regnamespace || '.' || quote_ident(c.relname), ${ruleOf('r')}
  from relation join pg_catalog.pg_class c on c.oid = relation.oid and c.relkind = 'v'
  join pg_catalog.pg_rewrite r on r.ev_class = c.oid and r.ev_type = '1'
  union all
  select 'call', d.refobjid::pg_catalog.text
  from relation join pg_catalog.pg_rewrite r on r.ev_class = relation.oid
  join pg_catalog.pg_depend d on d.classid = 'pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
    and d.refclassid = 'pg_proc'::pg_catalog.regclass and d.refobjid >= ${ours}`;

/** Selects columns of children with another number than in the parent, as after a column was dropped and added again. */
const childColumns = `
  select 'column ' || c.attname || ' #' || c.attrelid, c.attnum::pg_catalog.text
  from tree join pg_catalog.pg_class k on k.oid = tree.oid and k.relkind <> 'p'
  join pg_catalog.pg_attribute c on c.attrelid = tree.oid and c.attnum > 0 and not c.attisdropped
  join pg_catalog.pg_attribute p on p.attrelid = $1 and p.attname = c.attname and p.attnum <> c.attnum
  where tree.oid <> $1`;

/** Selects the parts of each type, and the function that makes its text. */
const types = `
  select 'type ' || ${qualified('t')} || ' #' || t.oid, concat_ws(' ', t.typtype, t.typbasetype, t.typtypmod,
    (select p.proname from pg_catalog.pg_proc p where p.oid = t.typoutput),
    (select concat_ws(' ', r.rngsubtype, r.rngcollation, r.rngcanonical::pg_catalog.oid)
     from pg_catalog.pg_range r where r.rngtypid = t.oid),
    (select string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod), ', ' order by a.attnum)
     from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))
  from type_used t`;

const casts = `
  select 'cast ' || name, concat_ws(' ', castcontext, castmethod, castfunc::pg_catalog.regprocedure) from cast_used`;

const calls = `
  select 'call', castfunc::pg_catalog.text from cast_used where castfunc <> 0
  union all select 'call', t.typoutput::pg_catalog.oid::pg_catalog.text from type_used t
  union all select 'scan', condition from policy where condition is not null`;

/**
 * Selects the collations of columns that a text or the cursor compares, those that a text names, and that of the database,
 * with the current version of the library: another version sorts differently.
 */
const collations = (major: number) => {
  const database = `(
    select concat_ws(' ', d.datcollate, d.datctype, j ->> 'datlocprovider', coalesce(j ->> 'datlocale', j ->> 'daticulocale'),
      ${major < 15 ? 'null' : 'pg_database_collation_actual_version(d.oid)'})
    from pg_catalog.pg_database d cross join lateral (select to_jsonb(d) as j) as json
    where d.datname = current_database())`;
  const own = `concat_ws(' ', l.collnamespace::pg_catalog.regnamespace || '.' || quote_ident(l.collname), l.collprovider, l.collcollate,
    l.collctype, j ->> 'collisdeterministic', coalesce(j ->> 'colllocale', j ->> 'colliculocale'), j ->> 'collicurules',
    case when l.collprovider <> 'd' then pg_collation_actual_version(l.oid) else ${database} end)`;
  return `
    select 'collation of column ' || a.attname, ${own}
    from pg_catalog.pg_attribute a join pg_catalog.pg_collation l on l.oid = a.attcollation
    cross join lateral (select to_jsonb(l) as j) as json
    where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and (a.attname = any ($4) or a.attname = any ($6))
    union all
    select 'collation ' || l.collnamespace::pg_catalog.regnamespace || '.' || quote_ident(l.collname), ${own}
    from pg_catalog.pg_collation l join path on path.schema = l.collnamespace
    cross join lateral (select to_jsonb(l) as j) as json
    where $5 and l.collname = any ($4) and l.collname <> 'default'
      and l.collencoding in (-1, (select encoding from pg_catalog.pg_database where datname = current_database()))
    union all
    select 'collation of the database', ${database}
    where $5 and ($1 is null or $4 && array['text', 'varchar', 'character', 'char', 'citext', 'name', 'collate', 'lower', 'upper',
      'initcap', 'format', 'concat', 'concat_ws', 'to_char', 'string_agg']::pg_catalog.name[])`;
};

/** The policies that let this user see rows; of relations behind a view those of all users. */
const rowSecurity = `
  select 'row security', coalesce(
    (select md5(string_agg(concat_ws(' ', c.oid, c.relforcerowsecurity, current_user, (
       select string_agg(concat_ws(' ', p.polname, p.polpermissive, p.polroles, p.condition), ', ' order by p.polname)
       from policy p where p.relation = c.oid)), ', ' order by c.oid))
     from relation join pg_catalog.pg_class c on c.oid = relation.oid and c.relrowsecurity
     where c.oid is distinct from $1 or row_security_active(c.oid)), 'off')`;

/** Settings that `beginRead` leaves as they are and that texts or types may depend on. */
const settings = `
  select 'setting ' || name, setting from pg_catalog.pg_settings
  where setting is distinct from boot_val and (
    $5 and name in ('lc_numeric', 'lc_time', 'xmlbinary', 'xmloption', 'array_nulls', 'backslash_quote',
                    'transform_null_equals', 'default_text_search_config')
    or name = 'lc_monetary' and exists (select from used where taken and oid = 'money'::pg_catalog.regtype))
  union all
  select 'search path', array_to_string(array(select schema from unnest(current_schemas(true)) as s(schema)
                                              where schema !~ '^pg_temp_'), ', ')`;

const foreignTables = `
  select 'foreign table #' || f.ftrelid, md5(concat_ws(' ', f.ftserver, f.ftoptions, s.srvoptions, s.srvtype, s.srvversion, (
    select string_agg(concat_ws(' ', a.attname, a.attfdwoptions), ', ' order by a.attnum) from pg_catalog.pg_attribute a
    where a.attrelid = f.ftrelid and a.attnum > 0 and not a.attisdropped)))
  from (select oid from tree union select oid from relation) as any_of
  join pg_catalog.pg_foreign_table f on f.ftrelid = any_of.oid
  join pg_catalog.pg_foreign_server s on s.oid = f.ftserver`;

/** Types that keep an oid and show a name: renaming moves no counter. */
const moving = `
  select distinct 'moving', format_type(oid, -1) from used
  where taken and oid in (select t.oid from pg_catalog.pg_type t where t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace and t.typname in (
    'regclass', 'regproc', 'regprocedure', 'regoper', 'regoperator', 'regtype', 'regrole', 'regnamespace', 'regconfig',
    'regdictionary', 'regcollation', 'aclitem'))`;
