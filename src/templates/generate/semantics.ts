import { bracket } from '../tds/brackets.ts';
import type { Fields } from './fields.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import type { Tags } from './spelling.ts';
import { element } from './xml.ts';
import type { Node } from './xml.ts';

export function hierarchyNodes({ hierarchies }: GeneratedTemplate, fields: Fields): Node | undefined {
  if (hierarchies.length === 0) return undefined;
  const paths = hierarchies.map(({ name, fields: levels }) =>
    element(
      'drill-path',
      { name },
      levels.map((level) => element('field', {}, localName(level, fields))),
    ),
  );
  return element('drill-paths', {}, paths);
}

export function folderNodes({ folders }: GeneratedTemplate, fields: Fields, tags: Tags): Node | undefined {
  if (folders.length === 0) return undefined;
  const nodes = folders.map(({ name, fields: items, hierarchies = [] }) =>
    element('folder', { name }, [
      ...items.map((item) => element('folder-item', { name: localName(item, fields), type: 'field' })),
      ...hierarchies.map((hierarchy) => element('folder-item', { name: hierarchy, type: 'drillpath' })),
    ]),
  );
  return element(tags.schemaViewer('folders-common'), {}, nodes);
}

function localName(reference: string, fields: Fields): string {
  const field = fields.resolve(reference);
  if (field === undefined || field === 'ambiguous')
    throw new Error(`"${reference}" passed the check unresolved`);
  return bracket(field.localName);
}
