import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PostgresSource } from '../../../src/model/config/source.ts';
import { clientConfig, connect } from '../../../src/postgres/connect.ts';
import { parseUrl } from '../../../src/model/config/postgres-url.ts';
import { runStatement, startPostgres, type TestPostgres } from '../../support/postgres.ts';

const place = { file: 'pipeline.yaml', pointer: '/sources/shop' };
const from = (parts: Partial<PostgresSource>): PostgresSource => ({ type: 'postgres', place, ...parts });

describe('an address', () => {
  test.each([
    [
      'postgres://u:p@h:5433/d',
      { hosts: [{ host: 'h', port: 5433 }], database: 'd', user: 'u', password: 'p' },
    ],
    ['postgresql://h', { hosts: [{ host: 'h' }] }],
    ['postgresql://', {}],
    ['postgresql:///d', { database: 'd' }],
    ['postgresql://u@h/', { hosts: [{ host: 'h' }], user: 'u' }],
    [
      'postgresql://u%40x:%3A%2F%3F%23%26%25%20%C3%A4@h/a%26b%3Fc%23d%2Fe%20f',
      { hosts: [{ host: 'h' }], user: 'u@x', password: ':/?#&% ä', database: 'a&b?c#d/e f' },
    ],
    ['postgresql://u:a:b@h/d', { hosts: [{ host: 'h' }], user: 'u', password: 'a:b', database: 'd' }],
    ['postgresql://[::1]:5433/d', { hosts: [{ host: '::1', port: 5433 }], database: 'd' }],
    ['postgresql://[2001:db8::1]/d', { hosts: [{ host: '2001:db8::1' }], database: 'd' }],
    ['postgresql://%2Fvar%2Frun%2Fpostgresql/d', { hosts: [{ host: '/var/run/postgresql' }], database: 'd' }],
    [
      'postgresql:///d?host=/var/run&port=5433&user=u&password=a%26b',
      { hosts: [{ host: '/var/run', port: 5433 }], database: 'd', user: 'u', password: 'a&b' },
    ],
    [
      'postgresql://h/d?dbname=e&application_name=x&connect_timeout=3',
      { hosts: [{ host: 'h' }], database: 'e', connectTimeout: 3 },
    ],
    [
      'postgresql://h/d?sslmode=verify-full&sslrootcert=/a%20b.pem',
      { hosts: [{ host: 'h' }], database: 'd', sslmode: 'verify-full', sslrootcert: '/a b.pem' },
    ],
    [
      'postgresql://a:1,[::1]:2,c/d?sslcert=/c.pem&sslkey=/c.key&options=-c%20search_path%3Dx&target_session_attrs=primary',
      {
        hosts: [{ host: 'a', port: 1 }, { host: '::1', port: 2 }, { host: 'c' }],
        database: 'd',
        sslcert: '/c.pem',
        sslkey: '/c.key',
        options: '-c search_path=x',
        targetSession: 'primary',
      },
    ],
    [
      'postgresql:///d?host=a,/var/run&port=5433',
      {
        hosts: [
          { host: 'a', port: 5433 },
          { host: '/var/run', port: 5433 },
        ],
        database: 'd',
      },
    ],
  ])('%s', (url, parts) => expect(parseUrl(url, place)).toEqual(parts));

  test.each([
    ['', 'it is empty'],
    ['mysql://u:hush@h/d', 'it does not begin with postgresql:// or postgres://'],
    ['postgresql://u:hush@/d?host=a,b,c&port=1,2', 'it has 3 hosts and 2 ports'],
    [
      'postgresql://u:hush@h/d?target_session_attrs=master',
      'target_session_attrs is one of any, read-write, read-only, primary, standby, prefer-standby',
    ],
    [
      'postgresql://u:hu%sh@h/d',
      'a % is not followed by the two digits of a character; a % itself is written %25',
    ],
    [
      'postgresql://u:hu@sh@h/d',
      'its parts are unclear; :, /, ?, # and @ in user or password are written %3A, %2F, %3F, %23 and %40',
    ],
    [
      'postgresql://u:hush@h:x/d',
      'the host and port are unclear; :, / and @ in user or password are written %3A, %2F and %40',
    ],
    ['postgresql://u:hush@h:123456/d', 'port is no number'],
    [
      'postgresql://u:hush@h/d?sslmode=yes',
      'sslmode is one of disable, allow, prefer, require, verify-ca, verify-full',
    ],
    ['postgresql://u:hush@h/d?ssl=true', 'it has no key "ssl"; there are host, port,'],
    // What is before the first of these looks like a host and a port.
    ['postgresql://u:1?hush@h/d', 'its parts are unclear'],
    ['postgresql://u:1?hush=x@h/d', 'its parts are unclear'],
    ['postgresql://u:1/hush@h/d', 'its parts are unclear'],
  ])('%s is refused without its password', (url, why) => {
    const error = failureOf(() => parseUrl(url, place));
    expect(error).toMatchObject({ code: 'EXT2001', place });
    expect(error.message).toMatch(/^the url cannot be read: /);
    expect(error.message).toContain(why);
    expect(`${error.message} ${error.stack ?? ''}`).not.toContain('hush');
  });

  test('gives way to parts beside it', async () => {
    const url = 'postgresql://u:p@h:1/d?sslmode=verify-full';
    const parts = { host: 'x', port: 2, database: 'y', user: 'z', password: 'q' };
    const { host, port, ...others } = parts;
    expect(await clientConfig(from({ url, ...parts, ssl: { mode: 'disable' } }))).toMatchObject({
      hosts: [{ host, port }],
      config: { ...others, ssl: false },
    });
    expect(await clientConfig(from({ url, user: 'z' }))).toMatchObject({
      hosts: [{ host: 'h', port: 1 }],
      config: { database: 'd', user: 'z', password: 'p', ssl: { rejectUnauthorized: true } },
    });
    const several = 'postgresql://a:1,b:2/d';
    expect(await clientConfig(from({ url: several, port: 3 }))).toMatchObject({
      hosts: [
        { host: 'a', port: 3 },
        { host: 'b', port: 3 },
      ],
    });
    expect(await clientConfig(from({ host: 'a,b', port: 3 }))).toMatchObject({
      hosts: [
        { host: 'a', port: 3 },
        { host: 'b', port: 3 },
      ],
    });
  });
});

function failureOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe('a server', () => {
  let server: TestPostgres;
  let own: URL;
  beforeAll(async () => {
    server = await startPostgres();
    await runStatement(server.url, `create role "u&?#/ü" login password '&?#/%: ü'`);
    await runStatement(server.url, `create database "d&?#/ ü"`);
    own = new URL(server.url);
  });
  afterAll(() => server.close());

  const failure = (parts: Partial<PostgresSource>) =>
    connect(from(parts)).then(
      async ({ client }) => {
        await client.end();
        return 'connected';
      },
      (error: unknown) => {
        const { code, message, hint } = error as { code: string; message: string; hint: string };
        expect(code).toBe('EXT2001');
        expect(`${message} ${hint}`).not.toContain('hush');
        return `${message} | ${hint}`.replaceAll(`:${own.port}`, ':PORT');
      },
    );
  const parts = (): Partial<PostgresSource> => ({
    host: '127.0.0.1',
    port: Number(own.port),
    user: 'postgres',
    password: own.password,
    database: 'postgres',
  });

  test('takes every character in user, password and database, as parts and in a URL', async () => {
    const names = { user: 'u&?#/ü', password: '&?#/%: ü', database: 'd&?#/ ü' };
    const e = encodeURIComponent;
    const url = `postgresql://${e(names.user)}:${e(names.password)}@127.0.0.1:${own.port}/${e(names.database)}`;
    for (const source of [from({ ...parts(), ...names }), from({ url })]) {
      const { client } = await connect(source);
      const { rows } = await client.query('select current_user as user, current_database() as database');
      expect(rows).toEqual([{ user: names.user, database: names.database }]);
      await client.end();
    }
  });

  test('explains refusals with their remedy', async () => {
    expect(await failure(parts())).toBe('connected');
    expect(await failure({ ...parts(), password: 'hush' })).toBe(
      'PostgreSQL at 127.0.0.1:PORT refused the password of user "postgres" | check user and password',
    );
    expect(await failure({ ...parts(), user: 'nobody', password: 'hush' })).toBe(
      'PostgreSQL at 127.0.0.1:PORT refused the password of user "nobody" | check user and password',
    );
    expect(await failure({ ...parts(), database: 'none' })).toBe(
      'PostgreSQL at 127.0.0.1:PORT has no database "none" | check the database name',
    );
    expect(await failure({ ...parts(), port: await closedPort() })).toMatch(
      /^nothing answers at 127\.0\.0\.1:\d+ \| check host and port, and that PostgreSQL runs and listens there$/,
    );
    expect(await failure({ ...parts(), host: 'no-such-host.invalid' })).toBe(
      'the host name "no-such-host.invalid" cannot be resolved | check the host',
    );
    expect(await failure({ ...parts(), host: '/no/such/folder' })).toBe(
      'there is no PostgreSQL socket at /no/such/folder | check the host',
    );
    expect(await failure({ ...parts(), ssl: { mode: 'require' } })).toBe(
      'PostgreSQL at 127.0.0.1:PORT does not speak TLS | use ssl: disable, or sslmode=disable in the URL, if the network may be trusted',
    );
    const own = fileURLToPath(new URL('../../../package.json', import.meta.url));
    expect(await failure({ ...parts(), ssl: { mode: 'verify-full', ca: own } })).toBe(
      `${own} holds no certificate | ca (or sslrootcert) is a PEM file with -----BEGIN CERTIFICATE-----`,
    );
    expect(await failure({ ...parts(), ssl: { mode: 'verify-full', ca: '/no/ca.pem' } })).toBe(
      "the certificate authorities in /no/ca.pem cannot be read | check ca (or sslrootcert): ENOENT: no such file or directory, open '/no/ca.pem'",
    );
    expect(await failure({ url: `${server.url}?sslmode=prefer` })).toBe('connected');
  });

  test('that does not answer is not waited for without end', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const url = `postgresql://u:hush@127.0.0.1:${port}/d?connect_timeout=1`;
    expect(await failure({ url })).toBe(
      `no answer from 127.0.0.1:${port} within 1 s | check host, port and firewall`,
    );
  });

  test.each([
    [
      '53300',
      'too many connections for role "rdr"',
      'has no connection left for user "u": too many connections for role "rdr" | lower `limits: {connections: …}`, or raise the limit of the role: alter role … connection limit …',
    ],
    [
      '53300',
      'sorry, too many clients already',
      'has no connection left for user "u": sorry, too many clients already | lower `limits: {connections: …}`, or raise the limit of the server (max_connections)',
    ],
    [
      '57P03',
      'the database system is starting up',
      'takes no connections now: the database system is starting up | run again in a moment',
    ],
    [
      '08P01',
      'unsupported startup parameter: options',
      ': unsupported startup parameter: options | a pooler in between does not pass it on: leave options away, or have it accepted there (ignore_startup_parameters of pgbouncer)',
    ],
    [
      '08P01',
      'no such user: u',
      ': no such user: u | check the user; a pooler has a list of its own (auth_file of pgbouncer)',
    ],
    [
      '08P01',
      'no such database: d',
      ': no such database: d | check the database; a pooler has a list of its own ([databases] of pgbouncer)',
    ],
    ['08P01', 'SSL required', ': SSL required | set ssl: require (or verify-full)'],
    [
      '28000',
      'SSL connection is required. Please specify SSL options and retry.',
      'does not let user "u" in: SSL connection is required. Please specify SSL options and retry. | set ssl: require (or verify-full)',
    ],
    [
      '08P01',
      'no more connections allowed (max_client_conn)',
      ': no more connections allowed (max_client_conn) | lower `limits: {connections: …}` or raise the limit of the server or pooler',
    ],
  ])('%s %s', async (code, message, words) => {
    const fake = createServer((socket) => {
      const fields = ['SFATAL', `C${code}`, `M${message}`, ''].map((field) => `${field}\0`).join('');
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + Buffer.byteLength(fields));
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)])));
    });
    await new Promise<void>((listening) => fake.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void fake.close());
    const { port } = fake.address() as AddressInfo;
    const told = await failure({ url: `postgresql://u:hush@127.0.0.1:${port}/d` });
    const where = `PostgreSQL at 127.0.0.1:${port}`;
    expect(told).toBe(words.startsWith(':') ? `cannot connect to ${where}${words}` : `${where} ${words}`);
  });

  test('says when it has no line for us', async () => {
    const hba = await show(server.url, 'hba_file');
    const lines = await rowsOf(server.url, `select pg_read_file('${hba}') as v`);
    onTestFinished(async () => {
      writeFileSync(hba, lines);
      await runStatement(server.url, 'select pg_reload_conf()');
    });
    writeFileSync(hba, `host all postgres 127.0.0.1/32 scram-sha-256\nhostssl all all all scram-sha-256\n`);
    await runStatement(server.url, 'select pg_reload_conf()');
    expect(await eventually(() => failure({ ...parts(), user: 'nobody', password: 'hush' }), /pg_hba/)).toBe(
      'PostgreSQL at 127.0.0.1:PORT does not let user "nobody" in: no pg_hba.conf entry for host "127.0.0.1", user "nobody", database "postgres", no encryption | the server’s pg_hba.conf has no line for this user, database and address without TLS: if it has one with TLS, set ssl: require (or verify-full)',
    );
  });

  describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('with TLS', () => {
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tls-'));
      certificate('server', 'localhost');
      certificate('stranger', 'elsewhere');
      // The server runs as another user, who must own the key: it writes the files by itself, into its own folder.
      for (const file of ['server.pem', 'server.key']) {
        const lines = readFileSync(join(folder, file), 'utf8').trim();
        const rows = `select regexp_split_to_table('${lines}', '\\n')`;
        await runStatement(server.url, `copy (${rows}) to program 'umask 077; cat > ${file}'`);
      }
      await runStatement(server.url, `alter system set ssl_cert_file = 'server.pem'`);
      await runStatement(server.url, `alter system set ssl_key_file = 'server.key'`);
      await runStatement(server.url, 'alter system set ssl = on');
      await runStatement(server.url, 'select pg_reload_conf()');
      await eventually(() => failure({ ...parts(), ssl: { mode: 'require' } }), /^connected$/);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    function certificate(name: string, host: string): void {
      const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
      const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`];
      execFileSync('openssl', [...options, '-addext', `subjectAltName=DNS:${host}`, ...files], {
        stdio: 'ignore',
      });
    }

    const unsigned =
      'the certificate of PostgreSQL at HOST:PORT is not signed by a known authority | give the authority: ssl: {mode: verify-full, ca: path/to/ca.pem}';
    const wrongHost =
      'the certificate of PostgreSQL at HOST:PORT is for another host | use the name in the certificate';
    test.each<[string, (PostgresSource['ssl'] & object) | undefined, string | undefined, string]>([
      ['127.0.0.1', { mode: 'disable' }, undefined, 'connected'],
      ['127.0.0.1', { mode: 'require' }, undefined, 'connected'],
      ['127.0.0.1', { mode: 'require' }, 'server', 'connected'],
      ['127.0.0.1', { mode: 'require' }, 'stranger', unsigned],
      ['127.0.0.1', { mode: 'verify-ca' }, 'server', 'connected'],
      ['127.0.0.1', { mode: 'verify-ca' }, 'stranger', unsigned],
      ['127.0.0.1', { mode: 'verify-ca' }, undefined, unsigned],
      ['localhost', { mode: 'verify-full' }, 'server', 'connected'],
      ['127.0.0.1', { mode: 'verify-full' }, 'server', wrongHost],
      ['localhost', { mode: 'verify-full' }, undefined, unsigned],
    ])('%s, %o, authority: %s', async (host, ssl, ca, told) => {
      const withCa = { ...ssl!, ...(ca && { ca: join(folder, `${ca}.pem`) }) };
      expect(await failure({ ...parts(), host, ssl: withCa })).toBe(told.replace('HOST', host));
      const query = `sslmode=${ssl!.mode}${ca ? `&sslrootcert=${encodeURIComponent(join(folder, `${ca}.pem`))}` : ''}`;
      const url = new URL(`${server.url}?${query}`);
      url.hostname = host;
      expect(await failure({ url: url.href })).toBe(told.replace('HOST', host));
    });

    describe('a client certificate', () => {
      let reject: () => Promise<void>;
      beforeAll(async () => {
        certificate('rdr', 'rdr');
        certificate('other', 'other');
        const lines = readFileSync(join(folder, 'rdr.pem'), 'utf8').trim();
        await runStatement(
          server.url,
          `copy (select regexp_split_to_table('${lines}', '\\n')) to program 'cat > clients.pem'`,
        );
        await runStatement(server.url, 'create role rdr login');
        await runStatement(server.url, `alter system set ssl_ca_file = 'clients.pem'`);
        const hba = await show(server.url, 'hba_file');
        const before = await rowsOf(server.url, `select pg_read_file('${hba}') as v`);
        writeFileSync(hba, `hostssl all rdr 127.0.0.1/32 cert\n${before}`);
        await runStatement(server.url, 'select pg_reload_conf()');
        reject = async () => {
          writeFileSync(hba, before);
          await runStatement(server.url, 'select pg_reload_conf()');
        };
        await eventually(() => failure(asClient('rdr')), /^connected$/);
      });
      afterAll(() => reject());

      const asClient = (name: string): Partial<PostgresSource> => ({
        host: '127.0.0.1',
        port: Number(own.port),
        user: 'rdr',
        database: 'postgres',
        ssl: { mode: 'require', cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) },
      });
      const urlOf = (...query: string[]) =>
        `postgresql://rdr@127.0.0.1:${own.port}/postgres?${query.join('&')}`;

      test('lets its user in, by parts and by URL', async () => {
        expect(await failure(asClient('rdr'))).toBe('connected');
        const files = [`sslcert=${join(folder, 'rdr.pem')}`, `sslkey=${join(folder, 'rdr.key')}`];
        expect(await failure({ url: urlOf('sslmode=require', ...files) })).toBe('connected');
        expect(await failure({ url: urlOf('sslmode=require') })).toBe(
          'PostgreSQL at 127.0.0.1:PORT does not let user "rdr" in: connection requires a valid client certificate | give one whose CN is this user: ssl: {mode: verify-full, cert: client.pem, key: client.key}',
        );
        expect(await failure({ url: urlOf(...files) })).toBe(
          'a client certificate is shown only over TLS, which is off here | set ssl: {mode: verify-full, cert: …, key: …}, or sslmode=verify-full in the URL',
        );
        expect(await failure({ url: urlOf('sslmode=require', files[0]!) })).toBe(
          'a client certificate needs both cert and key (sslcert and sslkey in a URL) | there is only the certificate',
        );
      });

      test('that belongs to another user, or to no key', async () => {
        expect(await failure(asClient('other'))).toMatch(/^(PostgreSQL at|cannot connect to) /);
        const ssl = { ...asClient('rdr').ssl!, key: join(folder, 'other.key') };
        expect(await failure({ ...asClient('rdr'), ssl })).toBe(
          'the key of the client certificate for PostgreSQL at 127.0.0.1:PORT is another one than its own | give the key with which cert was made',
        );
      });

      test('whose key others may read is not used, and no key is in a message', async () => {
        const key = join(folder, 'open.key');
        const text = readFileSync(join(folder, 'rdr.key'), 'utf8');
        writeFileSync(key, text, { mode: 0o644 });
        const ssl = { ...asClient('rdr').ssl!, key };
        expect(await failure({ ...asClient('rdr'), ssl })).toBe(
          `others may read the key in ${key}: its permissions are 0644 | chmod 0600 it; a key that belongs to root may have 0640`,
        );
        const wrong = join(folder, 'wrong.key');
        writeFileSync(wrong, text.replaceAll('PRIVATE', 'hush'), { mode: 0o600 });
        expect(await failure({ ...asClient('rdr'), ssl: { ...ssl, key: wrong } })).toBe(
          `${wrong} holds no private key | key (or sslkey) is a PEM file with -----BEGIN PRIVATE KEY-----`,
        );
        const sealed = join(folder, 'sealed.key');
        const seal = [
          'pkey',
          '-in',
          join(folder, 'rdr.key'),
          '-aes256',
          '-passout',
          'pass:hush',
          '-out',
          sealed,
        ];
        execFileSync('openssl', seal, { stdio: 'ignore' });
        expect(await failure({ ...asClient('rdr'), ssl: { ...ssl, key: sealed } })).toBe(
          `the key in ${sealed} is encrypted | extracts asks for no passphrase: write it without one (openssl pkey -in … -out …)`,
        );
        expect(await failure({ ...asClient('rdr'), ssl: { ...ssl, key: folder } })).toBe(
          `${folder} is no file | key (or sslkey) is a PEM file`,
        );
      });
    });

    test.each([
      ['require', true],
      ['prefer', true],
      ['disable', false],
    ] as const)('%s encrypts: %s', async (mode, encrypted) => {
      const { client } = await connect(from({ url: `${server.url}?sslmode=${mode}` }));
      const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      await client.end();
      expect(rows).toEqual([{ ssl: encrypted }]);
    });
  });
});

async function rowsOf(url: string, sql: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ v: string }>(sql);
  await client.end();
  return rows[0]!.v;
}

const show = (url: string, setting: string) => rowsOf(url, `select current_setting('${setting}') as v`);

/** The server takes a moment to read its settings again. */
async function eventually(ask: () => Promise<string>, wanted: RegExp): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (wanted.test(answer) || Date.now() > deadline) return answer;
  }
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
