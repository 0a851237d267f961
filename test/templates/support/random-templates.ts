import fc from 'fast-check';
import { live, record } from './documents.ts';

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');

/** Names that look like others, like syntax, or like an instance. */
const columnNames = ['a', 'A', 'amount', 'Amount ($)', 'none', 'net (of tax)', "it's", 'sum:x', 'Größe'];

/** A template of one table with random calculations, groups, bins, sets, hierarchies, folders and filters. */
export const templates = fc
  .record({
    columns: fc.uniqueArray(fc.constantFrom(...columnNames), { minLength: 1, maxLength: 6 }),
    made: fc.array(
      fc.record({
        kind: fc.constantFrom('calculation', 'bin', 'group', 'set', 'hierarchy', 'folder', 'filter'),
        needs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        decoy: fc.nat(),
        byCaption: fc.boolean(),
        wraps: fc.constantFrom('plain', 'string', 'comment'),
      }),
      { maxLength: 10 },
    ),
    spelling: fc.constantFrom('prefixed' as const, 'plain' as const),
    listed: fc.boolean(),
    joined: fc.option(fc.nat()),
  })
  .map(({ columns, made, spelling, listed, joined }) => {
    const elements: Record<'columns' | 'groups' | 'paths' | 'folders' | 'filters', string[]> = {
      columns: columns.map(
        (name) => `<column datatype='real' name='[${escaped(name)}]' role='measure' type='quantitative' />`,
      ),
      groups: [],
      paths: [],
      folders: [],
      filters: [],
    };
    // Calculations may name whatever was before them, by name or by caption.
    const fields = columns.map((name) => ({ name, caption: name }));
    const used = new Set<string>();
    const pick = (n: number) =>
      fields[n % fields.length] ?? { name: columns[0] ?? '', caption: columns[0] ?? '' };
    made.forEach(({ kind, needs, decoy, byCaption, wraps }, index) => {
      const needed = needs.map(pick);
      const reference = (field: { name: string; caption: string }) =>
        `[${(byCaption ? field.caption : field.name).replaceAll(']', ']]')}]`;
      const hidden = reference(pick(decoy));
      const wrapped = { plain: '', string: ` + LEN("${hidden}")`, comment: ` /* ${hidden} */ // ${hidden}` }[
        wraps
      ];
      const own = { name: `Made_${index}`, caption: `Made ${index}` };
      const head = (datatype: string) =>
        `<column caption='${own.caption}' datatype='${datatype}' name='[${own.name}]' role='dimension' type='ordinal'>`;
      const [first = ''] = needed.map(({ name }) => escaped(name));
      switch (kind) {
        case 'calculation': {
          const formula = escaped(needed.map(reference).join(' + ') + wrapped);
          elements.columns.push(
            `${head('real')}<calculation class='tableau' formula='${formula}' /></column>`,
          );
          break;
        }
        case 'bin':
          elements.columns.push(
            `${head('integer')}<calculation class='bin' formula='[${first}]' size='1' /></column>`,
          );
          break;
        case 'group':
          elements.columns.push(
            `${head('string')}<calculation class='categorical-bin' column='[${first}]' new-bin='true' /></column>`,
          );
          break;
        case 'set':
          elements.groups.push(
            `<group caption='${own.caption}' name='[${own.name}]'><groupfilter function='level-members' level='[${first}]' /></group>`,
          );
          break;
        case 'hierarchy':
          elements.paths.push(
            `<drill-path name='${own.caption}'>${needed.map(({ name }) => `<field>[${escaped(name)}]</field>`).join('')}</drill-path>`,
          );
          return;
        case 'folder':
          elements.folders.push(
            `<folder name='${own.caption}'>${needed.map(({ name }) => `<folder-item name='[${escaped(name)}]' type='field' />`).join('')}</folder>`,
          );
          return;
        default:
          if (used.has(first)) return;
          used.add(first);
          elements.filters.push(
            `<filter class='categorical' column='[none:${first}:nk]'><groupfilter function='member' level='[none:${first}:nk]' /></filter>`,
          );
          return;
      }
      if (kind !== 'set') fields.push(own);
    });
    const semantics = `${elements.groups.join('')}<drill-paths>${elements.paths.join('')}</drill-paths><folders-common>${elements.folders.join('')}</folders-common>${elements.filters.join('')}`;
    const records = listed ? columns.map((name) => record(escaped(name), 'real', 5)).join('') : '';
    const text = live({ spelling, semantics, columns: elements.columns.join('\n'), records });
    return joined === null || !listed ? text : withJoin(text, columns[joined % columns.length] ?? '');
  });

/** Joins the table with another one by a column of it. */
function withJoin(text: string, column: string): string {
  const [whole = '', tag = '', attributes = ''] =
    /<((?:_\.fcp\.\w+\.true\.\.\.)?relation)( connection='hyper\.0abc' name='sales'[^>]*)\/>/.exec(text) ??
    [];
  const other = attributes.replaceAll('sales', 'more');
  const clause = `<clause type='join'><expression op='='><expression op='[sales].[${escaped(column)}]' /><expression op='[more].[key]' /></expression></clause>`;
  return text
    .replace(
      whole,
      () => `<${tag} join='inner' type='join'>${clause}<relation${attributes}/><relation${other}/></${tag}>`,
    )
    .replace(
      '</metadata-records>',
      () => `${record('key', 'real', 5, { parent: 'more' })}</metadata-records>`,
    );
}
