import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPipelines, type Configuration, type ProjectContext } from '../../src/config/index.ts';
import { configFolder } from '../support/config-folder.ts';

const pipeline = (name: string, source: string, more = '') => `version: 1
name: ${name}
${more}sources: { s: ${source} }
tables: { t: { from: { source: s, table: t }, columns: { id: int } } }
destinations: [{ type: file, path: "out/${name}.hyper" }]
`;

const files = (name: string, head: string, path = 'd.csv') => `version: 1
name: ${name}
${head}sources: { s: { type: file, path: "${path}" } }
tables: { t: { from: { source: s }, columns: { id: int } } }
destinations: [{ type: file, path: "out/${name}.hyper" }]
`;

interface Read extends Configuration {
  secrets: ReadonlySet<string>;
  folder: string;
}

async function read(
  texts: Readonly<Record<string, string>>,
  more: Partial<ProjectContext> & { paths?: readonly string[]; prepare?: (folder: string) => void } = {},
): Promise<Read> {
  const folder = configFolder(texts);
  const { paths = ['.'], prepare, ...surroundings } = more;
  prepare?.(folder);
  const secrets = new Set<string>();
  const configuration = await readPipelines(paths, {
    cwd: folder,
    env: {},
    registerSecret: (value) => void secrets.add(value),
    unsetVariables: 'error',
    ...surroundings,
  });
  return { ...configuration, secrets, folder };
}

