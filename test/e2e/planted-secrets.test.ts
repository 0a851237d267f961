import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile, stat } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';

// Ten runs of the program, on whatever machine.
vi.setConfig({ testTimeout: 300_000 });

/**
 * A secret in every place that may hold one, and in every answer that may repeat it; looked for in everything that comes
 * out, in every spelling. Each secret has characters that URLs, JSON and XML spell in other ways beside a word to look for.
 */
const secretOf = (place: string) => `${place.replace(/\W/g, '')}-Zq7 "é'/&<%+\\`;

const places = {
  'a URL': 'PG_URL',
  'a URL in an ordinary variable': 'PLAIN_URL',
  'a password': 'PG_PASSWORD',
  'a bound value that PostgreSQL repeats': 'PARAM',
  'a token that the server repeats': 'TABLEAU_PAT',
  'a password that the server repeats': 'TABLEAU_PASSWORD',
  'a key that the bucket repeats': 'S3_KEY',
  'a path': 'IN_PATH',
  'a path by an ordinary reference': 'OTHERWISE_SECRET',
  'a description of a name that says so': 'DEPLOY_TOKEN',
  SQL: 'IN_SQL',
  'a value of an item as a URL': 'EACH_URL',
  'a value of an item inside of a URL': 'EACH_PW',
  'a variable of an item': 'PW_acme_inc',
} as const;

type Place = keyof typeof places;
const secrets = Object.fromEntries(Object.keys(places).map((place) => [place, secretOf(place)])) as Record<
  Place,
  string
>;

