import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { RunError } from '../../model/errors/run-error.ts';
import { unpackEntryTo } from '../../templates/zip/inflate.ts';
import { readZip } from '../../templates/zip/read.ts';
import { modeOf, nameInEngine, archiveError, refuseExcess, type Unpacking } from './wanted.ts';

/** Unpacks the engine's files from a wheel, and returns their names. `readZip` refuses unsafe names. */
export async function unpackFromZip({ file, shown, to, signal }: Unpacking): Promise<string[]> {
  try {
    const zip = await readZip(file);
    const wanted = zip.entries.flatMap((entry) => {
      const name = nameInEngine(entry.name);
      return name === undefined ? [] : [{ name, entry, size: entry.size }];
    });
    refuseExcess(wanted, shown);
    for (const { name, entry } of wanted) {
      const target = path.join(to, name);
      await unpackEntryTo(zip, entry, target, signal);
      await chmod(target, modeOf(name, entry.externalAttributes >>> 16));
    }
    return wanted.map(({ name }) => name);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RunError) || error.code === 'EXT3009') throw error;
    throw archiveError(shown, error.message.replace(`${file}: `, '').replace(`${file} `, 'it '), error);
  }
}
