import type { Place } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { NotS3 } from './answers.ts';
import { RoleDenied, RoleUnreachable } from './client.ts';
import { errandUrl, serviceLabel, verbs, type Act, type BucketUser, type Errand } from './errand.ts';
import { answerToRunError, explainAnswer } from './explain-answer.ts';
import { readFailure, type Failure } from './failure.ts';
import { GaveUp } from './retry.ts';
import { ProxyFailed } from './tunnel.ts';
import { unreachable, blockedWayError } from './unreachable.ts';
import { foreign } from '../model/errors/secrets.ts';

export type { BucketUser, Errand } from './errand.ts';

/**
 * The code for an object that was replaced or removed after the plan saw it: the exit code reflects it
 * (cli/failure.ts).
 */
export const staleObject = 'EXT2206';

/** Explains an error of S3, the network or the SDK, with its remedy. Other errors are passed through. */
// eslint-disable-next-line max-lines-per-function -- one case for each error of the service
export function explainS3(error: unknown, source: BucketUser, errand: Errand): unknown {
  if (error instanceof RunError) return error;
  if (error instanceof GaveUp) return gaveUp(error, source, errand);
  if (error instanceof NotS3) return explainAnswer(error, source, errand);
  if (error instanceof RoleDenied) {
    const hint = "the role's trust policy has to name who asks, and the external id if it wants one";
    return new RunError('EXT2204', foreign(error.message), { hint, place: source.place, cause: error });
  }
  if (error instanceof ProxyFailed || error instanceof RoleUnreachable) return blockedWayError(error, source);
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const failure = readFailure(error);
  const status = failure.$metadata?.httpStatusCode;
  const name = nameOf(failure, status);
  const { bucket, place } = source;
  const explained = (code: string, message: string, hint: string, at: Place = place) =>
    new RunError(code, message, { hint, place: at, cause: error });
  const { act, url } = errandUrl(source, errand);

  switch (name) {
    case 'CredentialsProviderError':
      return explained('EXT2201', `no AWS credentials were found for s3://${bucket}`, noCredentials(source));
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
    case 'RequestExpired':
      return explained(
        'EXT2202',
        `the AWS session for s3://${bucket} has expired`,
        'get new temporary credentials (aws sso login, or assume the role again) and run again',
      );
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidToken':
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return explained(
        'EXT2203',
        `s3://${bucket} does not accept the credentials: ${name}`,
        'check the access key, its secret and its session token: one of them is not right, or is of another account or service',
      );
    case 'RequestTimeTooSkewed':
      return explained(
        'EXT2203',
        `s3://${bucket} does not accept requests at this machine's time: ${name}`,
        "set the machine's clock",
      );
    case 'AccessDenied':
    case 'Forbidden':
    case 'AllAccessDisabled':
    case 'AccountProblem':
      return explained('EXT2204', `may not ${act} ${url}: ${name}`, denied(source, act));
    case 'NoSuchBucket':
      return explained(
        'EXT2205',
        `there is no bucket "${bucket}"`,
        'check its name, and the endpoint if it is not at AWS',
      );
    case 'NoSuchKey':
    case 'NoSuchVersion':
    case 'NotFound':
      if (act === 'list')
        return explained(
          'EXT2214',
          `${serviceLabel(source)} answers ${verbs[act]} ${url} with ${name}: that is not S3`,
          'a listing names no object that could be gone; check the endpoint and the bucket',
        );
      return explained(
        staleObject,
        `${url} no longer exists`,
        'it was removed since it was listed; plan again',
      );
    case 'PreconditionFailed':
      return explained(
        staleObject,
        `${url} was replaced since the plan`,
        'nothing of it was kept, so that no mixture gets through; plan again',
      );
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'TemporaryRedirect':
    case 'IllegalLocationConstraintException':
      return wrongRegion(failure, source);
    case 'InvalidObjectState':
      return explained('EXT2209', `${url} is archived`, 'restore it first, or exclude it');
    default:
      return unreachable(failure, source) ?? other(failure, name, url, act, source);
  }
}

/** The answer to a HEAD, and those of some services, have a status and no name. */
function nameOf({ name, Code }: Failure, status: number | undefined): string {
  const byStatus: Readonly<Record<number, string>> = {
    301: 'PermanentRedirect',
    307: 'TemporaryRedirect',
    403: 'AccessDenied',
    404: 'NotFound',
    412: 'PreconditionFailed',
  };
  const plain = Code ?? name;
  const isUnnamed = plain === '' || /^(?:UnknownError|Unknown|Error|\d+)$/.test(plain);
  return isUnnamed && status !== undefined ? (byStatus[status] ?? plain) : plain;
}

function noCredentials({ access: { credentials } }: BucketUser): string {
  return credentials.kind === 'profile'
    ? `check the profile "${credentials.profile}" in ~/.aws/config and ~/.aws/credentials; with SSO, sign in first: aws sso login --profile ${credentials.profile}`
    : 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile:, or write anonymous: true for a public bucket';
}

function denied({ access }: BucketUser, act: Act): string {
  const needs = permissions[act];
  if (access.credentials.kind === 'anonymous')
    return `the bucket is not public: give credentials that are allowed ${needs}`;
  const pays =
    access.requesterPays || act === 'write' || act === 'remove'
      ? ''
      : '; if its owner wants readers to pay, write requester_pays: true';
  return `the credentials need ${needs}${pays}`;
}

const permissions: Readonly<Record<Act, string>> = {
  list: 's3:ListBucket on the bucket',
  read: 's3:GetObject on the object (and kms:Decrypt on its key, if it has one)',
  write: 's3:PutObject on the object (and kms:GenerateDataKey on its key, if it has one)',
  remove: 's3:DeleteObject on the object',
};

function wrongRegion(error: Failure, { bucket, access, place }: BucketUser): RunError {
  const right = error.Region ?? error.$response?.headers?.['x-amz-bucket-region'];
  const asked = access.region ?? 'the region that was asked';
  return new RunError(
    'EXT2207',
    right === undefined
      ? `the bucket "${bucket}" is not in ${asked}`
      : `the bucket "${bucket}" is in ${right}, not in ${asked}`,
    {
      hint: right === undefined ? "write the bucket's region:" : `write region: ${right}`,
      place,
      cause: error.thrown,
    },
  );
}

function gaveUp({ attempts, cause }: GaveUp, source: BucketUser, errand: Errand): unknown {
  if (cause instanceof ProxyFailed || cause instanceof RoleUnreachable) return blockedWayError(cause, source);
  const failure = readFailure(cause);
  const network = unreachable(failure, source);
  if (network !== undefined) return network;
  const { act, url } = errandUrl(source, errand);
  const why = cause instanceof NotS3 ? answerToRunError(cause) : lastWords(failure);
  return new RunError('EXT2208', `${verbs[act]} ${url} failed ${attempts} times, last: ${why}`, {
    hint: 'S3 or the way to it is overloaded or broken; try again later, with a smaller limits.parallel if it said SlowDown',
    place: source.place,
    cause,
  });
}

function lastWords({ $metadata, message, name, code, Code }: Failure): string {
  if ($metadata !== undefined) return foreign(Code ?? name);
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'the connection was reset' : foreign(message);
}

// eslint-disable-next-line max-params -- no two of them belong together
function other(error: Failure, name: string, url: string, act: string, { place }: BucketUser): unknown {
  if (error.$metadata === undefined && error.code === undefined) return error.thrown;
  return new RunError('EXT2212', `cannot ${act} ${url}: ${foreign(name)}: ${foreign(error.message)}`, {
    place,
    cause: error.thrown,
  });
}
