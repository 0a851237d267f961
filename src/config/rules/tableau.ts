import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { child } from '../../model/diagnostic.ts';
import type * as Written from '../../model/written.gen.ts';
import { codes } from '../codes.ts';
import type { Draft } from '../draft.ts';
import { isPlaceholder } from '../interpolate.ts';
import { problem } from '../problem.ts';
import { projectOf } from '../resolve/destinations.ts';
import type { CommonRule, Rule } from '../rules.ts';
import { bytesOf } from '../amounts.ts';
import { wholeNumber } from './numbers.ts';

/** What makes sense for a Tableau destination. */
export const tableauDestinations: Rule = function* (draft) {
  for (const { settings, place } of draft.destinations) {
    if (settings.type !== 'tableau') continue;
    yield* serverRule(settings, place);
    yield* authRule(settings.auth, place);
    yield* projectRule(settings, child(place, 'project'));
    yield* tagRule(settings, child(place, 'tags'));
    yield* numberRule(settings, place);
    yield* updateRule(draft, settings, place);
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
  if (fits) return;
  const message = `credentials are ${authKinds.map((kind) => kind.join(', ')).join('; or ')}`;
  const hint = given.length === 0 ? {} : { hint: `there is ${given.join(', ')}` };
  yield problem(codes.tableauAuth, message, child(place, 'auth'), hint);
}

const authKinds = [
  ['token_name', 'token_secret'],
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
    const message = `"${settings[key]}" is no size up to 64MiB, the most that Tableau takes in one request`;
    yield problem(codes.notANumber, message, child(place, key), { hint: 'for example 16MiB, 50MB' });
  }
  if (isSize(settings.update_limit, smallestUpdate, Infinity)) return;
  const message = `"${settings.update_limit}" is no size from 100kB on`;
  yield problem(codes.notANumber, message, child(place, 'update_limit'), { hint: 'for example 10MB, 100MB' });
}

function isSize(written: number | string | undefined, least: number, most: number): boolean {
  if (written === undefined || (typeof written === 'string' && isPlaceholder(written))) return true;
  const size = typeof written === 'string' ? bytesOf(written) : written;
  return size !== undefined && size >= least && size <= most;
}

function* updateRule(draft: Draft, settings: Written.TableauDestination, place: Place): Iterable<Diagnostic> {
  const { method = 'publish', mode, action = 'replace', certified, certification_note: note } = settings;
  const pointless = (key: string, why: string) => problem(codes.keyDoesNotApply, why, child(place, key));
  if (method === 'update' && mode !== undefined)
    yield pointless('mode', 'mode says how to publish: method: update takes action');
  for (const key of ['action', 'update_limit'] as const) {
    if (method === 'publish' && settings[key] !== undefined)
      yield pointless(key, `${key} needs method: update`);
  }
  if (note !== undefined && certified !== true)
    yield pointless('certification_note', 'a note needs certified: true');
  if (method !== 'update' || (action !== 'upsert' && action !== 'delete')) return;
  for (const [name, { primary_key: key = [] }] of Object.entries(draft.written.tables)) {
    if (key.length > 0) continue;
    const message = `action: ${action} finds rows by primary key, and the table "${name}" has none`;
    yield problem(codes.updateKey, message, child(draft.place, 'tables', name), { hint: 'add primary_key:' });
  }
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

/** Two writers of one data source would overwrite each other, whichever comes last. */
export const oneWriterPerDataSource: CommonRule = function* (drafts) {
  const first = new Map<string, { draft: Draft }>();
  for (const draft of drafts) {
    for (const { settings, place } of draft.destinations) {
      if (settings.type !== 'tableau') continue;
      const { server, site = '', project, name = draft.written.name } = settings;
      const key = JSON.stringify([server, site, projectOf(project), name.toLowerCase()]);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, { draft });
      else {
        const { address, place: other } = earlier.draft;
        if (isPlaceholder(key)) continue;
        const message = `the data source "${name}" is also a destination of "${address}" (${other.file})`;
        const hint =
          draft.key === undefined ? {} : { hint: 'give each item its own, as in name: "… ${each.key}"' };
        yield problem(codes.sameDestination, message, place, hint);
      }
    }
  }
};
