/** Workbooks after what Tableau Desktop saves. */

export interface SourceInside {
  caption: string;
  id: string;
  /** A whole .tds. */
  text: string;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');

/** The data source as a workbook holds it: with a caption and a name, and without the declaration and comments of a file. */
const inside = ({ caption, id, text }: SourceInside) =>
  text
    .slice(text.indexOf('<datasource '))
    .replace(
      /<datasource (?:formatted-name='[^']*' )?/,
      () => `<datasource caption='${escaped(caption)}' name='${escaped(id)}' `,
    );

export interface SheetInside {
  name: string;
  source: string;
  /** Columns on the rows shelf. */
  rows?: readonly string[];
  /** A column that is filtered by. */
  filter?: string;
  /** A set of an action that it is filtered by. */
  action?: string;
  /** Columns that Tableau says it depends on, beside the others. */
  dependsOn?: readonly string[];
  title?: string;
}

const bracket = (name: string) => `[${name.replaceAll(']', ']]')}]`;
const instance = (name: string) => bracket(`none:${name}:nk`);

export function worksheet({
  name,
  source,
  rows = [],
  filter,
  action,
  dependsOn = [],
  title,
}: SheetInside): string {
  const at = (field: string) => escaped(`${bracket(source)}.${field}`);
  const shown = [...rows, ...(filter === undefined ? [] : [filter])];
  const columns = [...new Set([...shown, ...dependsOn])].map(
    (column) =>
      `<column datatype='real' name='${escaped(bracket(column))}' role='measure' type='quantitative' />`,
  );
  const instances = [...new Set(shown)].map(
    (column) =>
      `<column-instance column='${escaped(bracket(column))}' derivation='None' name='${escaped(instance(column))}' pivot='key' type='nominal' />`,
  );
  const heading =
    title === undefined
      ? ''
      : `<layout-options><title><formatted-text><run>&lt;${at(instance(title))}&gt;</run></formatted-text></title></layout-options>`;
  const filters = [
    ...(filter === undefined ? [] : [instance(filter)]),
    ...(action === undefined ? [] : [bracket(action)]),
  ].map(
    (column) =>
      `<filter class='categorical' column='${at(column)}'><groupfilter function='level-members' /></filter>`,
  );
  return `<worksheet name='${escaped(name)}'>${heading}<table><view>
      <datasources><datasource caption='x' name='${escaped(source)}' /></datasources>
      <datasource-dependencies datasource='${escaped(source)}'>${[...columns, ...instances].join('')}</datasource-dependencies>
      ${filters.join('')}<aggregation value='true' /></view>
      <style><style-rule element='cell'><format attr='text-format' field='${at(instance('gone'))}' value='n0' /></style-rule></style>
      <panes><pane><view /><mark class='Automatic' /></pane></panes>
      <rows>${rows.map((row) => at(instance(row))).join(' / ')}</rows><cols /></table></worksheet>`;
}

export interface BoardInside {
  name: string;
  shows: readonly string[];
  /** A column that a filter on it offers: data source and name. */
  filter?: readonly [source: string, column: string];
  isStory?: true;
}

export function dashboard({ name, shows, filter, isStory }: BoardInside): string {
  if (isStory === true)
    return `<dashboard name='${escaped(name)}' type='storyboard'><flipboard><story-points>${shows
      .map((sheet) => `<story-point captured-sheet='${escaped(sheet)}' />`)
      .join('')}</story-points></flipboard></dashboard>`;
  const param =
    filter === undefined
      ? ''
      : `<zone id='9' name='${escaped(shows[0] ?? '')}' param='${escaped(`${bracket(filter[0])}.${instance(filter[1])}`)}' type='filter' />`;
  return `<dashboard name='${escaped(name)}'><zones><zone id='1' type='layout-basic'>${shows
    .map((sheet, n) => `<zone id='${n + 2}' name='${escaped(sheet)}' />`)
    .join('')}${param}</zone></zones></dashboard>`;
}

const parameters = `<datasource hasconnection='false' inline='true' name='Parameters' version='18.1'>
      <column caption='Target' datatype='real' name='[Parameter 1]' param-domain-type='any' role='measure' type='quantitative' value='100.'><calculation class='tableau' formula='100.' /></column>
    </datasource>`;

export function workbook(
  sources: readonly SourceInside[],
  sheets: readonly SheetInside[] = [],
  boards: readonly BoardInside[] = [],
): string {
  return `<?xml version='1.0' encoding='utf-8' ?>

<!-- build 20233.24.0322.1234                               -->
<workbook source-build='2023.3.0' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <preferences><preference name='ui.encoding.shelf.height' value='24' /></preferences>
  <datasources>
    ${parameters}
    ${sources.map(inside).join('\n    ')}
  </datasources>
  <worksheets>${sheets.map(worksheet).join('\n')}</worksheets>
  <dashboards>${boards.map(dashboard).join('\n')}</dashboards>
  <windows><window class='worksheet' maximized='true' name='Sheet 1' /></windows>
  <thumbnails><thumbnail height='1' name='Sheet 1' width='1'>iVBORw0KGgo=</thumbnail></thumbnails>
</workbook>
`;
}
