import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import { RoleUnreachable } from './client.ts';
import { endpointSetting, serviceLabel, type BucketUser } from './errand.ts';
import type { Failure } from './failure.ts';
import { ProxyFailed } from './tunnel.ts';

/** Returns the error for a proxy or a role service, on the way to the service, that was not reached. */
export function wayBlocked(error: ProxyFailed | RoleUnreachable, { place }: BucketUser): RunError {
  const hint =
    error instanceof ProxyFailed
      ? 'HTTPS_PROXY names it; hosts in NO_PROXY are asked directly'
      : 'check AWS_ENDPOINT_URL_STS, the region and the network';
  return new RunError('EXT2210', foreign(error.message), { hint, place, cause: error });
}

/** Explains a service that was not reached at all, or does not speak HTTP; undefined for other errors. */
export function unreachable(error: Failure, user: BucketUser): RunError | undefined {
  if (error.$metadata?.httpStatusCode !== undefined) return undefined;
  const code = error.code ?? (error as { cause?: { code?: string } }).cause?.code ?? '';
  const explained = explain(error, code, user);
  if (explained === undefined) return undefined;
  const [name, message, hint] = explained;
  return new RunError(name, message, { hint, place: user.place, cause: error });
}

/** The code, the message and the hint of an error. */
type Explained = [code: string, message: string, hint: string];

function explain({ message, name }: Failure, code: string, user: BucketUser): Explained | undefined {
  const where = serviceLabel(user);
  if (/region is missing/i.test(message)) {
    const hint = "write the bucket's region:, or set AWS_REGION";
    return ['EXT2207', `no region is known for the bucket "${user.bucket}"`, hint];
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:TLS|SSL)|^EPROTO$/.test(code))
    return ['EXT2211', `no trusted TLS connection to ${where}: ${code}`, tlsHint(code, user)];
  if (code.startsWith('HPE_') || name === 'NotHttp')
    return ['EXT2214', `${where} does not speak HTTP: ${foreign(message)}`, protocolHint(user)];
  const isNetwork = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/.test(code);
  if (!isNetwork && name !== 'TimeoutError') return undefined;
  const why = code === '' ? foreign(message) : code;
  return ['EXT2210', `cannot reach ${where}: ${why}`, networkHint(code, user)];
}

function tlsHint(code: string, { access }: BucketUser): string {
  return code === 'EPROTO' || /^ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)/.test(code)
    ? `does it speak https at all? write http:// in ${access.endpointFrom ?? 'endpoint'} if it does not`
    : 'check the host name; for a certificate authority of your own set NODE_EXTRA_CA_CERTS to its PEM file';
}

function protocolHint(user: BucketUser): string {
  return user.access.endpoint?.startsWith('http:') === true
    ? `if this port speaks TLS, write https:// in ${endpointSetting(user)}`
    : 'check the endpoint and its port, and proxies in between';
}

function networkHint(code: string, { access }: BucketUser): string {
  if (access.endpoint === undefined) return 'check the region and the network';
  return access.pathStyle === false && code === 'ENOTFOUND'
    ? 'path_style: false asks a host for each bucket; without it the bucket is part of the path'
    : `check ${access.endpointFrom ?? 'the endpoint'} and the network`;
}
