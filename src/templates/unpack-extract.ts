import { kindOfName } from './template-file-name.ts';
import { openComplete } from './open-template.ts';
import type { Choice } from './template.ts';
import { toRunError } from './source-file.ts';
import { unpackEntryTo } from './zip/inflate.ts';

/** Writes the extract of a packaged data source or workbook to a path where no file exists yet. */
export async function unpackExtract(
  packed: string,
  { to, shown, ...choice }: Omit<Choice, 'kind'> & { to: string; shown: string },
  signal: AbortSignal,
): Promise<void> {
  const { zip, hyper } = await toRunError(
    { path: packed, shown },
    async () => (await openComplete(packed, { ...choice, kind: kindOfName(packed) })).package,
  );
  await unpackEntryTo(zip, hyper, to, signal);
}
