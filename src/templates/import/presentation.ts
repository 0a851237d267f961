import { aliasKey } from '../generate/column-elements.ts';
import { defaultAggregation, isContinuousByDefault, defaultRole, fieldType } from '../generate/defaults.ts';
import { geoRoles } from '../generate/geo-roles.ts';
import { aggregations } from '../../model/config/data-source.ts';
import type { Alias, GeoRole, LocalType, Presentation } from '../../model/config/data-source.ts';
import type { Column } from '../tds/model.ts';

/** Returns the presentation of a field, without its defaults. */
export function importPresentation(
  column: Column | undefined,
  type: LocalType,
  lost: string[],
): Presentation {
  if (column === undefined) return {};
  const shown = column.caption ?? column.name;
  for (const name of column.others) lost.push(`field "${shown}": ${name}`);
  if (column.calculation === undefined && column.datatype !== type) {
    lost.push(
      `field "${shown}": its type was changed to ${column.datatype}; let the pipeline give the column that type`,
    );
  }
  const geo = importGeo(column, shown, lost);
  const aliases = column.aliases.flatMap((alias) => importAlias(alias, type, shown, lost));
  return {
    ...(column.description === undefined ? {} : { description: column.description }),
    ...importRole(column, type, shown, lost),
    ...importAggregation(column, geo, shown, lost),
    ...(column.format === undefined ? {} : { format: column.format }),
    ...(column.hidden ? { hidden: true } : {}),
    ...(geo === undefined ? {} : { geo }),
    ...(aliases.length === 0 ? {} : { aliases }),
  };
}

function importRole(column: Column, type: LocalType, shown: string, lost: string[]): Presentation {
  if (column.datatype !== type) return {};
  if (column.role !== 'dimension' && column.role !== 'measure') {
    lost.push(`field "${shown}": role "${column.role}"`);
    return {};
  }
  const { role } = column;
  const continuous = column.type === 'quantitative';
  if (fieldType(type, continuous) !== column.type) lost.push(`field "${shown}": type "${column.type}"`);
  return {
    ...(role === defaultRole(type) ? {} : { role }),
    ...(continuous === isContinuousByDefault(type, role) ? {} : { continuous }),
  };
}

function importAggregation(
  { aggregation: written }: Column,
  geo: GeoRole | undefined,
  shown: string,
  lost: string[],
): Presentation {
  if (written === undefined || written === defaultAggregation(geo)) return {};
  const aggregation = aggregations.find((one) => one === written);
  if (aggregation !== undefined) return { aggregation };
  lost.push(`field "${shown}": aggregation ${written}`);
  return {};
}

function importGeo({ semanticRole }: Column, shown: string, lost: string[]): GeoRole | undefined {
  if (semanticRole === undefined) return undefined;
  const names = Object.keys(geoRoles) as GeoRole[];
  const geo = names.find((name) => geoRoles[name] === semanticRole);
  if (geo === undefined) lost.push(`field "${shown}": geographic role ${semanticRole}`);
  return geo;
}

function importAlias(
  alias: { key: string; value: string },
  type: LocalType,
  shown: string,
  lost: string[],
): Alias[] {
  const value = aliasedValue(alias.key, type);
  // What would not be written the same way again is better left out.
  if (value !== undefined && aliasKey(value, type) === alias.key) return [{ value, alias: alias.value }];
  lost.push(`field "${shown}": alias "${alias.value}" of ${alias.key}`);
  return [];
}

function aliasedValue(key: string, type: LocalType): Alias['value'] | undefined {
  if (key === '%null%') return null;
  switch (type) {
    case 'integer':
    case 'real':
      return Number(key);
    case 'boolean':
      return key === 'true';
    case 'date':
    case 'datetime':
      return /^#(.*)#$/.exec(key)?.[1];
    case 'string':
      return /^"(.*)"$/s.exec(key)?.[1]?.replaceAll(/\\(.)/gs, '$1');
    case 'spatial':
      return undefined;
  }
}
