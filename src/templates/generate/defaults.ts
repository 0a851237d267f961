import type { Aggregation, GeoRole, LocalType, Role } from '../../model/config/data-source.ts';

/** Numbers are measures, everything else describes them. */
export function defaultRole(type: LocalType): Role {
  return type === 'integer' || type === 'real' || type === 'spatial' ? 'measure' : 'dimension';
}

/** Tableau's `type` of a field: whether its values are names, steps or a range. */
export function fieldType(type: LocalType, continuous: boolean): 'nominal' | 'ordinal' | 'quantitative' {
  if (continuous) return 'quantitative';
  return type === 'string' || type === 'boolean' || type === 'spatial' ? 'nominal' : 'ordinal';
}

/** Returns true if the field is continuous by default: only numbers (and places) used as measures are. */
export function isContinuousByDefault(type: LocalType, role: Role): boolean {
  return role === 'measure' && type !== 'string' && type !== 'boolean';
}

/** The sum of coordinates is no place. */
export function defaultAggregation(geo: GeoRole | undefined): Aggregation | undefined {
  return geo === 'latitude' || geo === 'longitude' ? 'Avg' : undefined;
}
