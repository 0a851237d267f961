import type { FoldersQuery, FoundFolder } from '../../model/ports/source-port.ts';
import { explainS3 } from '../../aws/explain-error.ts';
import { retrying } from '../../aws/retry.ts';
import { requireOtherPage } from './list.ts';
import type { Reader } from './reader.ts';

/** Returns the folders below a prefix: what its keys have in common up to the next slash. */
export async function listPrefixes(
  reader: Reader,
  { under, limit, names }: FoldersQuery,
  signal: AbortSignal,
): Promise<FoundFolder[]> {
  if (names === undefined) return allBelow(reader, under, limit, signal);
  const found: FoundFolder[] = [];
  for (const name of names) {
    const prefix = `${under}${name}/`;
    if (await asked(reader, prefix, (one) => reader.bucket.hasKeys(prefix, one), signal))
      found.push({ name });
  }
  return found;
}

async function allBelow(
  reader: Reader,
  under: string,
  limit: number,
  signal: AbortSignal,
): Promise<FoundFolder[]> {
  const names = new Set<string>();
  const beginnings = new Set<string>();
  let after: string | undefined;
  do {
    const from = after;
    const page = await asked(reader, under, (one) => reader.bucket.listFolders(under, from, one), signal);
    requireOtherPage({ first: page.names[0], next: page.next }, beginnings, reader.source, under);
    for (const name of page.names) names.add(name);
    after = page.next;
  } while (after !== undefined && names.size < limit);
  return Array.from(names, (name) => ({ name })).slice(0, limit);
}

async function asked<Result>(
  { patience, source }: Reader,
  prefix: string,
  call: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return retrying(call, patience, signal).catch((error: unknown) => {
    throw explainS3(error, source, { list: prefix });
  });
}
