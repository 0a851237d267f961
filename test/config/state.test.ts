import { expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const pipeline = `version: 1
name: people
sources: {people: {type: file, path: people.csv}}
tables: {people: {from: {source: people}, columns: {person: text}}}
`;

const withState = (state: string, env: Record<string, string> = {}) =>
  configure({ 'extracts.yaml': `version: 1\nstate: ${state}\n`, 'pipelines/people.yaml': pipeline }, { env });

test('a bucket, with what an S3 source would take, and a default prefix', async () => {
  const { project, diagnostics } = await withState(
    '{type: s3, bucket: b, region: eu-central-1, profile: ci}',
  );
  expect(diagnostics).toEqual([]);
  expect(project.state).toEqual({
    type: 's3',
    place: { file: 'extracts.yaml', pointer: '/state' },
    bucket: 'b',
    prefix: 'extracts/state',
    access: {
      region: 'eu-central-1',
      requesterPays: false,
      credentials: { kind: 'profile', profile: 'ci' },
    },
  });
});

test('slashes around a prefix do not count; references are replaced and keys are secrets', async () => {
  const { project, secrets } = await withState(
    "{type: s3, bucket: '${env.BUCKET}', prefix: /x/y/, endpoint: 'http://127.0.0.1:1', access_key_id: '${env.ID}', secret_access_key: '${env.KEY}'}",
    { BUCKET: 'b', ID: 'an-id', KEY: 'a-key' },
  );
  expect(project.state).toMatchObject({
    bucket: 'b',
    prefix: 'x/y',
    access: {
      credentials: { kind: 'keys', accessKeyId: 'an-id', secretAccessKey: 'a-key' },
    },
  });
  expect(secrets).toEqual(expect.arrayContaining(['an-id', 'a-key']));
});

test('PostgreSQL, with a schema by default; the password of the URL is a secret', async () => {
  const { project, diagnostics, secrets } = await withState(
    "{type: postgres, url: '${env.URL}', ssl: {mode: verify-full, ca: ca.pem}}",
    { URL: 'postgresql://u:hush%2Fhush@db/extracts' },
  );
  expect(diagnostics).toEqual([]);
  expect(project.state).toEqual({
    type: 'postgres',
    place: { file: 'extracts.yaml', pointer: '/state' },
    url: 'postgresql://u:hush%2Fhush@db/extracts',
    schema: 'extracts',
    ssl: { mode: 'verify-full', ca: expect.stringMatching(/\/ca\.pem$/) as string },
  });
  expect(secrets).toEqual(expect.arrayContaining(['hush%2Fhush', 'hush/hush']));
});

test.each([
  ['{type: postgres}', 'EXT1003', '"state" lacks "url"'],
  ["{type: postgres, url: 'jdbc:postgresql://db/x'}", 'EXT2001', 'it is a URL of JDBC'],
  ['{type: s3}', 'EXT1003', '"state" lacks "bucket"'],
  ['{type: s3, bucket: b, path: x}', 'EXT1002', 'unknown key "path"'],
  ['{type: s3, bucket: b, anonymous: true}', 'EXT1002', 'unknown key "anonymous"'],
  [
    '{type: s3, bucket: b, access_key_id: x}',
    'EXT1059',
    '"access_key_id" needs "secret_access_key" beside it',
  ],
  ['{type: s3, bucket: b, endpoint: minio}', 'EXT1059', '"minio" is no http or https URL'],
  ['{type: s4}', 'EXT1005', ''],
])('%s is wrong', async (state, code, message) => {
  const { diagnostics, pipelines } = await withState(state);
  expect(diagnostics).toMatchObject([
    { code, message: expect.stringContaining(message) as string, place: { file: 'extracts.yaml' } },
  ]);
  expect(pipelines).toEqual([]);
});