/** As they come back from servers, and as they would get into outputs. */
function spellings(secret: string): string[] {
  const inXml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    inXml,
    inXml.replaceAll("'", '&apos;'),
    inXml.replaceAll("'", '&#39;'),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

/** Half of one is too much, too: of what was cut, or masked in part. */
const halfOf = (secret: string) => secret.slice(0, Math.ceil(secret.length * 0.6));

/** Answers whatever is asked with the secrets, in the form that Tableau or S3 have for errors. */
async function startGossip(told: readonly string[]): Promise<string> {
  const text = told
    .flatMap(spellings)
    .map((one) => one.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
    .join(' and ');
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/xml');
      if (request.url?.includes('/serverinfo') === true) {
        response.end(
          '<tsResponse><serverInfo><restApiVersion>3.22</restApiVersion></serverInfo></tsResponse>',
        );
        return;
      }
      response.statusCode = 400;
      response.end(
        request.url?.startsWith('/api/') === true
          ? `<tsResponse><error code="400000"><summary>Bad</summary><detail>${text}</detail></error></tsResponse>`
          : `<?xml version="1.0"?><Error><Code>InvalidRequest</Code><Message>${text}</Message></Error>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pipeline(
  name: string,
  source: string,
  more: { from?: string; head?: string; destination?: string } = {},
): string {
  const {
    from = 'query: select 1 as id',
    head = '',
    destination = `{ type: file, path: ../out/${name}.hyper }`,
  } = more;
  return `version: 1
name: ${name}
${head}sources: { s: ${source} }
tables: { t: { from: { source: s${from === '' ? '' : `, ${from}`} }, columns: { id: int } } }
destinations: [${destination}]
`;
}

async function createPlanted(): Promise<{ project: CliProject; env: Variables }> {
  const { url, close } = await freshDatabase();
  onTestFinished(close);
  const { host, hostname, port, pathname, username } = new URL(url);
  const database = pathname.slice(1);
  const address = (place: Place) =>
    `postgres://nobody:${encodeURIComponent(secrets[place])}@${host}/${database}`;
  const gossip = await startGossip([
    secrets['a token that the server repeats'],
    secrets['a password that the server repeats'],
    secrets['a key that the bucket repeats'],
  ]);
  const parts = `host: ${hostname}, port: ${port}, database: ${database}`;
  const files = '{ type: file, path: rows.csv }';
  const tableau = (auth: string) => `{ type: tableau, server: "${gossip}", project: Sales, auth: ${auth} }`;
  const project = await createProject({
    'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
    'pipelines/rows.csv': 'id\n1\n',
    'pipelines/url.yaml': pipeline('url', "{ type: postgres, url: '${secret.PG_URL}' }"),
    'pipelines/plain.yaml': pipeline('plain', "{ type: postgres, url: '${env.PLAIN_URL}' }"),
    'pipelines/password.yaml': pipeline(
      'password',
      `{ type: postgres, ${parts}, user: nobody, password: '\${secret.PG_PASSWORD}' }`,
    ),
    'pipelines/param.yaml': pipeline('param', `{ type: postgres, ${parts}, user: ${username} }`, {
      from: "query: 'select $1::int as id', params: ['${secret.PARAM}']",
    }),
    'pipelines/token.yaml': pipeline('token', files, {
      from: '',
      destination: tableau("{ token_name: ci, token_secret: '${secret.TABLEAU_PAT}' }"),
    }),
    'pipelines/user.yaml': pipeline('user', files, {
      from: '',
      destination: tableau("{ user: ci, password: '${env.TABLEAU_PASSWORD}' }"),
    }),
    'pipelines/bucket.yaml': pipeline(
      'bucket',
      `{ type: s3, bucket: acme, match: "x/*.csv", region: eu-central-1, endpoint: "${gossip}", access_key_id: me, secret_access_key: '\${secret.S3_KEY}' }`,
      { from: '' },
    ),
    'pipelines/good.yaml': pipeline('good', files, { from: '' }),
    'tenants/each-url.yaml': pipeline('each_url', '{ type: postgres, url: "${each.url}" }', {
      head: 'for_each: { file: tenants.csv }\n',
      destination: '{ type: file, path: "../out/${each.key}-url.hyper" }',
    }),
    'tenants/each-pw.yaml': pipeline(
      'each_pw',
      `{ type: postgres, url: "postgres://nobody:\${each.pw}@${host}/${database}" }`,
      {
        head: 'for_each: { file: tenants.csv }\n',
        destination: '{ type: file, path: "../out/${each.key}-pw.hyper" }',
      },
    ),
    'tenants/variable.yaml': pipeline(
      'variable',
      `{ type: postgres, ${parts}, user: nobody, password: "\${secret.PW_\${each.key}}" }`,
      {
        head: 'for_each: { items: [acme-inc] }\n',
        destination: '{ type: file, path: "../out/${each.key}-v.hyper" }',
      },
    ),
    'tenants/tenants.csv': `key,url,pw\nacme,"${address('a value of an item as a URL')}","${secrets[
      'a value of an item inside of a URL'
    ].replaceAll('"', '""')}"\n`,
    'refused/path.yaml': pipeline('path', '{ type: file, path: "${secret.IN_PATH}/rows.csv" }', { from: '' }),
    'refused/other.yaml': pipeline('other', '{ type: file, path: "${env.OTHERWISE_SECRET}/rows.csv" }', {
      from: '',
    }),
    'refused/description.yaml': pipeline('described', files, {
      from: '',
      head: 'description: "by ${env.DEPLOY_TOKEN}"\n',
    }),
    'refused/sql.yaml': pipeline('sql', `{ type: postgres, ${parts} }`, {
      from: 'query: "select 1 as id where $$x$$ = \'${secret.IN_SQL}\'"',
    }),
    'other/calls-it.yaml': pipeline(
      'calls',
      `{ type: postgres, ${parts}, password: "\${secret.OTHERWISE_SECRET}" }`,
    ),
  });
  const env: Variables = Object.fromEntries(
    (Object.keys(places) as Place[]).map((place) => [places[place], secrets[place]]),
  );
  env.PG_URL = address('a URL');
  env.PLAIN_URL = address('a URL in an ordinary variable');
  env.PGPASSWORD = new URL(url).password;
  return { project, env };
}

const tenants = ['tenants/each-url.yaml', 'tenants/variable.yaml'];

const commands: readonly (readonly [string[], number])[] = [
  [['validate', '--json', 'pipelines', 'tenants'], 65],
  [['plan', '--json', '--html', 'page.html', '--out', 'plan.json', 'pipelines'], 1],
  [['plan', '--markdown', 'pipelines'], 1],
  [['plan', '-v', 'pipelines'], 1],
  [['plan', '--untrusted', '--json', 'pipelines', ...tenants], 0],
  [['graph', 'pipelines', ...tenants, '--format', 'mermaid'], 0],
  [['show', 'plan.json'], 0],
  [['apply', '--json', '--yes', '-v', '--junit', 'junit.xml', 'pipelines'], 1],
  [['state', 'list'], 0],
  [['plan', 'tenants'], 65],
  [['plan', ...tenants], 1],
  [['validate', 'refused'], 65],
  [['plan', '--json', 'refused'], 65],
];

it('shows no secret, wherever it is planted and whoever repeats it', async () => {
  const { project, env } = await createPlanted();
  const inputs = new Set(await filesIn(project));
  const outputs = new Map<string, string>();
  for (const [args, exitCode] of commands) {
    const { stdout, stderr, ...outcome } = await project.run(args, env);
    expect(outcome.exitCode, `${args.join(' ')}\n${stdout}${stderr}`).toBe(exitCode);
    outputs.set(`stdout of ${args.join(' ')}`, stdout).set(`stderr of ${args.join(' ')}`, stderr);
  }
  for (const file of await filesIn(project)) {
    if (!inputs.has(file)) outputs.set(file, await readFile(project.path(file), 'latin1'));
  }
  expect([...outputs.keys()]).toEqual(
    expect.arrayContaining(['page.html', 'plan.json', 'junit.xml', '.extracts/state/good.json']),
  );
  const found: string[] = [];
  for (const [place, secret] of Object.entries(secrets)) {
    for (const spelling of new Set([...spellings(secret), halfOf(secret)])) {
      for (const [output, text] of outputs) {
        if (text.includes(spelling) || text.includes(Buffer.from(spelling).toString('latin1')))
          found.push(`${place} in ${output}: ${spelling}`);
      }
    }
  }
  expect(found).toEqual([]);
  // The servers did say them: what is shown has the masks in their places.
  const all = [...outputs.values()].join('\n');
  expect(all).toMatch(/InvalidRequest: \(secret\) and/);
  expect(all).toMatch(/400000: \(secret\) and/);
  expect(all).toContain('invalid input syntax for type integer: \\"(secret)\\"');
});

async function filesIn({ folder, path }: CliProject): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const kinds = await Promise.all(names.map(async (name) => (await stat(path(name))).isFile()));
  return names.filter((_, index) => kinds[index]).sort();
}
