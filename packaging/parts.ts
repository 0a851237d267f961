import path from 'node:path';
import type { ChunkingContext, CodeSplittingGroup } from 'rolldown';

/** The commands that are run most. Each is a file in src/cli/commands. */
const frequent = ['validate', 'plan', 'apply'];

/** Parts that every command may import, or that must not wait for a large one: each holds these files and all that they import. */
const leading = {
  first: ['src/main.ts'],
  program: ['src/cli/program.ts', 'src/cli/env.ts'],
  /** Commands that answer at once, without what a plan loads. */
  quick: ['src/cli/commands/explain/explain.ts', 'src/cli/commands/schema.ts'],
};

/**
 * Returns the parts into which a build joins files. A bundler left alone makes a part for each set of entry points that share
 * files, and a plan loads 91 of them. Here only the commands that are run most make parts, one for each set of them; the other
 * commands load the whole part even where they need one file of it.
 *
 * A file is in the first part that it belongs to, and imports only files of its own part and of parts before it.
 */
export function parts(root: string): CodeSplittingGroup[] {
  const names = [...Object.keys(leading), ...subsets(frequent).map(nameOf)];
  const partOf = once((ctx: ChunkingContext) => partsByFile(root, ctx));
  return names.map((name, index) => ({
    name: (id, ctx) => (partOf(ctx).get(id) === name ? name : null),
    priority: names.length - index,
  }));
}

const nameOf = (users: readonly string[]) => `for-${users.join('-')}`;

/** Returns all sets of these but the empty one, the largest first. */
function subsets(all: readonly string[]): string[][] {
  const sets = all.reduce<string[][]>((some, one) => [...some, ...some.map((set) => [...set, one])], [[]]);
  return sets.filter((set) => set.length > 0).sort((a, b) => b.length - a.length);
}

/** Returns a function that computes its result once: a build asks for each file, with the same context. */
function once<In, Out>(make: (given: In) => Out): (given: In) => Out {
  let made: { value: Out } | undefined;
  return (given) => (made ??= { value: make(given) }).value;
}

/** Returns the name of the part of each file that is not an entry point. */
function partsByFile(root: string, ctx: ChunkingContext): Map<string, string> {
  const users = new Map<string, string[]>();
  for (const command of frequent)
    for (const id of importedBy([path.join(root, `src/cli/commands/${command}.ts`)], ctx))
      users.set(id, [...(users.get(id) ?? []), command]);
  const found = new Map([...users].map(([id, some]) => [id, nameOf(some)]));
  for (const [name, files] of Object.entries(leading).reverse())
    for (const id of importedBy(
      files.map((file) => path.join(root, file)),
      ctx,
    ))
      found.set(id, name);
  return found;
}

/**
 * Returns these files and what they import, without entry points and without files that something imports when it needs them:
 * each of those becomes a file of its own.
 */
function importedBy(files: readonly string[], ctx: ChunkingContext): string[] {
  const seen = new Set(files);
  for (const id of seen) for (const other of ctx.getModuleInfo(id)?.importedIds ?? []) seen.add(other);
  return [...seen].filter((id) => {
    const info = ctx.getModuleInfo(id);
    return info?.isEntry === false && info.dynamicImporters.length === 0;
  });
}
