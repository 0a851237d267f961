import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type { FolderLook, GenerateTemplate, PlacedName } from '../../model/config/template.ts';
import { nameFields } from '../generate/fields.ts';
import { orderTables } from '../generate/order.ts';
import { findNamed } from './named.ts';

/** The folders as written, and behind what is in them the fields that say their folder themselves. */
export function composeFolders(composed: GeneratedTemplate, template: GenerateTemplate): FolderLook[] {
  const inside = fieldsByFolder(composed, template);
  const written = template.folders.map((folder) => ({
    ...folder,
    fields: [...folder.fields, ...(inside.get(folder.name) ?? [])],
  }));
  const names = new Set(written.map(({ name }) => name));
  const others = [...inside].flatMap(([name, fields]): FolderLook[] => {
    const [first] = fields;
    return names.has(name) || first === undefined
      ? []
      : [{ name, place: first.place, fields, hierarchies: [] }];
  });
  return [...written, ...others];
}

/**
 * Groups fields by folder. A column may share its name with one of another table: the field's own name distinguishes
 * them.
 */
function fieldsByFolder(
  composed: GeneratedTemplate,
  { tables, calculations }: GenerateTemplate,
): Map<string, PlacedName[]> {
  const inside = new Map<string, PlacedName[]>();
  for (const field of nameFields(composed, orderTables(composed)).all) {
    const look =
      field.kind === 'column'
        ? findNamed(findNamed(tables, field.table)?.columns, field.column)
        : findNamed(calculations, field.calculation);
    if (look?.folder === undefined) continue;
    const fields = inside.get(look.folder) ?? [];
    inside.set(look.folder, [...fields, { name: field.localName, place: look.place }]);
  }
  return inside;
}
