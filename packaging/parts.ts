import path from 'node:path';
import type { ChunkingContext, CodeSplittingGroup } from 'rolldown';

/** The commands that are run most, each in a file that loads what it needs. */
const commands = ['validate', 'plan', 'apply'];

/** The parts that come before these, each of what is loaded with its files. */
const before = {
  first: ['src/main.ts'],
  program: ['src/cli/program.ts', 'src/cli/env.ts'],
  /** Commands that answer at once, and would wait for what a plan loads. */
  quick: ['src/cli/commands/explain/explain.ts', 'src/cli/commands/schema.ts'],
};

/**
 * Returns the parts that a build joins files to. A bundler left alone makes a part for each set of entrances that need the same
 * files, and a plan loads 91 of them; here only the commands that are run most count. The other commands load what they
 * share with these as it is.
 *
 * A file is joined to the first part that it belongs to. Each part comes after those that its files may import.
 */
export function parts(root: string): CodeSplittingGroup[] {
  const names = [...Object.keys(before), ...subsets(commands).map(nameOf)];
  const partOf = once((ctx: ChunkingContext) => partsByFile(root, ctx));
  return names.map((name, index) => ({
    name: (id, ctx) => (partOf(ctx).get(id) === name ? name : null),
    priority: names.length - index,
  }));
}

const nameOf = (users: readonly string[]) => `for-${users.join('-')}`;

/** Returns the sets of some of these, the largest first. */
function subsets(all: readonly string[]): string[][] {
  const sets = all.reduce<string[][]>((some, one) => [...some, ...some.map((set) => [...set, one])], [[]]);
  return sets.filter((set) => set.length > 0).sort((a, b) => b.length - a.length);
}

function once<In, Out>(make: (given: In) => Out): (given: In) => Out {
  let made: { value: Out } | undefined;
  return (given) => (made ??= { value: make(given) }).value;
}

function partsByFile(root: string, ctx: ChunkingContext): Map<string, string> {
  const users = new Map<string, string[]>();
  for (const command of commands)
    for (const id of loadedWith([path.join(root, `src/cli/commands/${command}.ts`)], ctx))
      users.set(id, [...(users.get(id) ?? []), command]);
  const found = new Map([...users].map(([id, some]) => [id, nameOf(some)]));
  for (const [name, files] of Object.entries(before).reverse())
    for (const id of loadedWith(
      files.map((file) => path.join(root, file)),
      ctx,
    ))
      found.set(id, name);
  return found;
}

/** Returns what is loaded with these files, without files that are loaded by name: they are parts of their own. */
function loadedWith(files: readonly string[], ctx: ChunkingContext): string[] {
  const seen = new Set(files);
  for (const id of seen) for (const other of ctx.getModuleInfo(id)?.importedIds ?? []) seen.add(other);
  return [...seen].filter((id) => {
    const info = ctx.getModuleInfo(id);
    return info?.isEntry === false && info.dynamicImporters.length === 0;
  });
}
