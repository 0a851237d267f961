import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Access, S3Credentials } from '../model/config/source.ts';
import { inspectAnswer, type WireRequest, type WireResponse } from './answers.ts';
import { TunnelAgent, type ProxyFor } from './tunnel.ts';
import { loadProviders, type Providers, type Sdk } from './sdk.ts';

export type Client = S3Client;

/**
 * A client for one bucket's user: one attempt per call, because what is worth another one is decided in
 * retry.ts alone.
 */
export async function createClient(sdk: Sdk, access: S3Access, proxyFor?: ProxyFor): Promise<S3Client> {
  const { region, endpoint, endpointFrom, pathStyle, credentials, role } = access;
  const isProvided = role !== undefined || credentials.kind === 'profile';
  const client = new sdk.S3Client({
    // Services that are not AWS have no regions, but the signature needs one.
    ...(region !== undefined && { region }),
    ...(region === undefined &&
      endpoint !== undefined &&
      endpointFrom === undefined && { region: 'us-east-1' }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...profileOf(access),
    ...(isProvided ? providedCredentials(await loadProviders(), access) : plainCredentials(credentials)),
    // Other services have no host name for each bucket.
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    maxAttempts: 1,
    // Ranges have no checksum of their own, other services know none, and TLS guards the bytes on their way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: silent,
    requestHandler: {
      connectionTimeout: 10_000,
      // As the SDK's own agent, which knows no proxies. Requests for credentials take the same way.
      ...(proxyFor && { httpsAgent: new TunnelAgent(proxyFor, { keepAlive: true, maxSockets: 50 }) }),
    },
  });
  // Next to the wire, before the SDK makes an answer of it.
  client.middlewareStack.add(
    (next) => async (step) => {
      const result = await next(step);
      await inspectAnswer(step.request as WireRequest, result.response as WireResponse);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'inspect' },
  );
  return client;
}

/** The profile's region is to be found, too. */
function profileOf({ credentials }: S3Access): S3ClientConfig {
  return credentials.kind === 'profile' ? { profile: credentials.profile } : {};
}

function plainCredentials(credentials: S3Credentials): S3ClientConfig {
  switch (credentials.kind) {
    case 'keys':
      return { credentials: ownKeys(credentials) };
    case 'anonymous':
      return {
        credentials: { accessKeyId: '', secretAccessKey: '' },
        signer: { sign: (request) => Promise.resolve(request) },
      };
    case 'default':
    case 'profile':
      return {};
  }
}

function providedCredentials(providers: Providers, { credentials, role, region }: S3Access): S3ClientConfig {
  const own =
    credentials.kind === 'profile'
      ? providers.fromIni({ profile: credentials.profile })
      : credentials.kind === 'keys'
        ? ownKeys(credentials)
        : undefined;
  if (role === undefined) return own === undefined ? {} : { credentials: own };
  const assume = providers.fromTemporaryCredentials({
    ...(own === undefined ? {} : { masterCredentials: own }),
    params: {
      RoleArn: role.arn,
      RoleSessionName: 'extracts',
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    },
    ...(region === undefined ? {} : { clientConfig: { region } }),
  });
  return {
    credentials: (options) =>
      assume(options).catch((error: unknown) => {
        throw error instanceof Error && error.name === 'AccessDenied'
          ? new RoleDenied(role.arn, error)
          : unreachableRole(role.arn, error);
      }),
  };
}

/** The credentials are good, but may not assume the role: another thing than not being let into the bucket. */
export class RoleDenied extends Error {
  constructor(arn: string, cause: Error) {
    super(`may not assume the role ${arn}: ${cause.name}`, { cause });
  }
}

/** AWS STS, which gives the credentials of a role, was not reached: another place than the bucket. */
export class RoleUnreachable extends Error {
  readonly code: string;

  constructor(arn: string, code: string, cause: Error) {
    super(`cannot reach AWS STS, which role_arn ${arn} needs: ${code}`, { cause });
    this.code = code;
  }
}

function unreachableRole(arn: string, error: unknown): unknown {
  if (
    !(error instanceof Error) ||
    ('$metadata' in error && (error.$metadata as { httpStatusCode?: number }).httpStatusCode !== undefined)
  )
    return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new RoleUnreachable(arn, code, error);
}

function ownKeys({ accessKeyId, secretAccessKey, sessionToken }: S3Credentials & { kind: 'keys' }) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

const silence = () => undefined;
const silent = { trace: silence, debug: silence, info: silence, warn: silence, error: silence };
