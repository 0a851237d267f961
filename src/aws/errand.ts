import type { Place } from '../model/errors/diagnostic.ts';
import type { S3Access } from '../model/config/source.ts';
import { foreign } from '../model/errors/secrets.ts';

/** The user of a bucket: a source or the state, with the line of the configuration that names the bucket. */
export interface BucketUser {
  bucket: string;
  access: S3Access;
  place: Place;
}

/** The request to the bucket: to list keys with this beginning, or an operation on the object of a key. */
export type Errand = { list: string } | { read: string } | { write: string } | { remove: string };

export type Act = 'list' | 'read' | 'write' | 'remove';

export const verbs: Readonly<Record<Act, string>> = {
  list: 'listing',
  read: 'reading',
  write: 'writing',
  remove: 'removing',
};

export function errandUrl({ bucket }: BucketUser, errand: Errand): { act: Act; url: string } {
  const [act, key] = parts(errand);
  return { act, url: `s3://${bucket}/${key}` };
}

/** Names the service as the user has written it. */
export function serviceLabel({ bucket, access }: BucketUser): string {
  const { endpoint, pathStyle } = access;
  if (endpoint === undefined) return `the S3 service of "${bucket}"`;
  // The host that is really asked.
  return foreign(pathStyle === false ? endpoint.replace(/^(https?:\/\/)/, `$1${bucket}.`) : endpoint);
}

/** Names where the endpoint is written, as in "write https:// in endpoint:". */
export function endpointSetting({ access }: BucketUser): string {
  return access.endpointFrom ?? 'endpoint:';
}

function parts(errand: Errand): [Act, string] {
  if ('list' in errand) return ['list', errand.list];
  if ('read' in errand) return ['read', errand.read];
  if ('write' in errand) return ['write', errand.write];
  return ['remove', errand.remove];
}
