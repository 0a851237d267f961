import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import type { ReadableSettings } from '../../model/config/readable-paths.ts';
import type { Source } from '../../model/config/source.ts';
import type { Answer, WantedKeys } from '../for-each/index.ts';
import type { Substitution } from '../references/substitution.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import type { PipelineDraft } from './pipeline-draft.ts';
import type { WantedItems } from './wanted-items.ts';

/** The result of one file: a pipeline, or with for_each one for each item. */
export interface DraftedFile {
  file: LoadedFile;
  drafts: readonly PipelineDraft[];
  family?: { files: readonly LoadedFile[]; known?: ReadFamily };
  /** The family, if its items are not known yet; a draft with open references represents all of them. */
  asked?: AskedFamily;
  /** The family, if its items came from outside of the files. */
  answeredFamily?: Omit<BlockedItem, 'problems'>;
  blocked: readonly BlockedItem[];
}

/** A family whose items are not in the files. */
export interface AskedFamily {
  name: string;
  /** The place of the pipeline. */
  place: Place;
  tags: readonly string[];
  question: FamilyQuestion;
  /** The place of the question. */
  at: Place;
  /** The limit of items: more are an error, so that one item above it is enough to ask for. */
  max: number;
  /** The keys to ask for; undefined for all. */
  keys?: WantedKeys;
}

export type FamilyQuestion =
  | { kind: 'query'; source: Source; sql: string }
  | { kind: 'prefixes'; source: Source; under: string; names?: readonly string[] }
  | { kind: 'folders'; path: string; shown: string; readable: ReadableSettings };

/** A family whose items are all known. */
export interface ReadFamily {
  name: string;
  place: Place;
  /** The addresses of its items; empty for an empty list. */
  addresses: readonly string[];
  onRemoved: 'forget' | 'delete';
  /** The items are folders, which may be missing for a while. */
  isOfFolders?: true;
  /** Addresses that `moved:` gives to items which are not listed. */
  unmoved: readonly string[];
}

/** An item, or a whole family, that is invalid because of an answer from outside. Its file is right. */
export interface BlockedItem {
  address: string;
  place: Place;
  tags: readonly string[];
  problems: readonly Diagnostic[];
}

/** The items of families, as far as something outside of the files decides them. */
export interface KnownItems {
  /** The answers about families that must be asked, by their names. */
  answers: ReadonlyMap<string, Answer>;
  /** The items that a run is about; undefined if it is about all. */
  wanted: WantedItems | undefined;
}

/** Makes the draft of an item; without a key that of the file itself. */
export type MakeDraft = (
  each: Substitution['each'],
  key: string | undefined,
  report?: Substitution['report'],
) => PipelineDraft;