const problemsOf = ({ diagnostics }: Configuration) =>
  diagnostics.map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` (${hint})`}`);

describe('a variable is a secret wherever it is used', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'if another file of the project calls it one',
      { 'other.yaml': pipeline('other', '{ type: postgres, host: h, password: "${secret.SHARED}" }') },
      'other.yaml calls it ${secret.SHARED}',
    ],
    [
      'if another file has it for a password',
      { 'other.yaml': pipeline('other', '{ type: postgres, host: h, password: "${env.SHARED}" }') },
      'other.yaml uses it as password',
    ],
    [
      'if extracts.yaml calls it one',
      { 'extracts.yaml': 'version: 1\nconnections: { c: { type: postgres, url: "${secret.SHARED}" } }\n' },
      'extracts.yaml calls it ${secret.SHARED}',
    ],
  ])('%s', async (_, others, reason) => {
    const texts = { ...others, 'one.yaml': files('one', 'description: "hello ${env.SHARED}"\n') };
    const found = await read(texts, { env: { SHARED: 'a-value' }, paths: ['one.yaml'] });
    expect(problemsOf(found)).toEqual([
      'EXT1025 ${env.SHARED} is a secret and is not allowed here: this text is shown and recorded ' +
        `(${reason}: take this text from another variable or column)`,
    ]);
  });

  test('if its name says so, or its value is a URL with a password', async () => {
    const names = ['OTHER_SECRET', 'AWS_SECRET_ACCESS_KEY', 'PAT', 'DB_PASSWORD', 'API_KEY', 'DSN'];
    const env = Object.fromEntries(names.map((name) => [name, `v-${name}`]));
    env.DSN = 'postgres://me:v-DSN@h/d';
    const text = names.map((name) => `\${env.${name}}`).join(' ');
    const found = await read({ 'one.yaml': files('one', `description: "${text}"\n`) }, { env });
    expect(found.diagnostics.map(({ code }) => code)).toEqual(names.map(() => 'EXT1025'));
    expect(JSON.stringify(found.diagnostics)).not.toContain('v-');
  });

  test('but not if it is an ordinary one', async () => {
    const env = { STAGE: 'dev', TOKEN_NAME: 'ci', SECRETS_FOLDER: 'x', PATH: '/bin' };
    const text = Object.keys(env)
      .map((name) => `\${env.${name}}`)
      .join(' ');
    const found = await read({ 'one.yaml': files('one', `description: "${text}"\n`) }, { env });
    expect(problemsOf(found)).toEqual([]);
    expect(found.pipelines[0]?.description).toBe('dev ci x /bin');
  });
});

describe('values of items', () => {
  const tenants = 'key,url,pw\na1,postgresql://reader:hunter2XYZ@h:5/db,se:cret\n';
  const family = (source: string, head = '') =>
    pipeline('tt', source, `for_each: { file: tenants.csv }\n${head}`).replace('out/tt', 'out/${each.key}');

  test('a URL that is one reference is taken as it is, and is a secret', async () => {
    const found = await read({
      'tenants.csv': tenants,
      'tt.yaml': family('{ type: postgres, url: "${each.url}" }'),
    });
    expect(problemsOf(found)).toEqual([]);
    expect(found.pipelines[0]?.sources.s).toMatchObject({ url: 'postgresql://reader:hunter2XYZ@h:5/db' });
    expect([...found.secrets]).toEqual(expect.arrayContaining(['hunter2XYZ']));
  });

  test('a password that is not safe inside of a URL is refused without being shown', async () => {
    const found = await read({
      'tenants.csv': tenants,
      'tt.yaml': family('{ type: postgres, url: "postgresql://r:${each.pw}@h/db" }'),
    });
    expect(problemsOf(found)).toEqual([
      'EXT1085 ${each.pw} of tt[a1] is not safe here: a URL takes no value with one of / \\ ? # @ : % & = or a blank (correct the value, or write what belongs here into another column of the list)',
    ]);
  });

  test('a value that is a password somewhere is one everywhere', async () => {
    const found = await read({
      'tenants.csv': tenants,
      'tt.yaml': family(
        '{ type: postgres, host: h, password: "${each.pw}" }',
        'description: "for ${each.pw}"\n',
      ),
    });
    expect(found.diagnostics).toMatchObject([{ code: 'EXT1025' }]);
    expect(JSON.stringify(found.diagnostics)).not.toContain('se:cret');
  });

  const built = (items: string) =>
    pipeline(
      'tt',
      '{ type: postgres, host: h, password: "${secret.PW_${each.key}}" }',
      `for_each: { items: ${items} }\n`,
    ).replace('out/tt', 'out/${each.key}');

  test('a variable for each item', async () => {
    const env = { PW_acme_inc: 'one', PW_b_c: 'two' };
    const found = await read({ 'tt.yaml': built('[acme-inc, b.c]') }, { env });
    expect(problemsOf(found)).toEqual([]);
    expect(found.pipelines.map(({ sources }) => sources.s)).toMatchObject([
      { password: 'one' },
      { password: 'two' },
    ]);
    expect([...found.secrets]).toEqual(expect.arrayContaining(['one', 'two']));
  });

  test('two items that would read one variable are an error', async () => {
    const found = await read({ 'tt.yaml': built('[a-b, a_b]') }, { env: { PW_a_b: 'one' } });
    expect(found.diagnostics).toMatchObject([
      { code: 'EXT1095', message: 'tt[a-b] and tt[a_b] would both read the variable PW_a_b' },
    ]);
  });

  test('a variable of an item that is not set is named; a name that is built is a secret for all', async () => {
    const found = await read({ 'tt.yaml': built('[acme]') });
    const problem = { code: 'EXT1021', message: 'the environment variable PW_acme is not set' };
    expect(found.blocked).toMatchObject([{ address: 'tt[acme]', problems: [problem] }]);
    expect(found.diagnostics).toEqual([]);
    const named = await read(
      { 'tt.yaml': built('[acme]'), 'one.yaml': files('one', 'description: "${env.PW_other}"\n') },
      { env: { PW_acme: 'x', PW_other: 'y' } },
    );
    expect(named.diagnostics).toMatchObject([{ code: 'EXT1025' }]);
  });

  test.each([
    ['a list', { 'tt.yaml': built('[acme, initech]') }],
    [
      'a file',
      { 'tt.yaml': built('x').replace('items: x', 'file: tt.csv'), 'tt.csv': 'key\nacme\ninitech\n' },
    ],
  ])(
    'in %s, one whose variable is not set blocks itself alone; one that all need is an error',
    async (_, all) => {
      const found = await read(all, { env: { PW_acme: 'secret-one' } });
      expect(found.diagnostics).toEqual([]);
      expect(found.blocked.map(({ address }) => address)).toEqual(['tt[initech]']);
      expect(found.pipelines.map(({ address }) => address)).toEqual(['tt[acme]']);
      const shared = Object.fromEntries(
        Object.entries(all).map(([name, text]) => [name, text.replace('PW_${each.key}', 'PW')]),
      );
      const wrong = await read(shared, {});
      expect(wrong.diagnostics).toMatchObject([{ code: 'EXT1021', severity: 'error' }]);
      expect(wrong.pipelines).toEqual([]);
    },
  );

  test('what leads elsewhere is refused in defaults as it is in sources', async () => {
    const ca = 'ssl: { mode: verify-full, ca: "certs/${each.dir}/ca.pem" }';
    const head = 'for_each: { items: { acme: { dir: "../../etc" } } }\n';
    const found = await read({
      'a.yaml': pipeline(
        'a',
        '{ type: postgres, host: h }',
        `${head}defaults: { sources: { postgres: { ${ca} } } }\n`,
      ),
      'b.yaml': pipeline('b', `{ type: postgres, host: h, ${ca} }`, head),
    });
    expect(found.diagnostics.map(({ code, place }) => `${code} ${place?.pointer}`)).toEqual([
      'EXT1085 /defaults/sources/postgres/ssl/ca',
      'EXT1085 /sources/s/ssl/ca',
    ]);
  });
});

describe('the policy', () => {
  const policy = (rules: string) => ({ 'extracts.yaml': `version: 1\npolicy: { ${rules} }\n` });

  test('allows variables', async () => {
    const texts = {
      ...policy('allowed_variables: ["SHOP_*"]'),
      'one.yaml': pipeline('one', '{ type: postgres, url: "${secret.SHOP_URL}", user: "${env.OTHER:-x}" }'),
    };
    const found = await read(texts, { env: { SHOP_URL: 'postgres://h/d', OTHER: 'y' } });
    expect(found.diagnostics).toMatchObject([
      { code: 'EXT1098', message: 'the policy of this project does not allow the variable OTHER' },
    ]);
  });

  test.each([
    ['{ type: postgres, host: db.example.com }', true],
    ['{ type: postgres, host: evil.example.org }', false],
    ['{ type: postgres, url: "postgres://db.example.com@evil.example.org/d" }', false],
    ['{ type: postgres, url: "postgres://db.example.com/d?host=evil.example.org" }', false],
    ['{ type: postgres, url: "postgres://db.example.com/d?%68ost=evil.example.org" }', false],
    ['{ type: postgres, url: "postgres://u:p@db.example.com:6000/d" }', true],
    ['{ type: postgres, url: "postgres://db.example.com,evil.example.org/d" }', false],
    ['{ type: postgres, url: "postgres://db%2Eexample.com/d" }', true],
    ['{ type: postgres, host: db.example.com, port: 6000 }', true],
    ['{ type: postgres, host: only.port, port: 5432 }', true],
    ['{ type: postgres, host: only.port, port: 5433 }', false],
    ['{ type: postgres, host: only.port }', true],
    ['{ type: postgres, host: "only.port,evil.example.org", port: 5432 }', false],
    ['{ type: postgres, url: "postgres://only.port:6000,only.port/d" }', false],
    ['{ type: postgres, url: "postgres://evil.example.org/d?host=only.port" }', true],
    ['{ type: postgres, url: "postgres://only.port/d?port=6000" }', false],
    ['{ type: postgres, url: "postgres://only.port/d?host=a.example.com,evil.example.org" }', false],
    ['{ type: postgres, url: "postgres://only.port/d?sslmode=require&host=evil.example.org" }', false],
    ['{ type: postgres, url: "postgres://only.port/d?sslmode=require" }', true],
    ['{ type: postgres, url: "postgres://only.port/d?host=/tmp/pg&port=5432" }', false],
    ['{ type: postgres, url: "postgres://only.port/d?host=/tmp/x.example.com" }', false],
    ['{ type: postgres, url: "postgres://only.port/d?host=/run/sockets" }', true],
    ['{ type: postgres, url: "postgres://only.port/d?host=/run/sockets/../evil" }', false],
    ['{ type: postgres, url: "postgres://%2Ftmp%2Fpg/d" }', false],
    ['{ type: postgres, url: "postgres://only.port,%2Ftmp%2Fpg/d" }', false],
    ['{ type: postgres, url: "postgres://[::1]:6000/d" }', true],
    ['{ type: postgres, url: "postgres://[::2]/d" }', false],
    ['{ type: postgres, url: "postgres://only.port/d", host: /tmp/pg }', false],
    ['{ type: postgres, url: "postgres:///d" }', false],
    ['{ type: postgres, host: /var/run/postgresql }', false],
  ])('allows hosts: %s is allowed: %s', async (source, isAllowed) => {
    const texts = {
      ...policy('allowed_hosts: ["*.example.com", "only.port:5432", "::1", /run/sockets]'),
      'one.yaml': pipeline('one', source),
    };
    const { diagnostics } = await read(texts);
    expect(diagnostics.some(({ code }) => code === 'EXT1097')).toBe(!isAllowed);
  });

  test('takes a socket as one of this machine, at its port', async () => {
    const one = (port: number) =>
      pipeline(
        `p${port}`,
        `{ type: postgres, url: "postgres://localhost:5432/d?host=/tmp/pg&port=${port}" }`,
      );
    const found = await read({
      ...policy('allowed_hosts: ["localhost:5432"]'),
      'a.yaml': one(5432),
      'b.yaml': one(45990),
    });
    expect(problemsOf(found)).toHaveLength(1);
    expect(found.diagnostics).toMatchObject([
      { code: 'EXT1097', message: 'the policy of this project does not allow the host /tmp/pg' },
    ]);
  });

  test('allows the hosts of buckets and of Tableau', async () => {
    const lake = (more: string) => `{ type: s3, bucket: b, match: "x.csv", format: csv${more} }`;
    const one = (name: string, source: string) =>
      files(name, '').replace('{ type: file, path: "d.csv" }', source);
    const found = await read({
      ...policy('allowed_hosts: ["s3.eu-*.amazonaws.com", tableau.example.com]'),
      'a.yaml': one('a', lake(', region: eu-central-1')),
      'b.yaml': one('b', lake(', region: us-east-1')),
      'c.yaml': one('c', lake(', endpoint: "https://minio.example.org:9000"')),
      'd.yaml': files('d', '').replace(
        '{ type: file, path: "out/d.hyper" }',
        '{ type: tableau, server: "https://evil.example.org", auth: { token_name: a, token_secret: b } }',
      ),
    });
    expect(found.diagnostics.map(({ message }) => message)).toEqual([
      'the policy of this project does not allow the host s3.us-east-1.amazonaws.com',
      'the policy of this project does not allow the host minio.example.org:9000',
      'the policy of this project does not allow the host evil.example.org',
    ]);
  });

  test('judges files by what a link leads to', async () => {
    const texts = {
      ...policy('allowed_paths: [inside]'),
      'inside/list.csv': 'key\na\n',
      'elsewhere/list.csv': 'key\na\n',
      'good.yaml': files('good', 'for_each: { file: inside/list.csv }\n').replace(
        'out/good',
        'out/${each.key}',
      ),
      'bad.yaml': files('bad', 'for_each: { file: inside/link.csv }\n').replace(
        'out/bad',
        'out/${each.key}-b',
      ),
      'ca.yaml': pipeline('ca', '{ type: postgres, host: h, ssl: { mode: verify-full, ca: inside/ca.pem } }'),
      'file.yaml': pipeline(
        'file',
        '{ type: postgres, host: h, password: "${file.FOLDER/elsewhere/list.csv}" }',
      ),
    };
    const found = await read(texts, {
      paths: ['good.yaml', 'bad.yaml', 'ca.yaml', 'file.yaml'],
      prepare(folder) {
        symlinkSync(join(folder, 'elsewhere/list.csv'), join(folder, 'inside/link.csv'));
        symlinkSync('/proc/self/environ', join(folder, 'inside/ca.pem'));
        writeFileSync(join(folder, 'file.yaml'), texts['file.yaml'].replace('FOLDER', folder));
      },
    });
    const shown = found.diagnostics.map(({ message }) => message.replaceAll(found.folder, 'FOLDER'));
    expect(shown.toSorted()).toEqual([
      'FOLDER/elsewhere/list.csv is not read: it is not among the allowed_paths of the policy',
      'FOLDER/inside/ca.pem is not read: it shows the processes of this machine',
      'inside/link.csv is not read: it is not among the allowed_paths of the policy',
    ]);
  });

  test('judges certificates and keys of clients, beside a URL and in it', async () => {
    const url = (name: string, query: string) =>
      pipeline(name, `{ type: postgres, url: "postgres://a.example.com,b.example.com/d?${query}" }`);
    const texts = {
      ...policy('allowed_paths: [inside]'),
      'beside.yaml': pipeline(
        'beside',
        '{ type: postgres, host: h, ssl: { mode: verify-full, cert: outside/c.pem, key: inside/link.key } }',
      ),
      'url.yaml': url(
        'url',
        'sslmode=verify-full&sslcert=FOLDER/outside/a%20b.pem&sslkey=FOLDER/outside/a+b.key',
      ),
      'twice.yaml': url('twice', 'sslkey=FOLDER/inside/a.key&ssl%6Bey=/proc/self/environ'),
      'good.yaml': url('good', 'sslrootcert=system&sslcert=FOLDER/inside/c.pem&sslkey=FOLDER/inside/c.key'),
      'empty.yaml': url('empty', 'sslcert=&sslkey='),
    };
    const found = await read(texts, {
      prepare(folder) {
        for (const name of ['inside', 'outside']) mkdirSync(join(folder, name));
        for (const file of ['outside/c.pem', 'outside/c.key']) writeFileSync(join(folder, file), 'x');
        symlinkSync(join(folder, 'outside/c.key'), join(folder, 'inside/link.key'));
        for (const [name, text] of Object.entries(texts))
          writeFileSync(join(folder, name), text.replaceAll('FOLDER', folder));
      },
    });
    const notAllowed = 'it is not among the allowed_paths of the policy';
    const shown = found.diagnostics.map(
      ({ code, message, place }) =>
        `${code} ${place?.file} ${place?.pointer}: ${message.replaceAll(found.folder, 'FOLDER')}`,
    );
    expect(shown.toSorted()).toEqual([
      `EXT1096 beside.yaml /sources/s/ssl/cert: FOLDER/outside/c.pem is not read: ${notAllowed}`,
      `EXT1096 beside.yaml /sources/s/ssl/key: FOLDER/inside/link.key is not read: ${notAllowed}`,
      'EXT1096 twice.yaml /sources/s/url: /proc/self/environ is not read: it shows the processes of this machine',
      `EXT1096 url.yaml /sources/s/url: FOLDER/outside/a b.pem is not read: ${notAllowed}`,
      `EXT1096 url.yaml /sources/s/url: FOLDER/outside/a+b.key is not read: ${notAllowed}`,
    ]);
  });

  test('of another file counts in the place of that of the project', async () => {
    const texts = {
      ...policy('allowed_hosts: ["*"]'),
      'one.yaml': pipeline('one', '{ type: postgres, host: h }'),
    };
    const other = 'version: 1\npolicy: { allowed_hosts: [db] }\n';
    const found = await read(texts, {
      policy: 'base/policy.yaml',
      prepare(folder) {
        mkdirSync(join(folder, 'base'));
        writeFileSync(join(folder, 'base/policy.yaml'), other);
      },
      paths: ['one.yaml'],
    });
    expect(found.diagnostics).toMatchObject([{ code: 'EXT1097' }]);
  });
});

test('an untrusted reading looks nothing up', async () => {
  const found = await read(
    {
      'one.yaml': pipeline(
        'one',
        '{ type: postgres, url: "${secret.URL}", user: "${env.USER:-x}" }',
        'description: "${env.HOME}"\n',
      ),
    },
    { untrusted: true, env: { URL: 'postgres://u:p@h/d', USER: 'me', HOME: '/home/me' } },
  );
  expect(problemsOf(found)).toEqual([]);
  expect(found.secrets.size).toBe(0);
  expect(found.unresolved).toEqual(['${env.HOME}', '${env.USER}', '${secret.URL}']);
  expect(found.pipelines[0]).toMatchObject({
    description: '${env.HOME}',
    sources: { s: { url: '${secret.URL}', user: '${env.USER:-x}' } },
  });
});

describe('what is wrong with a reference is found without its value', () => {
  const text = files('one', 'description: "${secret.X} ${env.MY_TOKEN} ${env.OTHER_TOKEN:-none}"\n');
  const sql = pipeline('two', '{ type: postgres, host: h }').replace(
    'table: t',
    'query: "select ${file./run/secrets/x}"',
  );
  const expected = [
    'EXT1025 ${secret.X} is a secret and is not allowed here: this text is shown and recorded ' +
      '(take it from ${env.NAME} if it is not a secret)',
    'EXT1025 ${env.MY_TOKEN} is a secret and is not allowed here: this text is shown and recorded ' +
      '(its name says so: take this text from another variable or column)',
  ];

  test.each<[string, Partial<ProjectContext>]>([
    ['where nothing is looked up', { untrusted: true, env: { X: 'v-x', MY_TOKEN: 'v-t' } }],
    ['where the variable is not set', { unsetVariables: 'warning' }],
  ])('%s: a secret that would be shown', async (_, surroundings) => {
    const found = await read({ 'one.yaml': text }, surroundings);
    expect(problemsOf(found)).toEqual(expected);
    expect(found.diagnostics.map(({ severity }) => severity)).toEqual(['error', 'error']);
    expect(found.secrets.size).toBe(0);
  });

  test('a file in an SQL text, and one that no plan reads', async () => {
    const source = '{ type: postgres, host: h, password: "${file./proc/self/environ}" }';
    const found = await read({ 'two.yaml': sql, 'one.yaml': pipeline('one', source) }, { untrusted: true });
    expect(found.diagnostics.map(({ code }) => code)).toEqual(['EXT1096', 'EXT1022']);
  });

  test('a variable and a file that the policy does not allow', async () => {
    const texts = {
      'extracts.yaml':
        'version: 1\npolicy: { allowed_variables: ["SHOP_*"], allowed_paths: [/run/secrets] }\n',
      'one.yaml': pipeline(
        'one',
        '{ type: postgres, host: h, user: "${secret.SHOP_U}", password: "${secret.PAT}" }',
      ),
      'two.yaml': pipeline('two', '{ type: postgres, host: h, password: "${file./run/secrets/x}" }'),
      'three.yaml': pipeline('three', '{ type: postgres, host: h, password: "${file./etc/hostname}" }'),
    };
    const found = await read(texts, { untrusted: true });
    expect(found.diagnostics.map(({ code }) => code).toSorted()).toEqual(['EXT1096', 'EXT1098']);
    expect(found.pipelines.map(({ name }) => name)).toEqual(['two']);
  });

  test('but not by a policy whose own values are not looked up', async () => {
    const texts = {
      'extracts.yaml': 'version: 1\npolicy: { allowed_variables: ["${env.PREFIX}_*"] }\n',
      'one.yaml': pipeline('one', '{ type: postgres, host: h, password: "${secret.SHOP_PW}" }'),
    };
    expect(problemsOf(await read(texts, { untrusted: true }))).toEqual([]);
  });

  test('a value of items that a query has yet to give', async () => {
    const family = pipeline(
      'tt',
      '{ type: postgres, host: h, password: "${each.pw}" }',
      'for_each: { query: { source: s, sql: "select slug as key, pw from t" } }\ndescription: "for ${each.pw}"\n',
    ).replace('out/tt', 'out/${each.key}');
    expect((await read({ 'tt.yaml': family })).diagnostics).toMatchObject([{ code: 'EXT1025' }]);
  });
});

describe('nothing is written where git and the kernel keep their own', () => {
  const texts = {
    'extracts.yaml': 'version: 1\nstate: { type: file, path: .git/state }\n',
    'one.yaml': files('one', 'extract: { file: .git/one.hyper }\n').replace(
      'out/one.hyper',
      'linked/hooks/one.hyper',
    ),
  };

  test('by an extract, a destination or the state, also through a link', async () => {
    const prepare = (folder: string) => symlinkSync(join(folder, '.git'), join(folder, 'linked'));
    const found = await read(texts, { prepare });
    expect(problemsOf(found).toSorted()).toEqual([
      'EXT1096 .git/one.hyper is not written: it belongs to git (write it elsewhere)',
      'EXT1096 .git/state is not written: it belongs to git (write it elsewhere)',
      'EXT1096 linked/hooks/one.hyper is not written: it belongs to git (write it elsewhere)',
    ]);
  });

  test.each(['/dev/rows.hyper', '/proc/self/rows.hyper', '/sys/rows.hyper'])(
    'nor at %s, where the kernel shows processes and devices',
    async (path) => {
      const text = files('one', '').replace('out/one.hyper', path);
      expect(problemsOf(await read({ 'one.yaml': text }))).toEqual([
        expect.stringContaining(`EXT1096 ${path} is not written: it `),
      ]);
    },
  );

  test('but in the memory that is meant for files', async () => {
    const text = files('one', '').replace('out/one.hyper', '/dev/shm/rows.hyper');
    expect(problemsOf(await read({ 'one.yaml': text }))).toEqual([]);
  });

  test('but beside it', async () => {
    expect(problemsOf(await read({ 'one.yaml': texts['one.yaml'].replace('.git/', '.github/') }))).toEqual(
      [],
    );
  });
});

test('a named pipe is no pipeline', async () => {
  const prepare = (folder: string) => void execFileSync('mkfifo', [join(folder, 'p.yaml')]);
  const found = await read({ 'one.yaml': files('one', '') }, { prepare });
  expect(problemsOf(found)).toEqual(['EXT1014 cannot read p.yaml: it is a named pipe']);
});

test('a pool names each token once', async () => {
  const token = (name: string) => `{ token_name: ${name}, token_secret: "\${secret.${name.toUpperCase()}}" }`;
  const text = files('one', '').replace(
    /destinations: .*/,
    `destinations: [{ type: tableau, server: "https://t.example", auth: { tokens: [${token('a')}, ${token('b')}, ${token('a')}] } }]`,
  );
  const found = await read({ 'one.yaml': text }, { env: { A: 'a-secret', B: 'b-secret' } });
  expect(problemsOf(found)).toContain(
    'EXT1071 the token "a" is in this pool twice (a token has one session at a time: name another one, or leave it out)',
  );
  expect(found.diagnostics.filter(({ code }) => code === 'EXT1071')).toHaveLength(1);
});

test('a password in a default or a connection that no pipeline uses is a secret, too', async () => {
  const found = await read({
    'extracts.yaml': `version: 1
connections: { lake: { type: s3, bucket: b, region: r, access_key_id: a-key-id, secret_access_key: a-key } }
defaults: { sources: { postgres: { password: a-password } } }
`,
    'one.yaml': files('one', ''),
  });
  expect(problemsOf(found)).toEqual([]);
  expect([...found.secrets].sort()).toEqual(['a-key', 'a-key-id', 'a-password']);
});

test('a default judges a path as the source does', async () => {
  const ssl = '{ ssl: { mode: verify-full, ca: "certs/${each.dir}/ca.pem" } }';
  const head = (defaults: string) => `for_each: { items: { acme: { dir: ../../etc } } }\n${defaults}`;
  const found = await read({
    'one.yaml': pipeline(
      'one',
      '{ type: postgres, host: h }',
      head(`defaults: { sources: { postgres: ${ssl} } }\n`),
    ).replace('out/one', 'out/${each.key}'),
  });
  expect(problemsOf(found)).toEqual([
    'EXT1085 ${each.dir} of one[acme] is "../../etc": a path takes no value with a slash, a backslash or .. (correct the value, or write what belongs here into another column of the list)',
  ]);
});
