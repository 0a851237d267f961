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
  /** True if the certificate is the cause, so that repeating does not help. */
  readonly isTls: boolean;

  constructor(reach: Reach, reason: string, facts: { isTls?: boolean; cause?: unknown } = {}) {
    super(reason, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'Lost';
    this.reach = reach;
    this.reason = reason;
    this.isTls = facts.isTls ?? false;
  }
}

/** A system error as `Lost`. */
export function lost(reach: Reach, error: unknown): Lost {
  if (error instanceof Lost) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const tls = certificateTrouble[code];
  if (tls !== undefined) return new Lost(reach, tls, { isTls: true, cause: error });
  if (/^ERR_(TLS|SSL)|^EPROTO|^CERT_|^UNABLE_TO_|^DEPTH_/.test(code))
    return new Lost(reach, `TLS failed (${code})`, { isTls: true, cause: error });
  return new Lost(
    reach,
    networkTrouble[code] ?? (code === '' ? foreign(message) : `it failed with ${code}`),
    {
      cause: error,
    },
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
