import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { reasonOf } from '../disk/reason.ts';
import { RunError } from '../model/errors/run-error.ts';
import { platformKey, type Surroundings } from './surroundings.ts';

/**
 * Returns whether a file is one of those that the release names for this platform, byte for byte. Throws RunError
 * EXT3009 if it cannot be read.
 */
export async function isTested(
  file: string,
  shown: string,
  { release, platform, signal }: Surroundings,
): Promise<boolean> {
  const [sha512, sha256] = [createHash('sha512'), createHash('sha256')];
  try {
    for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
      sha512.update(chunk);
      sha256.update(chunk);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new RunError('EXT3009', `${shown} cannot be read: ${reasonOf(cause)}`, {
      hint: 'check the path and its permissions',
      cause,
    });
  }
  const key = platformKey(platform);
  return (
    `sha512-${sha512.digest('base64')}` === release.npm[key]?.integrity ||
    sha256.digest('hex') === release.wheels[key]
  );
}
