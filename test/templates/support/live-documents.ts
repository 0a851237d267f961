import { record } from './documents.ts';

/** Live data sources after what Tableau Desktop saves: of a database, of several, of files. */

const head = (build: string) => `<?xml version='1.0' encoding='utf-8' ?>

<!-- build ${build}                               -->
<datasource formatted-name='federated.1demo' inline='true' source-platform='win' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>`;

const postgres = `<named-connection caption='db.example.com' name='postgres.0c'>
        <connection class='postgres' dbname='shop' port='5432' server='db.example.com' username='reader'>
          <connection-customization class='postgres' enabled='false' version='18.1' />
        </connection>
      </named-connection>`;

const calculation = (name: string, formula: string) =>
  `<column caption='${name}' datatype='real' name='[${name}_1]' role='measure' type='quantitative'><calculation class='tableau' formula='${formula}' /></column>`;

/** Two tables in a relationship, as 2023.3 writes them: with a relation for older readers and what the database can do. */
export function liveModel(): string {
  const id = { orders: 'orders (public.orders)_AAAA', people: 'people (public.people)_BBBB' };
  const relation = (name: string, tag = 'relation') =>
    `<${tag} connection='postgres.0c' name='${name}' table='[public].[${name}]' type='table' />`;
  const records =
    record('region', 'string', 130, { parent: 'orders', id: id.orders }).replace(
      '</metadata-record>',
      `<attributes><attribute datatype='string' name='DebugRemoteType'>&quot;VARCHAR&quot;</attribute></attributes></metadata-record>`,
    ) +
    record('sales', 'real', 5, { parent: 'orders', id: id.orders }) +
    record('region', 'string', 130, { parent: 'people', local: 'region (people)', id: id.people });
  return `${head('20233.24.0322.1234')}
  <connection class='federated'>
    <named-connections>
      ${postgres}
    </named-connections>
    ${relation('orders', '_.fcp.ObjectModelEncapsulateLegacy.false...relation')}
    <_.fcp.ObjectModelEncapsulateLegacy.true...relation type='collection'>
      ${relation('orders')}
      ${relation('people')}
    </_.fcp.ObjectModelEncapsulateLegacy.true...relation>
    <cols>
      <map key='[region]' value='[orders].[region]' />
      <map key='[sales]' value='[orders].[sales]' />
      <map key='[region (people)]' value='[people].[region]' />
    </cols>
    <metadata-records>
      <metadata-record class='capability'>
        <remote-name /><remote-type>0</remote-type><parent-name>[orders]</parent-name><remote-alias /><aggregation>Count</aggregation><contains-null>true</contains-null>
      </metadata-record>${records}
    </metadata-records>
  </connection>
  <aliases enabled='yes' />
  <column caption='Sales ($)' datatype='real' default-format='c&quot;$&quot;#,##0' name='[sales]' role='measure' type='quantitative' />
  <column datatype='string' name='[region]' role='dimension' type='nominal'><aliases><alias key='&quot;E&quot;' value='East' /></aliases></column>
  ${calculation('Ratio', 'SUM([sales]) / COUNTD([region (people)])')}
  <drill-paths><drill-path name='Where'><field>[region]</field></drill-path></drill-paths>
  <folders-common><folder name='Money'><folder-item name='[sales]' type='field' /></folder></folders-common>
  <layout dim-ordering='alphabetic' measure-ordering='alphabetic' show-structure='true' />
  <_.fcp.ObjectModelEncapsulateLegacy.true...object-graph>
    <objects>
      <object caption='orders' id='${id.orders}'><properties context=''>${relation('orders')}</properties></object>
      <object caption='people' id='${id.people}'><properties context=''>${relation('people')}</properties></object>
    </objects>
    <relationships>
      <relationship>
        <expression op='='><expression op='[region]' /><expression op='[region (people)]' /></expression>
        <first-end-point object-id='${id.orders}' />
        <second-end-point object-id='${id.people}' unique-key='true' />
      </relationship>
    </relationships>
  </_.fcp.ObjectModelEncapsulateLegacy.true...object-graph>
</datasource>
`;
}

/** A join of a table, custom SQL with a parameter, a sheet of Excel and a union, over two connections. */
export function liveJoin(): string {
  return `${head('20241.24.0322.1234')}
  <connection class='federated'>
    <named-connections>
      ${postgres}
      <named-connection caption='plan' name='excel-direct.1'><connection class='excel-direct' cleaning='no' filename='C:/Users/ann/plan.xlsx' /></named-connection>
    </named-connections>
    <relation join='left' type='join'>
      <clause type='join'><expression op='='><expression op='[big orders].[region]' /><expression op='[Plan$].[Region]' /></expression></clause>
      <relation join='inner' type='join'>
        <clause type='join'><expression op='='><expression op='[orders].[id]' /><expression op='[big orders].[id]' /></expression></clause>
        <relation connection='postgres.0c' name='orders' table='[sales].[orders]' type='table' />
        <relation connection='postgres.0c' name='big orders' type='text'>select id, region from orders where amount &lt;&lt; <![CDATA[<[Parameters].[Limit]>]]></relation>
      </relation>
      <relation connection='excel-direct.1' name='Plan$' table='[Plan$]' type='table'>
        <columns header='yes' outcome='6'><column datatype='string' name='Region' ordinal='0' /></columns>
      </relation>
    </relation>
    <cols><map key='[id]' value='[orders].[id]' /><map key='[region]' value='[big orders].[region]' /><map key='[Region]' value='[Plan$].[Region]' /></cols>
    <metadata-records>${record('id', 'integer', 20, { parent: 'orders' })}${record('region', 'string', 129, { parent: 'big orders' })}${record('Region', 'string', 130, { parent: 'Plan$' })}
    </metadata-records>
  </connection>
  ${calculation('Twice', '[id] * 2')}
  <layout dim-ordering='alphabetic' measure-ordering='alphabetic' show-structure='true' />
</datasource>
`;
}

/** One connection with everything in it, as Tableau wrote it before version 10. */
export function liveBefore10(): string {
  return `${head('9300.16.0510.0100')}
  <connection class='postgres' dbname='shop' port='5432' server='db.example.com' username='reader'>
    <relation name='orders' table='[public].[orders]' type='table' />
    <metadata-records>${record('id', 'integer', 20, { parent: 'orders' })}
    </metadata-records>
  </connection>
  ${calculation('Twice', '[id] * 2')}
</datasource>
`;
}
