import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import { projectOf } from '../resolve/destinations.ts';
import type { Rule } from './rule.ts';
import { bytesOf } from '../values/amounts.ts';
import { wholeNumber } from './numbers.ts';
import { updateRule } from './tableau-update.ts';
import { workbookRule } from './tableau-workbook.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** Checks the settings of a Tableau destination. */
export const tableauDestinations: Rule = function* (draft) {
  for (const { settings, place } of draft.destinations) {
    if (settings.type !== 'tableau') continue;
    yield* serverRule(settings, place);
    yield* authRule(settings.auth, place);
    yield* projectRule(settings, child(place, 'project'));
    yield* tagRule(settings, child(place, 'tags'));
    yield* numberRule(settings, place);
    yield* updateRule(draft, settings, place);
    yield* workbookRule(draft, settings, place);
  }
};

function* serverRule(
  { server, allow_insecure: insecure }: Written.TableauDestination,
  place: Place,
): Iterable<Diagnostic> {
  if (isPlaceholder(server)) return;
  const at = child(place, 'server');
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const hint = { hint: 'write it as https://tableau.example.com; the site goes under site:' };
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    yield problem(codes.tableauServer, 'server is no web address', at, hint);
  } else if (
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== '' ||
    url.pathname !== '/'
  ) {
    yield problem(
      codes.tableauServer,
      'server is an address without user, path or anything after it',
      at,
      hint,
    );
  } else if (url.protocol === 'http:' && insecure !== true && !isThisMachine(url.hostname)) {
    const more = { hint: 'use https, or say allow_insecure: true on a network that you trust' };
    yield problem(codes.tableauServer, 'http would send credentials unencrypted', at, more);
  }
}

function isThisMachine(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}

function* authRule(auth: Written.TableauAuth, place: Place): Iterable<Diagnostic> {
  const given = Object.keys(auth).filter((key) => key !== 'scopes');
  const fits = authKinds.some(
    (kind) => kind.length === given.length && kind.every((key) => given.includes(key)),
  );
  if (fits) yield* poolRule(auth, child(place, 'auth', 'tokens'));
  if (fits) return;
  const message = `credentials are ${authKinds.map((kind) => kind.join(', ')).join('; or ')}`;
  const hint = given.length === 0 ? {} : { hint: `there is ${given.join(', ')}` };
  yield problem(codes.tableauAuth, message, child(place, 'auth'), hint);
}

/** A token is leased by its name: two entries of one name would be one token, which one process uses at a time. */
function* poolRule({ tokens = [] }: Written.TableauAuth, place: Place): Iterable<Diagnostic> {
  const seen = new Set<string>();
  for (const [index, { token_name: name }] of tokens.entries()) {
    if (!isPlaceholder(name) && seen.has(name)) {
      const message = `the token "${foreign(name)}" is in this pool twice`;
      const hint = { hint: 'a token has one session at a time: name another one, or leave it out' };
      yield problem(codes.tableauAuth, message, child(place, index, 'token_name'), hint);
    }
    seen.add(name);
  }
}

const authKinds = [
  ['token_name', 'token_secret'],
  ['tokens'],
  ['user', 'password'],
  ['user', 'client_id', 'secret_id', 'secret_value'],
];

function* projectRule({ project }: Written.TableauDestination, place: Place): Iterable<Diagnostic> {
  const resolved = projectOf(project);
  if (resolved.kind === 'id') return;
  if (resolved.path.length > 0 && resolved.path.every((name) => name.trim() !== '')) return;
  const hint = { hint: 'write Top/Below; a slash inside a name is written \\/' };
  yield problem(codes.tableauProject, 'a project on the path has no name', place, hint);
}

function* tagRule({ tags = [] }: Written.TableauDestination, place: Place): Iterable<Diagnostic> {
  for (const [index, tag] of tags.entries()) {
    if (!tag.includes('"') && tag.trim() === tag) continue;
    const message = 'Tableau keeps no tag with a double quote, or with a blank at its ends';
    yield problem(codes.tableauTag, message, child(place, index));
  }
}

const largest = 64 * 2 ** 20;
/** The engine writes no smaller file than a few tens of kilobytes. */
const smallestUpdate = 100_000;

function* numberRule(settings: Written.TableauDestination, place: Place): Iterable<Diagnostic> {
  yield* wholeNumber(settings.timeout, child(place, 'timeout'), 1);
  yield* wholeNumber(settings.job_timeout, child(place, 'job_timeout'), 1);
  for (const key of ['request_limit', 'chunk_size'] as const) {
    const least = key === 'chunk_size' ? 1 : 0;
    if (isSize(settings[key], least, largest)) continue;
    const message = `"${foreign(String(settings[key]))}" is no size up to 64MiB, the most that Tableau takes in one request`;
    yield problem(codes.notANumber, message, child(place, key), { hint: 'for example 16MiB, 50MB' });
  }
  if (isSize(settings.update_limit, smallestUpdate, Infinity)) return;
  const message = `"${foreign(String(settings.update_limit))}" is no size from 100kB on`;
  yield problem(codes.notANumber, message, child(place, 'update_limit'), { hint: 'for example 10MB, 100MB' });
}

function isSize(written: number | string | undefined, least: number, most: number): boolean {
  if (written === undefined || (typeof written === 'string' && isPlaceholder(written))) return true;
  const size = typeof written === 'string' ? bytesOf(written) : written;
  return size !== undefined && size >= least && size <= most;
}

/** Keys beside `use` belong to the kind of the destination that it names. */
export const keysBesideUse: Rule = function* ({ written, destinations }) {
  for (const { settings, place } of destinations) {
    const index = Number(/\d+$/.exec(place.pointer)?.[0]);
    const own = written.destinations?.[index];
    if (own === undefined || !('use' in own)) continue;
    for (const key of Object.keys(own).filter((one) => one !== 'use')) {
      if ((key === 'path') === (settings.type === 'file')) continue;
      const message = `"${key}" means nothing to a ${settings.type} destination`;
      yield problem(codes.keyDoesNotApply, message, child(place, key));
    }
  }
};
