import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import type { RoleUnreachable } from './client.ts';
import { endpointSetting, serviceLabel, type BucketUser } from './errand.ts';
import type { Failure } from './failure.ts';
import { ProxyFailed } from './tunnel.ts';

/** Explains that something between us and the service was not reached. */
export function blockedWayError(error: ProxyFailed | RoleUnreachable, { place }: BucketUser): RunError {
  const hint =
    error instanceof ProxyFailed
      ? 'HTTPS_PROXY names it; hosts in NO_PROXY are asked directly'
      : 'check AWS_ENDPOINT_URL_STS, the region and the network';
  // A proxy that refuses the way to us, or wants a password, does so the next time.
  const isLasting = error instanceof ProxyFailed && error.code === undefined;
  return new RunError('EXT2210', foreign(error.message), {
    hint,
    place,
    cause: error,
    ...(isLasting && { class: 'permanent' }),
  });
}

/** Explains that the service was not reached at all, or does not speak HTTP; undefined for another failure. */
export function unreachable(error: Failure, user: BucketUser): RunError | undefined {
  const { bucket, access, place } = user;
  const { message, thrown: cause } = error;
  const code = error.code ?? error.causeCode ?? '';
  const where = serviceLabel(user);
  if (error.$metadata?.httpStatusCode !== undefined) return undefined;
  if (/region is missing/i.test(message)) {
    return new RunError('EXT2207', `no region is known for the bucket "${bucket}"`, {
      hint: "write the bucket's region:, or set AWS_REGION",
      place,
      cause,
    });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:TLS|SSL)|^EPROTO$/.test(code)) {
    return new RunError('EXT2211', `no trusted TLS connection to ${where}: ${code}`, {
      hint:
        code === 'EPROTO' || /^ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)/.test(code)
          ? `does it speak https at all? write http:// in ${access.endpointFrom ?? 'endpoint'} if it does not`
          : 'check the host name; for a certificate authority of your own set NODE_EXTRA_CA_CERTS to its PEM file',
      place,
      cause,
    });
  }
  if (code.startsWith('HPE_') || error.name === 'NotHttp') {
    return new RunError('EXT2214', `${where} does not speak HTTP: ${foreign(message)}`, {
      hint: access.endpoint?.startsWith('http:')
        ? `if this port speaks TLS, write https:// in ${endpointSetting(user)}`
        : 'check the endpoint and its port, and proxies in between',
      place,
      cause,
    });
  }
  if (
    !/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)$/.test(code) &&
    error.name !== 'TimeoutError'
  )
    return undefined;
  return new RunError('EXT2210', `cannot reach ${where}: ${code === '' ? foreign(message) : code}`, {
    hint:
      access.endpoint === undefined
        ? 'check the region and the network'
        : access.pathStyle === false && code === 'ENOTFOUND'
          ? 'path_style: false asks a host for each bucket; without it the bucket is part of the path'
          : `check ${access.endpointFrom ?? 'the endpoint'} and the network`,
    place,
    cause,
    ...(code === 'ENOTFOUND' && { class: 'permanent' }),
  });
}
