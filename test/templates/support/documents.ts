/**
 * Data sources after what Tableau Desktop saves: both flavours, both spellings. Attributes stand in single quotes, as
 * Desktop writes them; `crlf` and `doubleQuoted` turn a document into what other tools make of it.
 */

export const objectId = 'sales (public.sales)_09F221A305E84154B13EBB26BDF24BC2';

interface LiveOptions {
  dbname?: string;
  spelling?: 'prefixed' | 'plain';
  /** More children of the root, before `layout`. */
  semantics?: string;
  columns?: string;
  records?: string;
}

export const record = (
  name: string,
  localType: string,
  remoteType: number,
  { parent = 'sales', local = name, id = objectId, ordinal = 0 } = {},
) => `
      <metadata-record class='column'>
        <remote-name>${name}</remote-name>
        <remote-type>${remoteType}</remote-type>
        <local-name>[${local}]</local-name>
        <parent-name>[${parent}]</parent-name>
        <remote-alias>${name}</remote-alias>
        <ordinal>${ordinal}</ordinal>
        <local-type>${localType}</local-type>
        <aggregation>${localType === 'integer' || localType === 'real' ? 'Sum' : 'Count'}</aggregation>
        <contains-null>true</contains-null>
        <_.fcp.ObjectModelEncapsulateLegacy.true...object-id>[${id}]</_.fcp.ObjectModelEncapsulateLegacy.true...object-id>
      </metadata-record>`;

const plain = (text: string) =>
  text.replace(/ *<_\.fcp\.\w+\.false\.\.\.[^>]*\/>\n/g, '').replaceAll(/_\.fcp\.\w+\.true\.\.\./g, '');

export function live({
  dbname = 'Data/Extracts/sales.hyper',
  spelling = 'prefixed',
  semantics = liveSemantics,
  columns = liveColumns,
  records = record('amount', 'real', 5) +
    record('region', 'string', 129) +
    record('day', 'date', 133) +
    record('note', 'string', 129),
}: LiveOptions = {}): string {
  const text = `<?xml version='1.0' encoding='utf-8' ?>

<!-- build 20233.24.0322.1234                                -->
<datasource formatted-name='federated.1a2b3c' inline='true' source-platform='win' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <document-format-change-manifest>
    <_.fcp.ObjectModelEncapsulateLegacy.true...ObjectModelEncapsulateLegacy />
    <_.fcp.ObjectModelTableType.true...ObjectModelTableType />
    <_.fcp.SchemaViewerObjectModel.true...SchemaViewerObjectModel />
  </document-format-change-manifest>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='sales' name='hyper.0abc'>
        <connection authentication='auth-none' author-locale='en_US' class='hyper' dbname='${dbname}' default-settings='yes' server='' sslmode='' username='tableau_internal_user' />
      </named-connection>
    </named-connections>
    <_.fcp.ObjectModelEncapsulateLegacy.false...relation connection='hyper.0abc' name='sales' table='[public].[sales]' type='table' />
    <_.fcp.ObjectModelEncapsulateLegacy.true...relation connection='hyper.0abc' name='sales' table='[public].[sales]' type='table' />
    <metadata-records>${records}
    </metadata-records>
  </connection>
  <aliases enabled='yes' />
${columns}
  <_.fcp.ObjectModelTableType.true...column caption='sales' datatype='table' name='[__tableau_internal_object_id__].[${objectId}]' role='measure' type='quantitative' />
${semantics}
  <layout dim-ordering='alphabetic' measure-ordering='alphabetic' show-structure='true' />
  <_.fcp.ObjectModelEncapsulateLegacy.true...object-graph>
    <objects>
      <object caption='sales' id='${objectId}'>
        <properties context=''>
          <relation connection='hyper.0abc' name='sales' table='[public].[sales]' type='table' />
        </properties>
      </object>
    </objects>
  </_.fcp.ObjectModelEncapsulateLegacy.true...object-graph>
</datasource>
`;
  return spelling === 'plain' ? plain(text) : text;
}

