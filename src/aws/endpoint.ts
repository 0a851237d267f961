import { nearest } from '../model/base/nearest.ts';
import type { S3Access } from '../model/config/source.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { BucketUser } from './explain-error.ts';
import { loadConfigFiles } from './sdk.ts';

/**
 * Returns the user of a bucket with the endpoint that AWS's own settings name, where none is written, and its region. The
 * environment comes before the profile, as in AWS's own tools. The SDK would find most of these endpoints, but not that
 * of a profile by name, and it would make the bucket a part of the host, which services other than AWS do not know.
 * Fails with a `RunError` if the profile does not exist, or if the endpoint is no URL.
 */
export async function withEndpoint<User extends BucketUser>(user: User): Promise<User> {
  const { credentials, endpoint, region } = user.access;
  const profile = credentials.kind === 'profile' ? credentials.profile : undefined;
  if (profile !== undefined) await requireProfile(user, profile);
  if (endpoint !== undefined) return user;
  const { loadConfig } = await loadConfigFiles();
  const options = profile === undefined ? {} : { profile };
  const found = await loadConfig<Found>({ ...endpointSettings(user), default: none }, options)();
  if (found.url === '') return user;
  requireUrl(found, user);
  const access: S3Access = { ...user.access, endpoint: found.url, endpointFrom: found.setting };
  // What is AWS itself has regions: the SDK knows more places to look for one, and fails without.
  if (region !== undefined || isAws(found.url)) return { ...user, access };
  const known = await loadConfig({ ...regionSettings, default: 'us-east-1' }, options)();
  return { ...user, access: { ...access, region: known } };
}

interface Found {
  url: string;
  /** The variable or key that names it. */
  setting: string;
}

const none: Found = { url: '', setting: '' };

type Section = Partial<Record<string, string>>;

function endpointSettings(user: BucketUser) {
  return {
    environmentVariableSelector: (env: Section): Found | undefined => {
      if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return none;
      const setting = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].find((name) => (env[name] ?? '') !== '');
      return setting === undefined ? undefined : { url: env[setting] ?? '', setting };
    },
    configFileSelector: (section: Section, all?: Partial<Record<string, Section>>): Found | undefined => {
      if (isTrue(section.ignore_configured_endpoint_urls)) return none;
      const { services } = section;
      const ofServices = services === undefined ? undefined : all?.[`services.${services}`];
      if (services !== undefined && ofServices === undefined) throw noServices(user, services);
      const url = ofServices?.['s3.endpoint_url'] ?? section.endpoint_url;
      return url === undefined ? undefined : { url, setting: "endpoint_url of AWS's configuration file" };
    },
  };
}

const regionSettings = {
  environmentVariableSelector: ({ AWS_REGION: region }: Section) => (region === '' ? undefined : region),
  configFileSelector: ({ region }: Section) => region,
};

function isAws(url: string): boolean {
  return /\.amazonaws\.com(?:\.cn)?$/i.test(new URL(url).hostname);
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

async function requireProfile(user: BucketUser, profile: string): Promise<void> {
  const { loadSharedConfigFiles } = await loadConfigFiles();
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  if (!names.includes(profile)) throw noProfile(user, profile, names.filter(isProfile));
}

/** Sections of other things are in the same files. */
function isProfile(name: string): boolean {
  return !/^(?:services|sso-session)\./.test(name);
}

function noProfile({ bucket, place }: BucketUser, profile: string, names: readonly string[]): RunError {
  const near = nearest(profile, names);
  const where = "it is looked for in AWS's configuration files, ~/.aws/config and ~/.aws/credentials";
  return new RunError('EXT2201', `there is no AWS profile "${profile}", which s3://${bucket} needs`, {
    hint: near === undefined ? where : `did you mean "${near}"? ${where}`,
    place,
  });
}

function noServices({ bucket, place }: BucketUser, services: string): RunError {
  return new RunError(
    'EXT2210',
    `the AWS profile of s3://${bucket} names services = ${services}, and there is no such section`,
    {
      hint: `add [services ${services}] to AWS's configuration file, or write endpoint:`,
      place,
      class: 'permanent',
    },
  );
}

/** The URL itself is not shown: it may have a password. */
function requireUrl({ url, setting }: Found, { place }: BucketUser): void {
  if (/^https?:\/\/[^/]/i.test(url) && URL.canParse(url)) return;
  throw new RunError('EXT2210', `${setting} does not have the URL of a service`, {
    hint: 'it must begin with http:// or https:// and name a host',
    place,
    class: 'permanent',
  });
}
