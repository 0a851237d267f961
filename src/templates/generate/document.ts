import { RunError } from '../../model/errors/run-error.ts';
import { fileName } from '../slot.ts';
import { checkGenerated } from './check-description.ts';
import { columnNodes } from './column-elements.ts';
import { connectionNode } from './connection.ts';
import { nameFields } from './fields.ts';
import { connectionId } from './ids.ts';
import type { GeneratedTemplate } from '../../model/config/data-source.ts';
import { objectGraph, tableColumns } from './object-elements.ts';
import { orderTables } from './order.ts';
import { parameterFinder, parametersNode } from './parameters.ts';
import { folderNodes, hierarchyNodes } from './semantics.ts';
import { tagsFor } from './spelling.ts';
import { element, render } from './xml.ts';

/**
 * The text of a .tds that reads from a .hyper in its own package. The same description gives the same bytes.
 *
 * Throws RunError EXT4400 with the first problem that `checkGenerated` finds.
 */
export function generateDocument(template: GeneratedTemplate): string {
  const [problem] = checkGenerated(template);
  if (problem !== undefined) throw new RunError('EXT4400', `no data source can be made: ${problem.message}`);
  const tables = orderTables(template);
  const fields = nameFields(template, tables);
  const tags = tagsFor(template.tableau);
  const attributes = {
    'formatted-name': connectionId('federated', template.name),
    inline: 'true',
    'source-platform': 'win',
    version: '18.1',
    'xmlns:user': 'http://www.tableausoftware.com/xml/user',
  };
  // The order of these is that of Tableau's schema, and Tableau insists on it.
  const root = element('datasource', attributes, [
    tags.manifest,
    connectionNode(template, tables, fields, tags),
    element('aliases', { enabled: 'yes' }),
    ...columnNodes(fields, parameterFinder(template)),
    ...tableColumns(template, tables, tags),
    hierarchyNodes(template, fields),
    folderNodes(template, fields, tags),
    element('layout', {
      'dim-ordering': 'alphabetic',
      'measure-ordering': 'alphabetic',
      'show-structure': 'true',
    }),
    parametersNode(template),
    objectGraph(template, tables, fields, tags),
  ]);
  const declaration = "<?xml version='1.0' encoding='utf-8' ?>";
  return `${declaration}\n\n<!-- written by extracts for Tableau ${template.tableau} -->\n${render(root)}`;
}

/** Returns the name of the generated .tds at the root of its package. */
export function documentName({ name }: GeneratedTemplate): string {
  return `${fileName(name)}.tds`;
}
