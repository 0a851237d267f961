import type { DestinationPort, TemplatePort } from '../../model/ports/destination-port.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import type { StatePort } from '../../model/ports/state-port.ts';
import type { ExtractObservation } from '../../model/world/observation.ts';
import { keysOf, type Place } from '../../model/errors/diagnostic.ts';
import type { Source } from '../../model/config/source.ts';
import { outsideProject } from '../../model/config/readable-paths.ts';
import { RunError } from '../../model/errors/run-error.ts';

/**
 * The ports of a plan for untrusted files: their author must not learn from it what this machine knows. No server is
 * asked and nothing outside of the project is read; `note` receives each thing that was not inspected.
 */

export type Note = (unseen: string) => void;

/** Returns the port for a source of files, which is read as far as it is in the project, and its paths are known. */
export function untrustedSource(source: Source, open: () => SourcePort, note: Note): SourcePort {
  const unseen = unseenSource(() => note(nameOf(source.place)));
  if (source.type !== 'file' || source.match.some(hasReference)) return unseen;
  const port = open();
  return {
    ...unseen,
    async observe(...asked) {
      try {
        return await port.observe(...asked);
      } catch (error) {
        if (!(error instanceof RunError) || !error.message.endsWith(outsideProject)) throw error;
        return unseen.observe(...asked);
      }
    },
    close: () => port.close(),
  };
}

/** `the source "shop" of pipelines/orders.yaml`. */
function nameOf(place: Place): string {
  const [kind, name = ''] = keysOf(place);
  return `the ${kind === 'connections' ? 'connection' : 'source'} "${name}" of ${place.file}`;
}

function unseenSource(note: () => void): SourcePort {
  return {
    observe(requests) {
      note();
      return Promise.resolve(
        requests.map(() => ({
          problems: [],
          untaken: [],
          rows: undefined,
          bytes: undefined,
          fingerprint: { kind: 'unknown', reason: 'not looked at' } as const,
        })),
      );
    },
    snapshot: () => Promise.reject(new Error('an untrusted plan reads no rows')),
    close: () => Promise.resolve(),
  };
}

/** Nothing is known of earlier applies. */
export function unseenState(shown: string, note: Note): StatePort {
  const nothing = <Value>(value: Value) => {
    note(`the state in ${shown}`);
    return Promise.resolve(value);
  };
  const never = () => Promise.reject(new Error('an untrusted plan writes no state'));
  return {
    read: () => nothing(undefined),
    readMany: (addresses) => nothing(new Map(addresses.map((one) => [one, { stored: undefined }]))),
    changedSince: () => nothing([]),
    list: () => nothing([]),
    listLocks: () => nothing([]),
    openRuns: () => nothing([]),
    holder: () => nothing(undefined),
    lock: never,
    lease: never,
    takeTurn: never,
    breakLock: never,
    beginRun: never,
    endRun: never,
    close: () => Promise.resolve(),
  };
}

/** Returns the port for a file outside of the project: nothing is known of it. */
export function unseenTemplate(shown: string, note: Note): TemplatePort {
  const never = () => Promise.reject(new Error('an untrusted plan makes no package'));
  return {
    observe() {
      note(`the template ${shown}`);
      return Promise.resolve({ sha256: '', misfits: [], staged: undefined });
    },
    package: never,
    unpack: never,
  };
}

export function unseenExtract(file: string, note: Note): Promise<ExtractObservation> {
  note(`the extract ${file}`);
  return Promise.resolve({ kind: 'absent' });
}

export function unseenFile(shown: string, note: Note): DestinationPort {
  const never = () => Promise.reject(new Error('an untrusted plan delivers nothing'));
  return {
    observe() {
      note(`the file ${shown}`);
      return Promise.resolve({ type: 'file', found: undefined });
    },
    write: never,
    existing: never,
    remove: never,
  };
}

export const hasReference = (text: string) => /\$\{(?:env|secret|file|each)\./.test(text);