export const liveColumns = `  <column caption='Amount' datatype='real' name='[amount]' role='measure' type='quantitative' />
  <column caption='Profit Ratio' datatype='real' name='[Calculation_1368249927221915648]' role='measure' type='quantitative'>
    <calculation class='tableau' formula='SUM([amount]) // not [note]&#13;&#10;/ COUNTD([region])' />
  </column>
  <column caption='Rank' datatype='integer' name='[Calculation_2]' role='measure' type='quantitative'>
    <calculation class='tableau' formula='RANK([Profit Ratio])' />
  </column>
  <column caption='Amount (bin)' datatype='integer' name='[Amount (bin)]' role='dimension' type='ordinal'>
    <calculation class='bin' decimals='0' formula='[amount]' peg='0' size='100' />
  </column>
  <column caption='Region (group)' datatype='string' name='[Region (group)]' role='dimension' type='nominal'>
    <calculation class='categorical-bin' column='[region]' new-bin='true'>
      <bin default-name='false' value='&quot;North &amp; East&quot;'><value>&quot;N&quot;</value></bin>
    </calculation>
  </column>
  <column datatype='string' hidden='true' name='[note]' role='dimension' type='nominal' />`;

export const liveSemantics = `  <column-instance column='[region]' derivation='None' name='[none:region:nk]' pivot='key' type='nominal' />
  <group caption='Top Regions' name='[Top Regions]' name-style='unqualified' user:ui-builder='filter-group'>
    <groupfilter count='10' end='top' function='end' units='records'>
      <groupfilter direction='DESC' expression='SUM([amount])' function='order'>
        <groupfilter function='level-members' level='[region]' />
      </groupfilter>
    </groupfilter>
  </group>
  <drill-paths>
    <drill-path name='When'>
      <field>[day]</field>
    </drill-path>
  </drill-paths>
  <folders-common>
    <folder name='Dates'>
      <folder-item name='[day]' type='field' />
    </folder>
  </folders-common>
  <filter class='categorical' column='[none:region:nk]'>
    <groupfilter function='member' level='[none:region:nk]' member='&quot;East&quot;' />
  </filter>`;

/** An extract of a SQL Server table: the connection of the database stays, beside the extract's own. */
export function extracted({
  dbname = 'Data/SampleWB.twb Files/World Indicators new.hyper',
  enabled = 'true',
} = {}): string {
  return `<?xml version='1.0' encoding='utf-8' ?>
<!-- build 20203.20.0828.1024                               -->
<datasource formatted-name='federated.0xyz' inline='true' source-platform='mac' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <document-format-change-manifest>
    <_.fcp.ObjectModelEncapsulateLegacy.true...ObjectModelEncapsulateLegacy />
    <_.fcp.ObjectModelExtractV2.true...ObjectModelExtractV2 />
  </document-format-change-manifest>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='db.example.com' name='sqlserver.1'>
        <connection authentication='sspi' class='sqlserver' dbname='dwh' server='db.example.com' />
      </named-connection>
    </named-connections>
    <relation connection='sqlserver.1' name='Indicators' table='[dbo].[Indicators]' type='table' />
    <metadata-records>${record('Country', 'string', 130, { parent: 'Indicators' })}${record('GDP', 'real', 5, { parent: 'Indicators' })}
    </metadata-records>
  </connection>
  <aliases enabled='yes' />
  <column caption='Country / Region' datatype='string' name='[Country]' role='dimension' semantic-role='[Country].[Name]' type='nominal' />
  <column aggregation='Avg' caption='GDP (curr $)' datatype='real' default-format='c&quot;$&quot;#,##0' name='[GDP]' role='measure' type='quantitative' />
  <extract _.fcp.ObjectModelExtractV2.true...object-id='' count='-1' enabled='${enabled}' units='records'>
    <connection access_mode='readonly' authentication='auth-none' author-locale='en_US' class='hyper' dbname='${dbname}' default-settings='yes' schema='Extract' sslmode='' tablename='Extract' update-time='11/04/2020 08:52:17 AM' username='tableau_internal_user'>
      <_.fcp.ObjectModelEncapsulateLegacy.false...relation name='Extract' table='[Extract].[Extract]' type='table' />
      <_.fcp.ObjectModelEncapsulateLegacy.true...relation name='Extract' table='[Extract].[Extract]' type='table' />
      <refresh increment-key='' incremental-updates='false' />
      <metadata-records>${record('Country', 'string', 129, { parent: 'Extract' })}${record('GDP', 'real', 5, { parent: 'Extract' })}
      </metadata-records>
    </connection>
  </extract>
  <layout dim-ordering='alphabetic' measure-ordering='alphabetic' show-structure='true' />
</datasource>
`;
}

