import { staleObject } from '../../aws/explain-error.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { Answer, Wanted } from './bucket.ts';
import type { Reader } from './reader.ts';

/** The version of an object that is read: all its requests name it. The id and the encoding become known with the first answer. */
export interface Version extends Wanted {
  etag: string | undefined;
  size: number;
  modified: number | undefined;
  contentEncoding?: string;
}

/**
 * Fails if an answer is about another version of the object than the one that was planned. Requests name that version, but
 * not every service looks at what they name, and then one object would be read as a mixture of two. An object without an
 * ETag is recognised by its time and size; if its answers have an ETag, the first one counts for all others.
 */
export function requireSameVersion(answer: Answer, version: Version, { source }: Reader): void {
  const shown = `s3://${source.bucket}/${version.key}`;
  if (version.etag !== undefined) {
    if (answer.etag === version.etag) return;
    if (answer.etag === undefined) throw unproven(shown, 'without the ETag that the listing has');
    if (answer.etag.startsWith('W/'))
      throw unproven(shown, 'with a weak ETag, as for a body that was changed on its way');
    throw replaced(shown);
  }
  if (answer.modified === undefined || version.modified === undefined)
    throw unproven(shown, 'with neither an ETag nor a time');
  if (seconds(answer.modified) !== seconds(version.modified) || answer.size !== version.size)
    throw replaced(shown);
  version.etag = answer.etag;
}

/** Headers have whole seconds. */
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

function replaced(shown: string): RunError {
  return new RunError(staleObject, `${shown} was replaced since the plan`, {
    hint: 'nothing of it was kept, so that no mixture gets through; plan again',
  });
}

function unproven(shown: string, how: string): RunError {
  return new RunError('EXT2214', `a request for ${shown} is answered ${how}`, {
    hint: 'nothing says which version of the object it is, so none of it was used; check proxies in between',
  });
}
