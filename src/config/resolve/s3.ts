import type { S3Access, S3Credentials, S3Source } from '../../model/config/source.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { bytesOf } from '../values/amounts.ts';
import type { DraftSource } from '../drafts/pipeline-draft.ts';
import { pathsOf } from '../values/file-format.ts';
import { resolveFormat } from './formats.ts';
import { numbered } from './numbered.ts';

export function resolveS3({ place }: DraftSource, settings: Written.S3Source): S3Source {
  const { bucket, exclude, min_files: minFiles, max_bytes: maxBytes, header_file: header } = settings;
  const limit = typeof maxBytes === 'string' ? bytesOf(maxBytes) : maxBytes;
  return {
    type: 's3',
    place,
    bucket: bucket ?? '',
    match: pathsOf(settings),
    exclude: [exclude ?? []].flat(),
    minFiles: numbered('minFiles', minFiles).minFiles ?? 1,
    ...(typeof limit === 'number' && { maxBytes: limit }),
    format: resolveFormat(settings),
    ...(header && { headerFile: { key: header.key, types: header.types ?? false } }),
    access: resolveAccess(settings),
  };
}

/** The settings of a source or of the state that locate the service and give its credentials. */
export type WrittenAccess = Omit<Written.S3State, 'type' | 'bucket' | 'prefix'> &
  Pick<Written.S3Source, 'requester_pays' | 'anonymous'>;

export function resolveAccess(settings: WrittenAccess): S3Access {
  const { region, endpoint, path_style: pathStyle, requester_pays: pays } = settings;
  const { role_arn: arn, external_id: externalId } = settings;
  return {
    ...(typeof region === 'string' && { region }),
    ...(typeof endpoint === 'string' && { endpoint }),
    ...(typeof pathStyle === 'boolean' && { pathStyle }),
    requesterPays: pays ?? false,
    credentials: credentials(settings),
    ...(typeof arn === 'string' && { role: { arn, ...(typeof externalId === 'string' && { externalId }) } }),
  };
}

function credentials(settings: WrittenAccess): S3Credentials {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: token } = settings;
  if (settings.anonymous === true) return { kind: 'anonymous' };
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') {
    const sessionToken = typeof token === 'string' ? { sessionToken: token } : {};
    return { kind: 'keys', accessKeyId, secretAccessKey, ...sessionToken };
  }
  return typeof settings.profile === 'string'
    ? { kind: 'profile', profile: settings.profile }
    : { kind: 'default' };
}
