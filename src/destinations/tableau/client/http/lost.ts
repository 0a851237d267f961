import { foreign } from '../../../../model/errors/secrets.ts';
/** The part of a request that the server can have seen when the connection was lost. */
export type Reach =
  /** No part: no name, no connection, no TLS. */
  | 'none'
  /** A part: the server cannot have carried it out, but bytes were sent. */
  | 'part'
  /** All of it: it may have been carried out. */
  | 'whole';

/** The error for a missing answer. `reason` says why; it holds nothing of the request. */
export class Lost extends Error {
  readonly reach: Reach;
  readonly reason: string;
  /** The cause that repeating does not help against: a certificate, or a proxy that refuses the way. */
  readonly lasting: 'tls' | 'proxy' | undefined;

  constructor(reach: Reach, reason: string, facts: { lasting?: Lost['lasting']; cause?: unknown } = {}) {
    super(reason, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'Lost';
    this.reach = reach;
    this.reason = reason;
    this.lasting = facts.lasting;
  }

  /** The name of the server does not exist, which is more often a typing error than an outage. */
  get isUnknownHost(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTFOUND';
  }
}

/** A system error as `Lost`. */
export function lost(reach: Reach, error: unknown): Lost {
  if (error instanceof Lost) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const tls = certificateTrouble[code];
  if (tls !== undefined) return new Lost(reach, tls, { lasting: 'tls', cause: error });
  if (/^ERR_(TLS|SSL)|^EPROTO|^CERT_|^UNABLE_TO_|^DEPTH_/.test(code))
    return new Lost(reach, `TLS failed (${code})`, { lasting: 'tls', cause: error });
  return new Lost(
    reach,
    networkTrouble[code] ?? (code === '' ? foreign(message) : `it failed with ${code}`),
    {
      cause: error,
    },
  );
}

/** A proxy answered in place of the server, which got nothing. What it says of load and outages may pass. */
export function refusedByProxy(status: number, isAuthorized: boolean): Lost {
  const wants = isAuthorized
    ? ': it does not accept the user and the password'
    : ': it wants a user and a password';
  const mayPass = status >= 500 || status === 429 || status === 408;
  return new Lost(
    'none',
    `the proxy refused the way there with ${status}${status === 407 ? wants : ''}`,
    mayPass ? {} : { lasting: 'proxy' },
  );
}

const certificateTrouble: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in a certificate that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority that this machine does not know',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

const networkTrouble: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};
