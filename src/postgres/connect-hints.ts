/** A remedy for an error that has no code of its own and is known by its text. */
interface Hint {
  words: RegExp;
  hint: string;
}

const firstHint = (hints: readonly Hint[], text: string) => hints.find(({ words }) => words.test(text))?.hint;

/** Returns what to do about an error that has no SQLSTATE of its own. */
export function connectionHint(text: string): string {
  return firstHint(poolerWords, text) ?? 'check the connection';
}

const tlsWanted: readonly Hint[] = [
  {
    words: /\b(?:SSL|TLS)\b.*\brequired\b|\brequires? (?:SSL|TLS)\b/i,
    hint: 'set ssl: require (or verify-full)',
  },
];

/** Remedies for the errors of poolers and hosted servers, most of which have no code of their own. */
const poolerWords: readonly Hint[] = [
  {
    words: /unsupported startup parameter/i,
    hint: 'a pooler in between does not pass it on: leave options away, or have it accepted there (ignore_startup_parameters of pgbouncer)',
  },
  ...tlsWanted,
  {
    words: /no such user/i,
    hint: 'check the user; a pooler has a list of its own (auth_file of pgbouncer)',
  },
  {
    words: /no such database/i,
    hint: 'check the database; a pooler has a list of its own ([databases] of pgbouncer)',
  },
  {
    words:
      /no more connections allowed|too many (?:clients|connections)|remaining connection slots|max client connections/i,
    hint: 'lower `limits: {connections: …}` or raise the limit of the server or pooler',
  },
  {
    words:
      /starting up|shutting down|not yet accepting|recovery mode|server_login_retry|server login has been failing/i,
    hint: 'run again in a moment',
  },
];

/** Returns the remedy for SQLSTATE 53300: the limit of the server, of the database or of the role is reached. */
export function limitHint(text: string): string {
  if (text.includes('for role'))
    return 'lower `limits: {connections: …}`, or raise the limit of the role: alter role … connection limit …';
  if (text.includes('for database'))
    return 'lower `limits: {connections: …}`, or raise the limit of the database: alter database … connection limit …';
  return 'lower `limits: {connections: …}`, or raise the limit of the server (max_connections)';
}

/** Returns the remedy where PostgreSQL lets a user in by other means than a password, or not at all (SQLSTATE 28000). */
export function rejectionHint(text: string): string {
  return firstHint(rejections, text) ?? 'check the user, and the lines of the server’s pg_hba.conf for it';
}

/** The first one that fits; the last words of a server in another language fit none. */
const rejections: readonly Hint[] = [
  ...tlsWanted,
  {
    words: /client certificate|certificate authentication/i,
    hint: 'give one whose CN is this user: ssl: {mode: verify-full, cert: client.pem, key: client.key}',
  },
  {
    words: /peer authentication|ident authentication/i,
    hint: 'pg_hba.conf compares the user with the account of the system: give host: and a password, or have it mapped in pg_ident.conf',
  },
  { words: /not permitted to log in/, hint: 'have it allowed: alter role … login' },
  { words: /role .* does not exist/, hint: 'check the user' },
  {
    words: /no pg_hba\.conf entry.*(?:no encryption|SSL off)/,
    hint: 'the server’s pg_hba.conf has no line for this user, database and address without TLS: if it has one with TLS, set ssl: require (or verify-full)',
  },
  {
    words: /pg_hba\.conf rejects.*(?:no encryption|SSL off)/,
    hint: 'a line of the server’s pg_hba.conf rejects it, perhaps because it wants TLS: ssl: require (or verify-full)',
  },
  {
    words: /pg_hba\.conf rejects/,
    hint: 'a line of the server’s pg_hba.conf rejects this user, database or address',
  },
  {
    words: /no pg_hba\.conf entry/,
    hint: 'the server’s pg_hba.conf has no line for this user, database and address',
  },
];
