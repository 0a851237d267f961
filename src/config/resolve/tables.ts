import type { Check } from '../../model/config/check.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import type { Column, Param, PostgresOrigin, Table, TableOrigin } from '../../model/config/pipeline.ts';
import { settingsFor } from '../../model/config/value-settings.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { readCheck } from '../values/read-check.ts';
import { addedSettings, columnSettings, readColumnType, type AddedSettings } from '../values/column-text.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { keysInOrder } from '../read/locate.ts';
import { readRelation } from '../values/relation.ts';
import {
  layerValueSettings,
  resolveValueSettings,
  type WrittenValueSettings,
} from '../values/value-settings.ts';
import { resolveLoad } from './load-mode.ts';
import { resolveParallel } from './parallel.ts';

export function resolveTables(draft: PipelineDraft): Table[] {
  const place = child(draft.place, 'tables');
  return inOrder(draft, place, draft.written.tables).map(([name, table]) => {
    return resolveTable(draft, name, table, child(place, name));
  });
}

function resolveTable(draft: PipelineDraft, name: string, table: Written.Table, place: Place): Table {
  const values = layerValueSettings(table, draft.values);
  const columns = inOrder(draft, child(place, 'columns'), table.columns ?? {}).map(([column, written]) => {
    return resolveColumn(column, written, child(place, 'columns', column), values);
  });
  const added = inOrder(draft, child(place, 'add'), table.add ?? {}).map(([column, written]) =>
    resolveAdded(column, addedSettings(written), child(place, 'add', column), values),
  );
  const verifiesKey = table.verify_key === undefined ? draft.verifyKey : (table.verify_key ?? true);
  return {
    name,
    place,
    source: table.from.source,
    from: origin(draft, name, table.from),
    columns: [...columns, ...added],
    ...(table.columns_from !== undefined && {
      columnsFrom: {
        kind: 'header-file',
        place: child(place, 'columns_from'),
        values: resolveValueSettings(values),
      },
    }),
    primaryKey: table.primary_key ?? [],
    ...(!verifiesKey && { verifyKey: false as const }),
    load: resolveLoad(draft, name),
    ...resolveParallel(draft, name),
    checks: resolveChecks(draft, table.checks ?? [], child(place, 'checks')),
  };
}

function resolveChecks({ written }: PipelineDraft, checks: readonly Written.Check[], place: Place): Check[] {
  const tables = Object.keys(written.tables);
  return checks.map((one, index) => {
    const check = readCheck(one, child(place, index), tables);
    if (check === undefined) throw new Error('the rules passed a check that is none');
    return check;
  });
}

function resolveColumn(
  name: string,
  written: Written.Column,
  place: Place,
  inherited: WrittenValueSettings,
): Column {
  const read = readColumnType(written);
  if ('problem' in read) throw new Error(`the rules passed a column type that is none: ${read.problem}`);
  const settings = columnSettings(written);
  const { from, expr, optional, description, sensitive } = settings;
  return {
    name,
    place,
    type: read.type,
    notNull: read.notNull,
    origin: expr === undefined ? { kind: 'column', name: from ?? name } : { kind: 'expression', sql: expr },
    ...(optional === true && { optional }),
    ...(description !== undefined && { description }),
    ...(sensitive === true && { sensitive }),
    ...settingsFor(read.type, resolveValueSettings(layerValueSettings(settings, inherited))),
  };
}

function resolveAdded(
  name: string,
  settings: AddedSettings,
  place: Place,
  inherited: WrittenValueSettings,
): Column {
  const { from: template, pattern, description, sensitive } = settings;
  const read = readColumnType(settings);
  if ('problem' in read) throw new Error(`the rules passed a column type that is none: ${read.problem}`);
  return {
    name,
    place,
    ...read,
    origin: { kind: 'file', template, ...(pattern !== undefined && { pattern }) },
    ...(description !== undefined && { description }),
    ...(sensitive === true && { sensitive }),
    ...settingsFor(read.type, resolveValueSettings(inherited)),
  };
}

function origin(draft: PipelineDraft, table: string, from: Written.From): TableOrigin {
  switch (draft.sources.get(from.source)?.settings.type) {
    case 'postgres':
      return postgresOrigin(from, draft.shown?.written.tables[table]?.from ?? from);
    case 'file':
      return { type: 'file' };
    case 's3':
      return { type: 's3' };
    case undefined:
      throw new Error(`the rules passed a source that does not exist: ${from.source}`);
  }
}

function postgresOrigin(from: Written.From, shown: Written.From): PostgresOrigin {
  const relation = from.table === undefined ? undefined : readRelation(from.table);
  return {
    type: 'postgres',
    ...(relation !== undefined && { relation }),
    ...(from.where !== undefined && { where: from.where }),
    ...(from.query !== undefined && { query: from.query }),
    params: (from.params ?? []).map((value, index): Param => ({
      value,
      shown: String(shown.params?.[index] ?? value),
    })),
    ...(from.change_detection !== undefined && { changeDetection: from.change_detection.sql }),
  };
}

/** JavaScript moves keys that look like numbers to the front; the order of columns is that of the file. */
export function inOrder<Value>(
  draft: PipelineDraft,
  place: Place,
  map: Record<string, Value>,
): [string, Value][] {
  const entries = Object.entries(map);
  if (!entries.some(([key]) => /^\d+$/.test(key))) return entries;
  const order = keysInOrder(draft.loaded, place.pointer);
  return entries.sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
}
