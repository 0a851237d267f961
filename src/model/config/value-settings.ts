import type { ColumnType } from './column-type.ts';

/** The conversion of values that do not fit their column. A setting that is absent makes them an error. */
export interface ValueSettings {
  /** The conversion of ±infinity in a date or timestamp. Hyper would silently change it into a far date. */
  onInfinite: 'null' | 'error';
  /** Rounds decimals beyond the scale half away from zero. */
  round?: 'half_up';
  /**
   * An IANA zone. Instants become its wall clock in date and timestamp, and text without a zone is its wall clock in
   * timestamptz; without it the former is an error and the latter UTC.
   */
  atZone?: string;
  /** Digits after the sixth of a second are cut off. */
  truncate?: 'microseconds';
}

/** The types of columns to which each applies. */
export const typesOfSetting: Readonly<Record<keyof ValueSettings, readonly ColumnType['kind'][]>> = {
  onInfinite: ['date', 'timestamp', 'timestamptz', 'interval', 'numeric'],
  round: ['numeric'],
  atZone: ['date', 'timestamp', 'timestamptz'],
  truncate: ['time', 'timestamp', 'timestamptz'],
};

/** Returns the settings that apply to a column of the type. */
export function settingsFor(
  type: ColumnType,
  { onInfinite, round, atZone, truncate }: ValueSettings,
): ValueSettings {
  const applies = (key: keyof ValueSettings) => typesOfSetting[key].includes(type.kind);
  return {
    onInfinite,
    ...(round !== undefined && applies('round') && { round }),
    ...(atZone !== undefined && applies('atZone') && { atZone }),
    ...(truncate !== undefined && applies('truncate') && { truncate }),
  };
}
