import type { Argument, Command, Option } from 'commander';

/** The dynamic values that the command line itself does not know. */
export interface KnownValues {
  /** Names and addresses of pipelines. */
  pipelines: () => Promise<readonly string[]>;
  /** Codes of errors with their meanings. */
  codes: () => readonly Candidate[];
}

/** A word that can stand here, with what it means. */
export interface Candidate {
  word: string;
  about: string;
}

/** Candidates, and what the shell adds to them by its own means. */
export interface Completion {
  candidates: readonly Candidate[];
  paths: 'files' | 'folders' | 'none';
}

/**
 * Returns what can stand in the place of the last word, from the commands, options and arguments that the program
 * declares. `words` are those after the name of the program, the last one up to the cursor.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  known: KnownValues,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const { command, position, awaiting, onlyArguments } = follow(program, words.slice(0, -1));
  const { option, prefix } = awaiting === undefined && !onlyArguments ? assigned(command, current) : none;
  const valued = awaiting ?? option;
  const found =
    valued !== undefined
      ? await valuesOf(valued, known)
      : current.startsWith('-') && !onlyArguments
        ? { candidates: optionsOf(command), paths: 'none' as const }
        : await placesOf(command, position, known);
  const candidates = found.candidates
    .map(({ word, about }) => ({ word: prefix + word, about }))
    .filter(({ word }) => word.startsWith(current));
  return { candidates, paths: found.paths };
}

const none = { option: undefined, prefix: '' };

interface Followed {
  command: Command;
  /** The number of arguments before the word. */
  position: number;
  /** The option whose value the word is. */
  awaiting: Option | undefined;
  /** True behind `--`. */
  onlyArguments: boolean;
}

/** Follows the words before the one to complete, down to the command that they name. */
function follow(program: Command, words: readonly string[]): Followed {
  let command = program;
  let position = 0;
  let awaiting: Option | undefined;
  let onlyArguments = false;
  for (const word of words) {
    if (awaiting !== undefined) awaiting = undefined;
    else if (word === '--' && !onlyArguments) onlyArguments = true;
    else if (word.startsWith('-') && !onlyArguments) awaiting = takesNext(optionNamed(command, word));
    else {
      const below = position === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) position += 1;
      command = below ?? command;
    }
  }
  return { command, position, awaiting, onlyArguments };
}

const optionNamed = (command: Command, word: string) =>
  command.options.find((option) => option.long === word || option.short === word);

const takesNext = (option: Option | undefined) => (option?.required === true ? option : undefined);

/** Returns the option of `--option=value`, and what precedes the value. */
function assigned(command: Command, word: string): { option: Option | undefined; prefix: string } {
  const [, name] = /^(--[^=]+)=/.exec(word) ?? [];
  const option = name === undefined ? undefined : takesNext(optionNamed(command, name));
  return option === undefined ? none : { option, prefix: `${name ?? ''}=` };
}

function optionsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description }));
}

/** Returns the commands below, or the values of the argument at this position. */
async function placesOf(command: Command, position: number, known: KnownValues): Promise<Completion> {
  if (command.commands.length > 0) {
    if (position > 0) return { candidates: [], paths: 'none' };
    const commands = command.createHelp().visibleCommands(command);
    const candidates = commands.map((one) => ({ word: one.name(), about: one.description() }));
    return { candidates, paths: 'none' };
  }
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[position] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? { candidates: [], paths: 'none' } : valuesOf(argument, known);
}

/** Returns the values of an option or argument, by its choices or by the name of its value. */
async function valuesOf(one: Option | Argument, known: KnownValues): Promise<Completion> {
  const choices = one.argChoices ?? [];
  if (choices.length > 0) return { candidates: choices.map((word) => ({ word, about: '' })), paths: 'none' };
  switch (valueName(one)) {
    case 'term':
      return { candidates: [...named(await known.pipelines()), ...terms], paths: 'none' };
    case 'address':
      return { candidates: named(await known.pipelines()), paths: 'none' };
    case 'code':
      return { candidates: known.codes(), paths: 'none' };
    case 'folder':
      return { candidates: [], paths: 'folders' };
    case 'file':
    case 'path':
    case 'paths':
    case 'pipeline':
    case 'plan':
      return { candidates: [], paths: 'files' };
    default:
      return { candidates: [], paths: 'none' };
  }
}

/** Returns `file` of `--out <file>` and of an argument `<file>`. */
const valueName = (one: Option | Argument) =>
  'flags' in one ? /[<[]([\w-]+)/.exec(one.flags)?.[1] : one.name();

const named = (words: readonly string[]): Candidate[] => words.map((word) => ({ word, about: 'pipeline' }));

/** The terms of --select besides names; a tag is completed by hand. */
const terms: readonly Candidate[] = [
  { word: 'tag:', about: 'pipelines with a tag' },
  { word: 'dest:file', about: 'pipelines that write a file' },
  { word: 'dest:tableau', about: 'pipelines that publish' },
  { word: 'state:modified', about: 'pipelines that were changed since the last apply' },
];
