import type * as Written from '../../model/config/written.gen.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type { Policy } from '../../model/config/project.ts';
import type { ReadableSettings, RefusePath } from '../../model/config/readable-paths.ts';
import { withAbsolutePaths } from './defaults.ts';
import { interpolate } from '../references/interpolate.ts';
import type { Substitution } from '../references/substitution.ts';

/** The settings of extracts.yaml that every pipeline can use. */
export interface Shared {
  /** Absolute folder: paths in extracts.yaml are relative to it. */
  folder: string;
  policy: Policy;
  readable: ReadableSettings;
  refusePath: RefusePath;
  defaults: Written.Defaults | undefined;
  connectionNames: readonly string[];
  destinationNames: readonly string[];
  /** Returns the connection, or undefined for a name that does not exist. */
  connection(name: string): Written.InlineSource | undefined;
  destination(name: string): Written.InlineDestination | undefined;
  /** The same settings with references instead of secrets. */
  shown?: Shared;
}

/**
 * Returns the shared settings. References in a connection are looked up when a pipeline first uses it: the variables of
 * connections that this run does not use need not be set.
 */
export function sharedSettings(
  folder: string,
  project: { file: string; sound: Written.Project; names: Written.Project } | undefined,
  substitution: Substitution,
): Shared {
  const { policy = {}, readable, refusePath } = substitution;
  if (project === undefined) {
    const nothing = () => undefined;
    const none = { defaults: undefined, connectionNames: [], destinationNames: [] };
    return { folder, policy, readable, refusePath, ...none, connection: nothing, destination: nothing };
  }
  const offered = offeredBy(folder, project, substitution);
  const shown = offeredBy(folder, project, { ...substitution, shown: true, report: () => undefined });
  return { ...offered, shown };
}

function offeredBy(
  folder: string,
  { file, sound, names }: { file: string; sound: Written.Project; names: Written.Project },
  substitution: Substitution,
): Shared {
  const place: Place = { file, pointer: '' };
  const lookUp = <Value>(key: string, values: Record<string, Value> | undefined) => {
    const known = new Map<string, Value>();
    return (name: string): Value | undefined => {
      if (values === undefined || !Object.hasOwn(values, name)) return undefined;
      const value =
        known.get(name) ?? (interpolate(values[name], child(place, key, name), substitution) as Value);
      known.set(name, value);
      return value;
    };
  };
  const defaults = interpolate(sound.defaults, child(place, 'defaults'), substitution);
  const { policy = {}, readable, refusePath } = substitution;
  return {
    folder,
    policy,
    readable,
    refusePath,
    defaults: withAbsolutePaths(defaults as Written.Defaults | undefined, folder),
    connectionNames: Object.keys(names.connections ?? {}),
    destinationNames: Object.keys(names.destinations ?? {}),
    connection: lookUp('connections', sound.connections),
    destination: lookUp('destinations', sound.destinations),
  };
}
