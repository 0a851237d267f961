import { isUtf8 } from 'node:buffer';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { JsonLineError, JsonProblem, JsonScanner, wantedIn } from '../../sources/json-lines/index.ts';
import type { ListedFile } from '../../sources/samples/index.ts';
import { columnNames } from '../delimited/names.ts';
import { notText } from '../delimited/problems.ts';
import type { Dates } from '../delimited/styles.ts';
import type { FoundColumn } from '../found.ts';
import { chooseColumns, ValueGuess, type ChosenColumn } from './value-guess.ts';

/** A key of records: its values, and the keys of the objects among them. */
interface Key {
  guess: ValueGuess;
  /** The records that have it. */
  records: number;
  keys: Map<string, Key>;
}

/** A column for a key, and the path to it. */
interface Leaf extends Key {
  path: readonly string[];
}

/** Objects become columns if they are not deeper and have no more keys: others are lists of things by their names. */
const DEEPEST = 4;
const MOST_KEYS = 50;

/** Gathers the keys of the records at the beginnings of files, and the types of their values. */
export class RecordsGuess {
  readonly #root: Key = { guess: new ValueGuess(), records: 0, keys: new Map() };
  readonly #scanner = new JsonScanner(wantedIn([]), 0);
  isSampled = false;

  get records(): number {
    return this.#root.records;
  }

  /** Takes the complete lines of a file. Throws a RunError for a line that apply would refuse. */
  take({ shown }: Pick<ListedFile, 'shown'>, { bytes, isWhole }: { bytes: Buffer; isWhole: boolean }): void {
    if (!isWhole) this.isSampled = true;
    const whole = isWhole ? bytes : bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    if (!isUtf8(whole)) throw notText(shown);
    const lines = whole
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      this.#requireObject(line, shown, index + 1);
      this.#takeObject(this.#root, parsed(line), () => `${shown}:${index + 1}`);
    }
  }

  #requireObject(line: string, shown: string, number: number): void {
    const bytes = Buffer.from(line);
    try {
      this.#scanner.scan(bytes, 0, bytes.length);
    } catch (error) {
      if (!(error instanceof JsonProblem)) throw error;
      const { character, message, hint } = new JsonLineError(error, {
        bytes,
        start: 0,
        line: number,
      });
      throw new RunError('EXT2103', `${shown}:${number}:${character}: ${foreign(message)}`, {
        hint,
        cause: error,
      });
    }
  }

  #takeObject(key: Key, object: Readonly<Record<string, unknown>>, place: () => string): void {
    key.records++;
    for (const [name, value] of Object.entries(object)) {
      const own = key.keys.get(name) ?? { guess: new ValueGuess(), records: 0, keys: new Map<string, Key>() };
      key.keys.set(name, own);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        this.#takeObject(own, value as Record<string, unknown>, place);
        continue;
      }
      own.records++;
      own.guess.take(typed(value), place);
    }
  }

  /** Returns the columns, and the order of dates if one is needed. */
  columns(): { columns: FoundColumn[]; dateOrder: Dates['order'] | undefined } {
    const leaves = leavesOf(this.#root, []);
    const names = columnNames(leaves.map(({ path }) => path.join('_')));
    const named = leaves.map(({ guess }, at) => ({ name: names[at] ?? '', guess }));
    const { columns, dateOrder } = chooseColumns(named, this.isSampled);
    return {
      columns: leaves.map((leaf, at) => this.#column(leaf, names[at] ?? '', columns[at])),
      dateOrder,
    };
  }

  #column({ path, records }: Leaf, name: string, chosen: ChosenColumn | undefined): FoundColumn {
    const from = pathText(path);
    const isLacking = records < this.#root.records;
    return {
      name,
      settings: {
        ...(chosen?.settings ?? { type: 'text' }),
        ...(from !== name && { from }),
        ...(isLacking && { optional: true }),
      },
      ...(chosen?.comment !== undefined && { comment: chosen.comment }),
    };
  }
}

/** Marks numbers, so that all of their digits are kept: a text that begins with NUL would be an error in a pipeline. */
const NUMBER = '\0';

function parsed(line: string): Record<string, unknown> {
  const marked = line.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  return JSON.parse(marked) as Record<string, unknown>;
}

function typed(value: unknown): Parameters<ValueGuess['take']>[0] {
  if (value === null) return { kind: 'null', text: '' };
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) };
  if (typeof value !== 'string') return { kind: 'nested', text: '' };
  return value.startsWith(NUMBER) ? { kind: 'number', text: value.slice(1) } : { kind: 'text', text: value };
}

function leavesOf({ keys }: Key, path: readonly string[]): Leaf[] {
  return [...keys].flatMap(([name, key]): Leaf[] => {
    const own = [...path, name];
    const { guess } = key;
    if (key.keys.size === 0 && guess.kinds.size + key.records > 0) return [{ ...key, path: own }];
    const isPlain =
      guess.kinds.size === 0 && key.keys.size > 0 && key.keys.size <= MOST_KEYS && own.length < DEEPEST;
    if (isPlain) return leavesOf(key, own);
    guess.kinds.add('nested');
    return [{ ...key, path: own }];
  });
}

/** Writes a path as `from` has it: `$.address.city`, or the key itself. */
function pathText(path: readonly string[]): string {
  const [first = '', ...others] = path;
  if (others.length === 0 && !first.startsWith('$')) return first;
  return `$${path.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join('')}`;
}
