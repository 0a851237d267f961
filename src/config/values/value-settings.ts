import { typesOfSetting, type ValueSettings } from '../../model/config/value-settings.ts';
import type * as Written from '../../model/config/written.gen.ts';

/** The settings as written on a column, on its table, or in the defaults of tables. */
export type WrittenValueSettings = Pick<Written.ColumnSettings, ValueSettingKey>;

export type ValueSettingKey = 'on_infinite' | 'round' | 'at_zone' | 'truncate';

const written: Readonly<Record<keyof ValueSettings, ValueSettingKey>> = {
  onInfinite: 'on_infinite',
  round: 'round',
  atZone: 'at_zone',
  truncate: 'truncate',
};

/** Each key as written, and the types to which it applies. */
export const valueSettings = (Object.keys(written) as (keyof ValueSettings)[]).map((key) => ({
  key: written[key],
  types: typesOfSetting[key],
}));

/** Returns each setting of the first layer that has it. null is kept: it un-sets the value of the layers below. */
export function layerValueSettings(
  ...layers: readonly (WrittenValueSettings | undefined)[]
): WrittenValueSettings {
  const entries = valueSettings.flatMap(({ key }) => {
    const value = layers.map((layer) => layer?.[key]).find((one) => one !== undefined);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries) as WrittenValueSettings;
}

export function resolveValueSettings({
  on_infinite: onInfinite,
  round,
  at_zone: atZone,
  truncate,
}: WrittenValueSettings): ValueSettings {
  return {
    onInfinite: onInfinite === null || onInfinite === 'null' ? 'null' : 'error',
    ...(isSaid(round) && { round }),
    ...(isSaid(atZone) && { atZone }),
    ...(isSaid(truncate) && { truncate }),
  };
}

function isSaid<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
