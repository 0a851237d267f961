import { timingSafeEqual } from 'node:crypto';
import { canonicalRequest, hmac, scopeText, signingKey, stringToSign } from './canonical-request.ts';
import type { Scope } from './canonical-request.ts';
import { S3Error } from './errors.ts';
import { fromHeader, fromQuery } from './claim.ts';
import type { Claim } from './claim.ts';
import type { S3Request } from './request.ts';
import type { S3Credentials } from './types.ts';

/** The sender of a request, as proved by its signature; the chunk signatures of an upload continue from it. */
export interface SignedBy {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly amzDate: string;
  readonly signature: string;
  readonly key: Buffer;
  /** The value of `x-amz-content-sha256`. */
  readonly payloadHash: string;
}

export interface Expectation {
  readonly credentials: readonly S3Credentials[];
  readonly now: Date;
  /** The region of the stand-in; a request may be signed for it although the bucket is elsewhere. */
  readonly region: string;
  /** The region of the bucket. */
  readonly bucketRegion: string;
}

/**
 * Signature version 4 from the Authorization header or a presigned URL. Gives undefined for a request without
 * either; throws S3's refusal for anything that is not exactly right.
 */
export function verifySignature(request: S3Request, expected: Expectation): SignedBy | undefined {
  const claim = readClaim(request, expected.now);
  if (!claim) return undefined;

  const credentials = findCredentials(claim, expected.credentials);
  refuseForeignRegion(claim, expected);
  refuseUnsignedHeaders(request, claim);
  const key = signingKey(credentials.secretAccessKey, claim.scope);
  refuseWrongSignature(request, claim, key);
  return {
    accessKeyId: claim.accessKeyId,
    scope: claim.scope,
    amzDate: claim.amzDate,
    signature: claim.signature,
    key,
    payloadHash: claim.payloadHash,
  };
}

export function permanentRedirect(request: S3Request, region: string): S3Error {
  return new S3Error('PermanentRedirect', {
    details: { Endpoint: `s3.${region}.amazonaws.com`, Bucket: request.bucket ?? '' },
    headers: { 'x-amz-bucket-region': region },
  });
}

export function wrongSigningRegion(used: string, region: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; the region '${used}' is wrong; expecting '${region}'`,
    details: { Region: region },
    headers: { 'x-amz-bucket-region': region },
  });
}

function readClaim(request: S3Request, now: Date): Claim | undefined {
  const inHeader = request.headers.get('authorization');
  const inQuery = request.query.some(([name]) => /^(X-Amz-Algorithm|X-Amz-Signature|Signature)$/.test(name));
  if (inHeader !== undefined && inQuery) {
    throw new S3Error('InvalidArgument', {
      message:
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      details: { ArgumentName: 'Authorization' },
    });
  }
  if (inHeader !== undefined) return fromHeader(request, inHeader, now);
  return inQuery ? fromQuery(request, now) : undefined;
}

function findCredentials(claim: Claim, known: readonly S3Credentials[]): S3Credentials {
  const credentials = known.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!credentials || (credentials.sessionToken !== undefined && claim.sessionToken === undefined)) {
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: claim.accessKeyId } });
  }
  if (credentials.sessionToken !== claim.sessionToken) throw new S3Error('InvalidToken');
  if (credentials.expired) throw new S3Error('ExpiredToken');
  return credentials;
}

/**
 * Refuses a foreign region: the stand-in plays the endpoint of its own region and of the bucket's, but of no third
 * one.
 */
function refuseForeignRegion(claim: Claim, { region, bucketRegion }: Expectation): void {
  if (claim.scope.region !== region && claim.scope.region !== bucketRegion) {
    throw wrongSigningRegion(claim.scope.region, bucketRegion);
  }
}

function refuseUnsignedHeaders(request: S3Request, claim: Claim): void {
  const mustBeSigned = [...request.headers.keys()].filter(
    (name) =>
      name === 'host' ||
      name.startsWith('x-amz-') ||
      (claim.via === 'header' && (name === 'content-type' || name === 'content-md5')),
  );
  const unsigned = mustBeSigned.filter((name) => !claim.signedHeaders.includes(name));
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', {
      message: 'There were headers present in the request which were not signed',
      details: { HeadersNotSigned: unsigned.join(', ') },
    });
  }
}

function refuseWrongSignature(request: S3Request, claim: Claim, key: Buffer): void {
  const canonical = canonicalRequest(request, claim.signedHeaders, claim.payloadHash);
  const text = stringToSign(claim.amzDate, claim.scope, canonical);
  if (sameHex(hmac(key, text).toString('hex'), claim.signature)) return;
  throw new S3Error('SignatureDoesNotMatch', {
    details: {
      AWSAccessKeyId: claim.accessKeyId,
      StringToSign: text,
      SignatureProvided: claim.signature,
      Scope: scopeText(claim.scope),
      CanonicalRequest:
        claim.sessionToken === undefined ? canonical : canonical.replaceAll(claim.sessionToken, '***'),
    },
  });
}

function sameHex(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
