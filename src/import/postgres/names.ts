import type { ListedRelation } from '../../sources/postgres/listing/relations.ts';
import { freeName } from '../../model/base/free-name.ts';
import { relationPart } from '../names.ts';

/** Returns the names of these relations under `tables`: with their schema where several have the same name. */
export function tableNames(relations: readonly ListedRelation[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const { oid, schema, name } of relations) {
    const isAlone = relations.filter((one) => one.name.toLowerCase() === name.toLowerCase()).length === 1;
    names.set(oid, freeName(isAlone ? name : `${schema}_${name}`, taken));
  }
  return names;
}

/** Returns `schema.table` as `from.table` wants it. */
export function relationText({ schema, name }: Pick<ListedRelation, 'schema' | 'name'>): string {
  return [schema, name].map(relationPart).join('.');
}
