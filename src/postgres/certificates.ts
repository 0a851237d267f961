import { readFile, stat } from 'node:fs/promises';
import type pg from 'pg';
import type { Place } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { SslMode } from '../model/config/postgres-url.ts';

/** The encryption of a connection: libpq's terms, and paths of PEM files. */
export interface Tls {
  mode: SslMode;
  ca?: string | undefined;
  /** The client's certificate. */
  cert?: string | undefined;
  key?: string | undefined;
}

/** Returns what pg takes. As in libpq, `require` with an authority checks it. */
export async function tlsConfig(tls: Tls, place: Place): Promise<NonNullable<pg.ClientConfig['ssl']>> {
  const { mode } = tls;
  const own = await readOwn(tls, place);
  if (mode === 'disable' || mode === 'allow') return false;
  const ca = tls.ca === undefined ? {} : { ca: await readAuthority(tls.ca, place) };
  if (mode === 'prefer' || (mode === 'require' && tls.ca === undefined))
    return { ...own, rejectUnauthorized: false };
  const anyHost = mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined };
  return { ...own, ...ca, ...anyHost, rejectUnauthorized: true };
}

async function readOwn({ mode, cert, key }: Tls, place: Place): Promise<{ cert?: string; key?: string }> {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined)
    throw problem(
      'a client certificate needs both cert and key (sslcert and sslkey in a URL)',
      `there is ${cert === undefined ? 'only the key' : 'only the certificate'}`,
      place,
    );
  if (mode === 'disable' || mode === 'allow')
    throw problem(
      'a client certificate is shown only over TLS, which is off here',
      'set ssl: {mode: verify-full, cert: …, key: …}, or sslmode=verify-full in the URL',
      place,
    );
  return { cert: await readCertificate(cert, 'cert (or sslcert)', place), key: await readKey(key, place) };
}

const readAuthority = (file: string, place: Place) => readCertificate(file, 'ca (or sslrootcert)', place);

async function readCertificate(file: string, key: string, place: Place): Promise<string> {
  const found = await read(file, key, place);
  if (/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(found)) return found;
  throw problem(
    `${file} holds no certificate`,
    `${key} is a PEM file with -----BEGIN CERTIFICATE-----`,
    place,
  );
}

/** Reads a key that others cannot read, by the rules of libpq. The text of the file is in no message. */
async function readKey(file: string, place: Place): Promise<string> {
  const name = 'key (or sslkey)';
  const { mode, uid, isFile } = await stat(file).then(
    (found) => ({ mode: found.mode, uid: found.uid, isFile: found.isFile() }),
    (error: unknown) => {
      throw unreadable(file, name, place, error);
    },
  );
  if (!isFile) throw problem(`${file} is no file`, `${name} is a PEM file`, place);
  // A key of root may be readable for a group, so that several services share it.
  const forbidden = uid === 0 && process.getuid?.() !== 0 ? 0o037 : 0o077;
  if (process.platform !== 'win32' && (mode & forbidden) !== 0)
    throw problem(
      `others may read the key in ${file}: its permissions are ${(mode & 0o777).toString(8).padStart(4, '0')}`,
      'chmod 0600 it; a key that belongs to root may have 0640',
      place,
    );
  const found = await read(file, name, place);
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(found))
    throw problem(
      `the key in ${file} is encrypted`,
      'extracts asks for no passphrase: write it without one (openssl pkey -in … -out …)',
      place,
    );
  if (/-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----/.test(found)) return found;
  throw problem(
    `${file} holds no private key`,
    `${name} is a PEM file with -----BEGIN PRIVATE KEY-----`,
    place,
  );
}

const read = (file: string, key: string, place: Place) =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, key, place, error);
  });

function unreadable(file: string, key: string, place: Place, cause: unknown): RunError {
  const what = key.startsWith('ca ') ? `the certificate authorities in ${file}` : file;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunError('EXT2001', `${what} cannot be read`, {
    hint: `check ${key}: ${reason}`,
    place,
    cause,
  });
}

const problem = (message: string, hint: string, place: Place) =>
  new RunError('EXT2001', message, { hint, place });
