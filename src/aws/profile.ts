import { nearest } from '../model/base/nearest.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { BucketUser } from './explain.ts';
import { loadConfigFiles } from './sdk.ts';

/**
 * Returns the user of a bucket with the endpoint of its profile, where one is named and no other endpoint is written: the
 * SDK looks for endpoints in the default profile only. As in AWS's own tools, the environment comes before the profile.
 * Fails with a `RunError` if the profile does not exist.
 */
export async function withProfile<User extends BucketUser>(user: User): Promise<User> {
  const { credentials, endpoint } = user.access;
  if (credentials.kind !== 'profile') return user;
  const { profile } = credentials;
  const { loadConfig, loadSharedConfigFiles } = await loadConfigFiles();
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  if (!names.includes(profile)) throw noProfile(user, profile, names.filter(isProfile));
  if (endpoint !== undefined) return user;
  const found = await loadConfig(
    {
      environmentVariableSelector: (env) =>
        isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)
          ? ''
          : (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL),
      configFileSelector: (settings, config) =>
        isTrue(settings.ignore_configured_endpoint_urls)
          ? ''
          : (config?.[`services.${settings.services ?? ''}`]?.['s3.endpoint_url'] ?? settings.endpoint_url),
      default: '',
    },
    { profile },
  )();
  return found === '' ? user : { ...user, access: { ...user.access, endpoint: found } };
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
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