/** Two tables of one .hyper that share a column name, and a relationship of two keys. */
export function related(): string {
  const orders = 'Orders (public.Orders)_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  const people = 'People (public.People)_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB';
  const relation = (name: string) =>
    `<relation connection='hyper.1' name='${name}' table='[public].[${name}]' type='table' />`;
  return `<?xml version='1.0' encoding='utf-8' ?>
<datasource formatted-name='federated.2' inline='true' version='18.1'>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='shop' name='hyper.1'>
        <connection class='hyper' dbname='Data/shop/shop.hyper' />
      </named-connection>
    </named-connections>
    <relation type='collection'>
      ${relation('Orders')}
      ${relation('People')}
    </relation>
    <cols>
      <map key='[Region]' value='[Orders].[Region]' />
      <map key='[Year]' value='[Orders].[Year]' />
      <map key='[Region (People)]' value='[People].[Region]' />
      <map key='[Since]' value='[People].[Since]' />
    </cols>
    <metadata-records>
      ${record('Region', 'string', 129, { parent: 'Orders', id: orders })}
      ${record('Year', 'integer', 20, { parent: 'Orders', id: orders })}
      ${record('Region', 'string', 129, { parent: 'People', local: 'Region (People)', id: people })}
      ${record('Since', 'integer', 3, { parent: 'People', id: people })}
    </metadata-records>
  </connection>
  <aliases enabled='yes' />
  <column caption='Region Owner' datatype='string' name='[Region (People)]' role='dimension' type='nominal' />
  <object-graph>
    <objects>
      <object caption='Orders' id='${orders}'><properties context=''>${relation('Orders')}</properties></object>
      <object caption='People' id='${people}'><properties context=''>${relation('People')}</properties></object>
    </objects>
    <relationships>
      <relationship>
        <expression op='AND'>
          <expression op='='><expression op='[Region]' /><expression op='[Region (People)]' /></expression>
          <expression op='='><expression op='[Year]' /><expression op='[Since]' /></expression>
        </expression>
        <first-end-point object-id='${orders}' />
        <second-end-point object-id='${people}' unique-key='true' />
      </relationship>
    </relationships>
  </object-graph>
</datasource>
`;
}

/** An extract of two tables of a database: Desktop calls them by the ids of their objects. Saved by 2026.1. */
export function extractedTables(): string {
  const orders = 'Orders_4A2273C4362E41DEA7258D5051022F80';
  const people = 'People_1F0E3DAD99908345F7439F8FFABDFFC4';
  const upstream = (name: string) =>
    `<relation connection='postgres.1' name='${name}' table='[public].[${name}]' type='table' />`;
  const own = (id: string) => `<relation name='${id}' table='[Extract].[${id}]' type='table' />`;
  const object = (name: string, id: string) => `<object caption='${name}' id='${id}'>
        <properties context=''>${upstream(name)}</properties>
        <properties context='extract'>${own(id)}</properties>
      </object>`;
  const records = (first: string, second: string, id = '') =>
    record('id', 'integer', 20, { parent: first, id }) +
    record('person', 'integer', 20, { parent: first, id }) +
    record('id', 'integer', 20, { parent: second, local: 'id (People)', id });
  const cols = (first: string, second: string) => `<cols>
      <map key='[id]' value='[${first}].[id]' />
      <map key='[person]' value='[${first}].[person]' />
      <map key='[id (People)]' value='[${second}].[id]' />
    </cols>`;
  return plain(`<?xml version='1.0' encoding='utf-8' ?>
<!-- build 20261.26.0101.1200                               -->
<datasource formatted-name='federated.3' inline='true' source-platform='win' version='18.1'>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='db' name='postgres.1'><connection class='postgres' dbname='shop' /></named-connection>
    </named-connections>
    <relation type='collection'>${upstream('Orders')}${upstream('People')}</relation>
    ${cols('Orders', 'People')}
    <metadata-records>${records('Orders', 'People')}</metadata-records>
  </connection>
  <column caption='Person' datatype='integer' name='[id (People)]' role='dimension' type='ordinal' />
  <extract object-id='' count='-1' enabled='true' units='records'>
    <connection class='hyper' dbname='Data/Extracts/shop.hyper' schema='Extract' tablename='Extract'>
      <relation type='collection'>${own(orders)}${own(people)}</relation>
      ${cols(orders, people)}
      <metadata-records>${records(orders, people)}</metadata-records>
    </connection>
  </extract>
  <object-graph>
    <objects>
      ${object('Orders', orders)}
      ${object('People', people)}
    </objects>
    <relationships>
      <relationship>
        <expression op='='><expression op='[person]' /><expression op='[id (People)]' /></expression>
        <first-end-point object-id='${orders}' />
        <second-end-point object-id='${people}' unique-key='true' />
      </relationship>
    </relationships>
  </object-graph>
</datasource>
`);
}

export const crlf = (text: string) => text.replaceAll('\n', '\r\n');
