import { isIPv6 } from 'node:net';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { codes } from '../codes.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** Texts that name a server, a site, a bucket or a file, and are copied from an address bar or another program. */
export const plainAddresses: Rule = function* ({ sources, destinations }) {
  for (const { settings, place } of sources.values()) yield* sourceRule(settings, place);
  for (const { settings, place } of destinations) {
    if (settings.type === 'tableau') yield* siteRule(settings.site, child(place, 'site'));
    else yield* pathRule(settings.path, child(place, 'path'));
  }
};

function* sourceRule(settings: Written.InlineSource, place: Place): Iterable<Diagnostic> {
  switch (settings.type) {
    case 'postgres':
      yield* hostRule(settings.host, child(place, 'host'));
      return;
    case 's3':
      yield* bucketRule(settings.bucket, child(place, 'bucket'));
      return;
    case 'file': {
      const { path } = settings;
      if (typeof path === 'string') yield* pathRule(path, child(place, 'path'));
      else for (const [index, one] of path.entries()) yield* pathRule(one, child(place, 'path', index));
    }
  }
}

/** Several hosts are separated by commas; the folder of a socket begins with a slash. */
function* hostRule(host: unknown, at: Place): Iterable<Diagnostic> {
  if (!isKnown(host)) return;
  const wrong = host.split(',').find((one) => !/^[/$%{]/.test(one) && !isIPv6(one) && /[/:]/.test(one));
  if (wrong === undefined) return;
  const [, name = '', port] = /^(?:\w+:\/\/)?([^/:@\s]+)(?::(\d+))?(?:\/.*)?$/.exec(wrong) ?? [];
  const hint =
    name === ''
      ? 'write host: db.example.com'
      : `write host: ${foreign(name)}${port === undefined ? '' : `, and port: ${port}`}`;
  yield problem(codes.connectionUrl, 'host is a name or an address without scheme, port and path', at, {
    hint,
  });
}

function* siteRule(site: unknown, at: Place): Iterable<Diagnostic> {
  if (!isKnown(site) || !/[\s/:#?]/.test(site)) return;
  const [, inAddress] = /\/site\/([^/?\s]+)/.exec(site) ?? [];
  const hint =
    inAddress === undefined
      ? 'it is the part after /site/ in the address bar, such as demosite, and empty for Default'
      : `write site: ${foreign(inAddress)}`;
  const message = 'site is the name in the address of the site, without spaces and slashes';
  yield problem(codes.tableauServer, message, at, { hint });
}

function* bucketRule(bucket: unknown, at: Place): Iterable<Diagnostic> {
  if (!isKnown(bucket) || !/[/:]/.test(bucket) || bucket.startsWith('arn:')) return;
  const [, name = '', key = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(bucket) ?? [];
  const match = key === '' ? '' : `, and match: ${foreign(key)}${key.endsWith('/') ? '*.csv' : ''}`;
  const hint = name === '' ? 'write bucket: NAME' : `write bucket: ${foreign(name)}${match}`;
  yield problem(codes.connectionIncomplete, 'bucket is a name without scheme and key', at, { hint });
}

function* pathRule(path: unknown, at: Place): Iterable<Diagnostic> {
  if (!isKnown(path)) return;
  const found = pathProblem(path);
  if (found === undefined) return;
  const { severity = 'error', message, hint } = found;
  yield { code: codes.badPath, severity, message, hint, place: at };
}

function pathProblem(path: string): { severity?: 'warning'; message: string; hint: string } | undefined {
  const [, scheme, rest = ''] = /^(s3[an]?|https?|ftp|file):\/\/(.*)$/i.exec(path) ?? [];
  if (scheme !== undefined) {
    const message = 'path is a path on this machine, not a URL';
    if (/^file$/i.test(scheme)) return { message, hint: 'write the path without file://' };
    if (!/^s3/i.test(scheme))
      return { message, hint: 'download the file first: extracts reads local files, S3 and PostgreSQL' };
    const [bucket = '', ...key] = rest.split('/');
    return { message, hint: `write type: s3, bucket: ${foreign(bucket)}, match: ${foreign(key.join('/'))}` };
  }
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f]/.test(path)) {
    return {
      message: 'this path holds a tab, a line break or another control character',
      hint: 'inside double quotes \\t and \\n are such characters: use single quotes, and / between folders',
    };
  }
  if (path.startsWith('~/')) {
    return {
      severity: 'warning',
      message: '~ is not the home folder here, but a folder of this name',
      hint: 'write ${env.HOME} in its place',
    };
  }
  if (/^[A-Za-z]:\\|[^\\]\\[\w.-]/.test(path)) {
    return {
      severity: 'warning',
      message: 'a backslash separates no folders here',
      hint: `write ${foreign(path.replaceAll('\\', '/'))}`,
    };
  }
  return undefined;
}

const isKnown = (text: unknown): text is string => typeof text === 'string' && !isPlaceholder(text);
