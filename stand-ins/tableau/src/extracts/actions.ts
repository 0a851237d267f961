import { isRecord } from '../rest/json.ts';
import type { Condition } from './conditions.ts';
import { conditionSql, operandsIn, readCondition, sourceKeyOf } from './conditions.ts';
import type { Query } from './hyper.ts';
import { quoteName } from './hyper.ts';
import type { HyperTable } from './tables.ts';
import { readTables } from './tables.ts';

export interface TableName {
  schema: string;
  name: string;
}

/** One action of an update of data, checked for shape. */
export type Action =
  | { action: 'insert' | 'replace'; source: TableName; target: TableName }
  | { action: 'update' | 'upsert'; source: TableName; target: TableName; condition: Condition }
  | { action: 'delete'; source: TableName | undefined; target: TableName; condition: Condition };

/** The error that a client reads when the batch fails. */
export class ActionFailure extends Error {}

export const targetAlias = 'target_file';
export const sourceAlias = 'source_file';

/** Reads `{"actions": [...]}`; throws an Error that says what is wrong with its shape. */
export function readActions(body: unknown): Action[] {
  const actions: unknown = isRecord(body) ? body.actions : undefined;
  if (!Array.isArray(actions) || actions.length === 0) throw new Error('the body needs a list of actions');
  return actions.map(readAction);
}

const knownMembers = [
  'action',
  'source-schema',
  'source-table',
  'target-schema',
  'target-table',
  'condition',
];

function readAction(value: unknown): Action {
  if (!isRecord(value)) throw new Error('an action must be an object');
  const stranger = Object.keys(value).find((member) => !knownMembers.includes(member));
  if (stranger !== undefined) throw new Error(`an action has no member '${stranger}'`);
  const target = tableOf(value, 'target');
  const source = tableOf(value, 'source');
  if (target === undefined) throw new Error('an action needs a target-table');
  const { action, condition } = value;
  switch (action) {
    case 'insert':
    case 'replace':
      if (source === undefined) throw new Error(`'${action}' needs a source-table`);
      if (condition !== undefined) throw new Error(`'${action}' takes no condition`);
      return { action, source, target };
    case 'update':
    case 'upsert':
      if (source === undefined) throw new Error(`'${action}' needs a source-table`);
      return { action, source, target, condition: readCondition(condition) };
    case 'delete':
      return { action, source, target, condition: readCondition(condition) };
    default:
      throw new Error(`'${String(action)}' is not an action`);
  }
}

function tableOf(value: Record<string, unknown>, side: 'source' | 'target'): TableName | undefined {
  const name = value[`${side}-table`];
  const schema = value[`${side}-schema`] ?? 'public';
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || typeof schema !== 'string')
    throw new Error(`${side}-table must be a string`);
  return { schema, name };
}

/**
 * Applies the batch to the attached target, in order. Throws an ActionFailure at the first that cannot be done; the
 * caller throws the half-changed file away, so that a batch is applied as a whole or not at all.
 */
export async function applyActions(
  query: Query,
  actions: readonly Action[],
  hasPayload: boolean,
): Promise<void> {
  const targets = await readTables(query, targetAlias);
  const sources = hasPayload ? await readTables(query, sourceAlias) : [];
  for (const action of actions) {
    const target = find(targets, action.target);
    const source = action.source === undefined ? undefined : find(sources, action.source);
    for (const sql of statementsOf(action, target, source)) {
      const rows = await query(sql.text);
      if (sql.mustBeEmpty !== undefined && rows.length > 0) throw new ActionFailure(sql.mustBeEmpty);
    }
  }
}

function find(tables: readonly HyperTable[], wanted: TableName): HyperTable {
  const found = tables.find((table) => table.schema === wanted.schema && table.name === wanted.name);
  if (found === undefined) {
    throw new ActionFailure(`Specified table does not exist: ${wanted.name}. (errorCode=410012)`);
  }
  return found;
}

interface Statement {
  text: string;
  /** The failure it is when the statement finds a row. */
  mustBeEmpty?: string;
}

function statementsOf(action: Action, target: HyperTable, source: HyperTable | undefined): Statement[] {
  const into = `${fullName(targetAlias, target)} target`;
  const from = source === undefined ? '' : `${fullName(sourceAlias, source)} source`;
  if (action.action === 'delete') {
    checkColumns(action.condition, target, source);
    if (source !== undefined) refuseUnusedColumns(action.condition, source);
    const using = source === undefined ? '' : ` using ${from}`;
    return [{ text: `delete from ${into}${using} where ${conditionSql(action.condition)}` }];
  }
  if (source === undefined) throw new ActionFailure(`'${action.action}' needs a source table`);
  const columns = sharedColumns(source, target);
  const insert = `insert into ${fullName(targetAlias, target)} (${columns.map(quoteName).join(', ')}) select ${columns
    .map((column) => `source.${quoteName(column)}`)
    .join(', ')} from ${from}`;
  switch (action.action) {
    case 'insert':
      return [{ text: insert }];
    case 'replace':
      return [{ text: `delete from ${into}` }, { text: insert }];
    case 'update':
    case 'upsert': {
      checkColumns(action.condition, target, source);
      const matches = conditionSql(action.condition);
      const keys = new Set(
        operandsIn(action.condition).flatMap((side) => (side.kind === 'target' ? [side.column] : [])),
      );
      const set = columns
        .filter((column) => !keys.has(column))
        .map((column) => `${quoteName(column)} = source.${quoteName(column)}`);
      const update = `update ${into} set ${set.join(', ')} from ${from} where ${matches}`;
      const missing = `${insert} where not exists (select 1 from ${into} where ${matches})`;
      return [
        ...uniqueness(action.condition, from),
        ...(set.length === 0 ? [] : [{ text: update }]),
        ...(action.action === 'upsert' ? [{ text: missing }] : []),
      ];
    }
  }
}

function uniqueness(condition: Condition, from: string): Statement[] {
  const key = sourceKeyOf(condition);
  if (key === undefined || key.length === 0) return [];
  const columns = key.map((column) => `source.${quoteName(column)}`).join(', ');
  return [
    {
      text: `select count(*) from ${from} group by ${columns} having count(*) > 1 limit 1`,
      mustBeEmpty: `More than one row of the source has the same ${key.join(', ')}.`,
    },
  ];
}

function sharedColumns(source: HyperTable, target: HyperTable): string[] {
  const known = new Set(target.columns.map((column) => column.name));
  for (const { name } of source.columns) {
    if (!known.has(name)) throw new ActionFailure(`The target table ${target.name} has no column ${name}.`);
  }
  return source.columns.map((column) => column.name);
}

function checkColumns(condition: Condition, target: HyperTable, source: HyperTable | undefined): void {
  for (const operand of operandsIn(condition)) {
    if (operand.kind === 'constant') continue;
    const table = operand.kind === 'target' ? target : source;
    if (!table?.columns.some((column) => column.name === operand.column)) {
      throw new ActionFailure(`The ${operand.kind} table has no column ${operand.column}.`);
    }
  }
}

function refuseUnusedColumns(condition: Condition, source: HyperTable): void {
  const used = new Set(
    operandsIn(condition).flatMap((side) => (side.kind === 'source' ? [side.column] : [])),
  );
  const extra = source.columns.find((column) => !used.has(column.name));
  if (extra !== undefined) {
    throw new ActionFailure(
      `The source table ${source.name} has a column the condition does not use: ${extra.name}.`,
    );
  }
}

function fullName(alias: string, table: TableName): string {
  return [alias, table.schema, table.name].map(quoteName).join('.');
}
