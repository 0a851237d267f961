import type { ListedRelation } from '../../sources/postgres/listing/relations.ts';

/** Returns the names of these relations under `tables`: with their schema where several have the same name. */
export function tableNames(relations: readonly ListedRelation[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const { oid, schema, name } of relations) {
    const isAlone = relations.filter((one) => one.name.toLowerCase() === name.toLowerCase()).length === 1;
    names.set(oid, free(isAlone ? name : `${schema}_${name}`, taken));
  }
  return names;
}

/** Returns the name, or the first of `name_2`, `name_3`, … that is not taken in any case, and takes it. */
export function free(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

/** Returns `schema.table` as `from.table` wants it: parts that could be read in another way are in double quotes. */
export function relationText({ schema, name }: Pick<ListedRelation, 'schema' | 'name'>): string {
  return [schema, name].map(part).join('.');
}

function part(text: string): string {
  return /["."]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
