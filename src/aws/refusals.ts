import { getOwn } from '../model/base/get-own.ts';
import { RunError } from '../model/errors/run-error.ts';
import { errandUrl, serviceLabel, verbs, type Act, type BucketUser, type Errand } from './errand.ts';
import { nameOf, type Failure } from './failure.ts';

/**
 * The code for an object that was replaced or removed after the plan saw it: the exit code reflects it
 * (cli/failure.ts).
 */
export const staleObject = 'EXT2206';

/** The refusal of a request, by the name that the service gives it. */
interface Refusal {
  name: string;
  failure: Failure;
  source: BucketUser;
  act: Act;
  url: string;
}

/** The code, the message and the hint of an error. */
type Explained = [code: string, message: string, hint: string];

/** Explains a refusal of the service that is known by its name; undefined for other errors. */
export function explainRefusal(failure: Failure, source: BucketUser, errand: Errand): RunError | undefined {
  const name = nameOf(failure);
  const explain = getOwn(explanations, name);
  if (explain === undefined) return undefined;
  const [code, message, hint] = explain({ name, failure, source, ...errandUrl(source, errand) });
  return new RunError(code, message, { hint, place: source.place, cause: failure });
}

const noCredentials = ({ source: { bucket, access } }: Refusal): Explained => [
  'EXT2201',
  `no AWS credentials were found for s3://${bucket}`,
  access.credentials.kind === 'profile'
    ? `check the profile "${access.credentials.profile}" in ~/.aws/config and ~/.aws/credentials; with SSO, sign in first: aws sso login --profile ${access.credentials.profile}`
    : 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile:, or write anonymous: true for a public bucket',
];

const expired = ({ source: { bucket } }: Refusal): Explained => [
  'EXT2202',
  `the AWS session for s3://${bucket} has expired`,
  'get new temporary credentials (aws sso login, or assume the role again) and run again',
];

const wrongCredentials = ({ name, source: { bucket } }: Refusal): Explained => [
  'EXT2203',
  `s3://${bucket} does not accept the credentials: ${name}`,
  'check the access key, its secret and its session token: one of them is not right, or is of another account or service',
];

const wrongClock = ({ name, source: { bucket } }: Refusal): Explained => [
  'EXT2203',
  `s3://${bucket} does not accept requests at this machine's time: ${name}`,
  "set the machine's clock",
];

const denied = ({ name, act, url, source }: Refusal): Explained => [
  'EXT2204',
  `may not ${act} ${url}: ${name}`,
  permissionHint(source, act),
];

const noBucket = ({ source: { bucket } }: Refusal): Explained => [
  'EXT2205',
  `there is no bucket "${bucket}"`,
  'check its name, and the endpoint if it is not at AWS',
];

const noObject = ({ name, act, url, source }: Refusal): Explained =>
  act === 'list'
    ? [
        'EXT2214',
        `${serviceLabel(source)} answers ${verbs[act]} ${url} with ${name}: that is not S3`,
        'a listing names no object that could be gone; check the endpoint and the bucket',
      ]
    : [staleObject, `${url} no longer exists`, 'it was removed since it was listed; plan again'];

const replaced = ({ url }: Refusal): Explained => [
  staleObject,
  `${url} was replaced since the plan`,
  'nothing of it was kept, so that no mixture gets through; plan again',
];

const archived = ({ url }: Refusal): Explained => [
  'EXT2209',
  `${url} is archived`,
  'restore it first, or exclude it',
];

function wrongRegion({ failure, source: { bucket, access } }: Refusal): Explained {
  const right = failure.Region ?? failure.$response?.headers?.['x-amz-bucket-region'];
  const asked = access.region ?? 'the region that was asked';
  return right === undefined
    ? ['EXT2207', `the bucket "${bucket}" is not in ${asked}`, "write the bucket's region:"]
    : ['EXT2207', `the bucket "${bucket}" is in ${right}, not in ${asked}`, `write region: ${right}`];
}

const explanations: Readonly<Record<string, (refusal: Refusal) => Explained>> = {
  CredentialsProviderError: noCredentials,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  RequestExpired: expired,
  InvalidAccessKeyId: wrongCredentials,
  SignatureDoesNotMatch: wrongCredentials,
  InvalidToken: wrongCredentials,
  InvalidClientTokenId: wrongCredentials,
  UnrecognizedClientException: wrongCredentials,
  RequestTimeTooSkewed: wrongClock,
  AccessDenied: denied,
  Forbidden: denied,
  AllAccessDisabled: denied,
  AccountProblem: denied,
  NoSuchBucket: noBucket,
  NoSuchKey: noObject,
  NoSuchVersion: noObject,
  NotFound: noObject,
  PreconditionFailed: replaced,
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  TemporaryRedirect: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  InvalidObjectState: archived,
};

function permissionHint({ access }: BucketUser, act: Act): string {
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
