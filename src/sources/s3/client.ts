import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Access } from '../../model/pipeline.ts';
import type { Sdk } from './sdk.ts';

/** A client for one source: one attempt per call, because what is worth another one is decided in retry.ts alone. */
export function createClient(sdk: Sdk, access: S3Access): S3Client {
  const { region, endpoint, pathStyle } = access;
  return new sdk.S3Client({
    // Services that are not AWS have no regions, but the signature needs one.
    ...(region === undefined ? (endpoint === undefined ? {} : { region: 'us-east-1' }) : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...profileOf(access),
    ...credentialsOf(sdk, access),
    forcePathStyle: pathStyle,
    maxAttempts: 1,
    // Ranges have no checksum of their own, other services know none, and TLS guards the bytes on their way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: silent,
    requestHandler: { connectionTimeout: 10_000 },
  });
}

/** The profile's region is to be found, too. */
function profileOf({ credentials }: S3Access): S3ClientConfig {
  return credentials.kind === 'profile' ? { profile: credentials.profile } : {};
}

function credentialsOf(sdk: Sdk, access: S3Access): S3ClientConfig {
  const { credentials, role, region } = access;
  if (credentials.kind === 'anonymous') {
    return {
      credentials: { accessKeyId: '', secretAccessKey: '' },
      signer: { sign: (request) => Promise.resolve(request) },
    };
  }
  const own = ownCredentials(sdk, credentials);
  if (role === undefined) return own === undefined ? {} : { credentials: own };
  return {
    credentials: sdk.fromTemporaryCredentials({
      ...(own === undefined ? {} : { masterCredentials: own }),
      params: {
        RoleArn: role.arn,
        RoleSessionName: 'extracts',
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      },
      ...(region === undefined ? {} : { clientConfig: { region } }),
    }),
  };
}

function ownCredentials(sdk: Sdk, credentials: S3Access['credentials']) {
  switch (credentials.kind) {
    case 'keys': {
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    }
    case 'profile':
      return sdk.fromIni({ profile: credentials.profile });
    case 'default':
    case 'anonymous':
      return undefined;
  }
}

const silence = () => undefined;
const silent = { trace: silence, debug: silence, info: silence, warn: silence, error: silence };
