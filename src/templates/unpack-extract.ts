import { openComplete } from './open-template.ts';
import { toRunError } from './source-file.ts';
import { unpackEntryTo } from './zip/inflate.ts';

/** Writes the extract of a packaged data source to a path where no file exists yet. */
export async function unpackExtract(
  packed: string,
  { to, shown }: { to: string; shown: string },
  signal: AbortSignal,
): Promise<void> {
  const { zip, hyper } = await toRunError(
    { path: packed, shown },
    async () => (await openComplete(packed)).package,
  );
  await unpackEntryTo(zip, hyper, to, signal);
}
