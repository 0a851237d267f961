import { childrenOf } from '../../../src/templates/tds/xml.ts';
import type { XmlElement } from '../../../src/templates/tds/xml.ts';

/**
 * Rules of Tableau's official schema for what we generate, in our own words: tableau/tableau-document-schemas on GitHub,
 * twb_2026.2.0.xsd, whose type `DataSource-CT` is the root here. Allowed children of each element, in their order.
 */
const order: Readonly<Record<string, readonly string[]>> = {
  datasource: (
    'document-format-change-manifest repository-location connection utility-dimensions dimension ' +
    'overridable-settings aliases column column-instance group mapped-images drill-paths folders-common ' +
    'folders-parameters actions calculated-members extract layout style semantic-values date-options ' +
    'default-date-format default-sorts field-sort-info datasource-dependencies explainability filter object-graph ' +
    'default-calendar-type data-source-tree'
  ).split(' '),
  connection: ['named-connections', 'relation', 'cols', 'refresh', 'metadata-records'],
  'metadata-record': (
    'remote-name remote-type local-name parent-name remote-alias ordinal hidden auto-hidden layered caption family ' +
    'local-type aggregation approx-count precision scale width contains-null padded-semantics cast-to-local-type ' +
    'collation default semantic-role statistics attributes object-id'
  ).split(' '),
  column: ['calculation', 'aliases', 'desc', 'members', 'range'],
  'datasource-dependencies': ['column', 'column-instance', 'style'],
  aliases: ['alias'],
  members: ['member'],
  range: [],
  'drill-path': ['field'],
  folder: ['folder-item'],
  objects: ['object'],
  relationships: ['relationship'],
  'object-graph': ['objects', 'relationships'],
  object: ['properties', 'table-description'],
  'table-description': ['formatted-text'],
  desc: ['formatted-text'],
  'formatted-text': ['run'],
  relationship: ['expression', 'first-end-point', 'second-end-point'],
  'drill-paths': ['drill-path'],
  'folders-common': ['folder'],
};

const required: Readonly<Record<string, readonly string[]>> = {
  datasource: ['version', 'inline'],
  'metadata-record': ['class'],
  member: ['value'],
  calculation: ['class'],
  column: ['name', 'role', 'type', 'datatype'],
  object: ['id'],
  'drill-path': ['name'],
  folder: ['name'],
  'folder-item': ['name', 'type'],
  alias: ['key', 'value'],
  relation: ['type'],
};

const allowed: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  column: {
    role: /^(dimension|measure|unknown)$/,
    type: /^(nominal|ordinal|quantitative)$/,
    datatype: /^(unknown|integer|real|string|datetime|date|boolean|tuple|spatial|table)$/,
    name: /^\[.+\]$/s,
    hidden: /^(true|false)$/,
    'param-domain-type': /^(any|list|range)$/,
  },
  datasource: { inline: /^true$/, 'source-platform': /^(win|mac|linux)$/, version: /^\d+\.\d+$/ },
  aliases: { enabled: /^(yes|no)$/ },
  range: {
    'period-type-v2': /^((iso-)?(year|quarter|week)|month|day|hour|minute|second)$/,
  },
  layout: {
    'dim-ordering': /^(alphabetic|ordinal)$/,
    'measure-ordering': /^(alphabetic|ordinal)$/,
    'show-structure': /^(true|false)$/,
  },
  'folder-item': { type: /^(field|drillpath)$/ },
  calculation: { class: /^(tableau|passthrough|bin|categorical-bin)$/ },
};

/** Everything about a data source that the schema forbids. */
export function violations(element: XmlElement): string[] {
  const { name } = element;
  const sequence = order[name];
  const places = element.children.map((child) => sequence?.indexOf(child.name) ?? 0);
  const problems = [
    ...element.children.flatMap((child, n) => (places[n] === -1 ? [`<${child.name}> in <${name}>`] : [])),
    ...places.flatMap((place, n) =>
      place < (places[n - 1] ?? 0) ? [`<${element.children[n]!.name}> too late`] : [],
    ),
    ...(required[name] ?? []).flatMap((key) =>
      element.attributes.has(key) ? [] : [`<${name}> without ${key}`],
    ),
    ...Object.entries(allowed[name] ?? {}).flatMap(([key, pattern]) => {
      const value = element.attributes.get(key)?.value;
      return value === undefined || pattern.test(value) ? [] : [`<${name} ${key}="${value}">`];
    }),
    ...element.children.flatMap(violations),
  ];
  // A parameter has a list or a range.
  if (name === 'column' && ['members', 'range'].every((one) => childrenOf(element, one).length > 0))
    problems.push('<members> and <range>');
  if (name !== 'metadata-records') return problems;
  const ordinals = childrenOf(element, 'metadata-record').map(
    (record) => childrenOf(record, 'ordinal')[0]?.text,
  );
  return [
    ...problems,
    ...ordinals.flatMap((ordinal, n) => (ordinal === String(n) ? [] : [`ordinal ${ordinal}`])),
  ];
}
