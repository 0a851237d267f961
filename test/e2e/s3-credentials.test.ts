import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startIdentity, type Identity } from '../support/aws/identity.ts';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';

vi.setConfig({ testTimeout: 60_000 });

const permanent = { accessKeyId: 'PERMANENTKEY', secretAccessKey: 'the secret of the permanent key' };
const temporary = {
  accessKeyId: 'TEMPORARYKEY',
  secretAccessKey: 'the secret of the temporary key',
  sessionToken: 'the session token of the temporary key',
};
const secrets = [permanent.secretAccessKey, temporary.secretAccessKey, temporary.sessionToken];

let standIn: S3StandIn;
let identity: Identity;
beforeEach(async () => {
  standIn = await startS3StandIn({ credentials: [permanent, temporary], buckets: { lake: {} } });
  await standIn.control.put('lake', 'sales/a.csv', 'id\n1\n');
  identity = await startIdentity(temporary);
});
afterEach(async () => {
  await identity.close();
  await standIn.close();
});

async function projectWith(
  settings: string,
  endpoint = `endpoint: '${standIn.endpoint}', `,
): Promise<{ project: CliProject; env: Variables }> {
  const project = await createProject({
    'pipelines/a.yaml': `version: 1
name: a
sources:
  lake: { type: s3, bucket: lake, match: 'sales/*.csv', ${endpoint}${settings} }
tables:
  t: { from: { source: lake }, columns: { id: int } }
destinations:
  - { type: file, path: ../out/a.hyper }
`,
  });
  const env = {
    AWS_SHARED_CREDENTIALS_FILE: project.path('aws/credentials'),
    AWS_CONFIG_FILE: project.path('aws/config'),
    AWS_ENDPOINT_URL_STS: identity.endpoint,
    AWS_ENDPOINT_URL_SSO: identity.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return { project, env };
}

const ini = ({ accessKeyId, secretAccessKey }: typeof permanent) =>
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

/** Plans, and gives back the error if it fails; no secret may show in any case. */
async function plan({ project, env }: { project: CliProject; env: Variables }): Promise<string> {
  const { stdout, stderr, exitCode } = await project.run(['plan'], env);
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  expect(exitCode).toBe(stderr === '' ? 0 : 1);
  return stderr;
}

it('a profile of the credentials file', async () => {
  const given = await projectWith('profile: analytics');
  await given.project.write(
    'aws/credentials',
    `[default]\n${ini({ ...permanent, accessKeyId: 'X' })}\n[analytics]\n${ini(permanent)}`,
  );
  expect(await plan(given)).toBe('');
  await given.project.apply(given.env);
  expect(identity.requests).toEqual([]);
});

it('a profile that is not there', async () => {
  const given = await projectWith('profile: analytic');
  await given.project.write('aws/credentials', `[analytics]\n${ini(permanent)}`);
  const error = await plan(given);
  expect(error).toContain('there is no AWS profile "analytic", which s3://lake needs  [EXT2201]');
  expect(error).toContain('did you mean "analytics"?');
});

it.each([
  ['of its own', (url: string) => `[profile lake]\nregion = us-east-1\nendpoint_url = ${url}\n`],
  [
    'of its services, before its own',
    (url: string) =>
      `[profile lake]\nendpoint_url = http://127.0.0.1:9\nservices = own\n[services own]\ns3 =\n  endpoint_url = ${url}\n`,
  ],
])('the endpoint of a profile: %s', async (_, config) => {
  const given = await projectWith('profile: lake', '');
  await given.project.write(
    'aws/config',
    `[default]\nendpoint_url = http://127.0.0.1:9\n${config(standIn.endpoint)}`,
  );
  await given.project.write('aws/credentials', `[lake]\n${ini(permanent)}`);
  expect(await plan(given)).toBe('');
  await given.project.apply(given.env);
  const again = await given.project.run(['plan'], given.env);
  expect(again.stdout).toContain('No changes');
});

it('a written endpoint comes before that of the profile', async () => {
  const given = await projectWith('profile: lake');
  await given.project.write('aws/config', '[profile lake]\nendpoint_url = http://127.0.0.1:9\n');
  await given.project.write('aws/credentials', `[lake]\n${ini(permanent)}`);
  expect(await plan(given)).toBe('');
});

it("AWS's own order: the default profile, the environment before it", async () => {
  const given = await projectWith('region: us-east-1');
  await given.project.write('aws/credentials', `[default]\n${ini(permanent)}`);
  expect(await plan(given)).toBe('');
  const env = { ...given.env, AWS_ACCESS_KEY_ID: 'NOBODY', AWS_SECRET_ACCESS_KEY: 'x' };
  expect(await plan({ ...given, env })).toContain('InvalidAccessKeyId  [EXT2203]');
  const session = {
    AWS_ACCESS_KEY_ID: temporary.accessKeyId,
    AWS_SECRET_ACCESS_KEY: temporary.secretAccessKey,
    AWS_SESSION_TOKEN: temporary.sessionToken,
  };
  expect(await plan({ ...given, env: { ...given.env, ...session } })).toBe('');
});

it('none at all', async () => {
  expect(await plan(await projectWith('region: us-east-1'))).toContain('[EXT2201]');
});

const role = "role_arn: 'arn:aws:iam::123456789012:role/reader', external_id: the-other-one";
const asked = {
  service: 'sts',
  as: permanent.accessKeyId,
  parameters: {
    Action: 'AssumeRole',
    RoleArn: 'arn:aws:iam::123456789012:role/reader',
    RoleSessionName: 'extracts',
    ExternalId: 'the-other-one',
  },
};

it.each([
  [
    'own keys',
    `access_key_id: ${permanent.accessKeyId}, secret_access_key: '\${secret.KEY}'`,
    { KEY: permanent.secretAccessKey },
  ],
  [
    'the environment',
    'region: us-east-1',
    { AWS_ACCESS_KEY_ID: permanent.accessKeyId, AWS_SECRET_ACCESS_KEY: permanent.secretAccessKey },
  ],
  ['a profile', 'profile: analytics', {}],
])('a role, assumed with %s', async (_, settings, env) => {
  const given = await projectWith(`${settings}, ${role}`);
  await given.project.write('aws/credentials', `[analytics]\n${ini(permanent)}`);
  const all = { ...given, env: { ...given.env, ...env } };
  expect(await plan(all)).toBe('');
  expect(identity.requests).toMatchObject([asked]);
  expect(standIn.control.requests.entries().every(({ signed }) => signed)).toBe(true);
});

it('a role that may not be assumed', async () => {
  identity.refuse('AccessDenied');
  const given = await projectWith(
    `access_key_id: ${permanent.accessKeyId}, secret_access_key: '\${secret.KEY}', ${role}`,
  );
  const error = await plan({ ...given, env: { ...given.env, KEY: permanent.secretAccessKey } });
  expect(error).toContain(
    'may not assume the role arn:aws:iam::123456789012:role/reader: AccessDenied  [EXT2204]',
  );
});

it('a profile that names a role and the profile to assume it with', async () => {
  const given = await projectWith('profile: reader');
  await given.project.write('aws/credentials', `[base]\n${ini(permanent)}`);
  await given.project.write(
    'aws/config',
    '[profile reader]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\nregion = us-east-1\n',
  );
  expect(await plan(given)).toBe('');
  expect(identity.requests).toMatchObject([{ service: 'sts', as: permanent.accessKeyId }]);
});

const sso = `[profile people]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = Reader
region = us-east-1
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;

it('a profile of IAM Identity Center, with the token that aws sso login has left', async () => {
  const given = await projectWith('profile: people');
  await given.project.write('aws/config', sso);
  const cache = `.aws/sso/cache/${createHash('sha1').update('acme').digest('hex')}.json`;
  const token = {
    accessToken: 'token of the person',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  await given.project.write(cache, JSON.stringify(token));
  expect(await plan(given)).toBe('');
  expect(identity.requests).toEqual([
    {
      service: 'sso',
      as: token.accessToken,
      parameters: { role_name: 'Reader', account_id: '123456789012' },
    },
  ]);
});

it('a profile of IAM Identity Center nobody has logged in with', async () => {
  const given = await projectWith('profile: people');
  await given.project.write('aws/config', sso);
  const error = await plan(given);
  expect(error).toContain('no AWS credentials were found for s3://lake  [EXT2201]');
  expect(error).toContain('aws sso login --profile people');
});

/** The endpoint on `localhost`, where a bucket that is part of the host would be another host, which does not exist. */
const onLocalhost = () => standIn.endpoint.replace('127.0.0.1', 'localhost');
const keys: Variables = {
  AWS_ACCESS_KEY_ID: permanent.accessKeyId,
  AWS_SECRET_ACCESS_KEY: permanent.secretAccessKey,
};

it.each<[string, (url: string) => Variables, (url: string) => string]>([
  [
    'AWS_ENDPOINT_URL_S3',
    (url) => ({ AWS_ENDPOINT_URL_S3: url, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
    () => '',
  ],
  ['AWS_ENDPOINT_URL', (url) => ({ AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: url }), () => ''],
  ['the default profile', () => ({}), (url) => `[default]\nendpoint_url = ${url}\n`],
  [
    'the profile of AWS_PROFILE',
    () => ({ AWS_PROFILE: 'lake' }),
    (url) => `[profile lake]\n${ini(permanent)}endpoint_url = ${url}\n`,
  ],
])('an endpoint of %s has buckets in its path, in sources and state', async (_, variables, config) => {
  const given = await projectWith('', '');
  await given.project.write('aws/config', config(onLocalhost()));
  await given.project.write(
    'extracts.yaml',
    'version: 1\nstate: { type: s3, bucket: lake, prefix: state }\n',
  );
  const env = { ...given.env, ...keys, ...variables(onLocalhost()) };
  await given.project.apply(env);
  expect((await given.project.run(['plan'], env)).stdout).toContain('No changes');
});

it('an endpoint of the environment is named where it is not reached, and one that is no URL is refused', async () => {
  const given = await projectWith('', '');
  const error = (url: string) => plan({ ...given, env: { ...given.env, ...keys, AWS_ENDPOINT_URL: url } });
  const unreached = await error('http://nowhere.invalid');
  expect(unreached).toContain('cannot reach http://nowhere.invalid: E');
  expect(unreached).toContain('= check AWS_ENDPOINT_URL and the network');
  expect(await error('localhost:9000')).toContain(
    'AWS_ENDPOINT_URL does not have the URL of a service  [EXT2210]',
  );
});

it('an endpoint of a profile is asked in the region of the profile', async () => {
  const other = await startS3StandIn({
    credentials: [permanent],
    region: 'eu-central-1',
    buckets: { lake: {} },
  });
  try {
    await other.control.put('lake', 'sales/a.csv', 'id\n1\n');
    const given = await projectWith('profile: lake', '');
    const config = `[profile lake]\n${ini(permanent)}region = eu-central-1\nendpoint_url = ${other.endpoint}\n`;
    await given.project.write('aws/config', config);
    expect(await plan(given)).toBe('');
    const elsewhere = { ...given.env, AWS_REGION: 'us-west-2' };
    expect(await plan({ ...given, env: elsewhere })).toContain('write region: eu-central-1');
  } finally {
    await other.close();
  }
});
