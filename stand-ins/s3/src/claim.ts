import type { Scope } from './canonical-request.ts';
import { S3Error } from './errors.ts';
import { parameter } from './request.ts';
import type { S3Request } from './request.ts';

/** The claims of a request about its own signature; nothing in it is checked beyond its form and its date. */
export interface Claim {
  readonly via: 'header' | 'query';
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** yyyymmddThhmmssZ */
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
  readonly sessionToken: string | undefined;
}

export function fromHeader(request: S3Request, authorization: string, now: Date): Claim {
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) {
    throw new S3Error('InvalidRequest', {
      message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    });
  }
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match) throw new S3Error('AuthorizationHeaderMalformed');
  const [, credential = '', signedHeaders = '', signature = ''] = match;

  const amzDate = request.headers.get('x-amz-date') ?? fromHttpDate(request.headers.get('date'));
  if (amzDate === undefined || !isAmzDate(amzDate)) {
    throw new S3Error('AccessDenied', {
      message: 'AWS authentication requires a valid Date or x-amz-date header',
    });
  }
  refuseSkew(amzDate, now);
  const payloadHash = request.headers.get('x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    });
  }
  return {
    via: 'header',
    ...readCredential(credential, amzDate, 'AuthorizationHeaderMalformed'),
    amzDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash,
    sessionToken: request.headers.get('x-amz-security-token'),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function fromQuery(request: S3Request, now: Date): Claim {
  const required = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'] as const;
  const [algorithm, credential, signature, amzDate, signedHeaders, expires] = required.map((name) => {
    const value = parameter(request, `X-Amz-${name}`);
    if (value === undefined) {
      throw malformedQuery(
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    }
    return value;
  }) as [string, string, string, string, string, string];

  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw malformedQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  if (!isAmzDate(amzDate)) {
    throw malformedQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  refuseExpired(amzDate, expires, now);
  return {
    via: 'query',
    ...readCredential(credential, amzDate, 'AuthorizationQueryParametersError'),
    amzDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash: request.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
    sessionToken: parameter(request, 'X-Amz-Security-Token'),
  };
}

function readCredential(
  credential: string,
  amzDate: string,
  code: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError',
): { accessKeyId: string; scope: Scope } {
  const match = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  const [, accessKeyId = '', date = '', region = '', service] = match ?? [];
  if (!match || service !== 's3' || date !== amzDate.slice(0, 8)) {
    throw new S3Error(code, {
      message:
        'The Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request" with the date of the request.',
    });
  }
  return { accessKeyId, scope: { date, region } };
}

const allowedSkewMs = 15 * 60 * 1000;

function refuseSkew(amzDate: string, now: Date): void {
  if (Math.abs(millisecondsOf(amzDate) - now.getTime()) <= allowedSkewMs) return;
  throw new S3Error('RequestTimeTooSkewed', {
    details: {
      RequestTime: amzDate,
      ServerTime: now.toISOString(),
      MaxAllowedSkewMilliseconds: allowedSkewMs,
    },
  });
}

function refuseExpired(amzDate: string, expires: string, now: Date): void {
  if (!/^\d+$/.test(expires)) throw malformedQuery('X-Amz-Expires should be a number');
  if (Number(expires) > 604_800) {
    throw malformedQuery(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  const start = millisecondsOf(amzDate);
  if (start - now.getTime() > allowedSkewMs) {
    throw new S3Error('AccessDenied', { message: 'Request is not yet valid' });
  }
  const end = start + Number(expires) * 1000;
  if (now.getTime() > end) {
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      details: {
        'X-Amz-Expires': expires,
        Expires: new Date(end).toISOString(),
        ServerTime: now.toISOString(),
      },
    });
  }
}

function malformedQuery(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', { message });
}

function isAmzDate(text: string): boolean {
  return /^\d{8}T\d{6}Z$/.test(text) && !Number.isNaN(millisecondsOf(text));
}

function millisecondsOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function fromHttpDate(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
