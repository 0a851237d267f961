import { resolve } from 'node:path';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import { isAllowedHost } from '../../model/config/allowed-host.ts';
import { refuseToWrite } from '../../model/config/readable-paths.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { hostsOf } from './hosts.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { textsIn } from '../references/places.ts';
import { problem } from '../problem.ts';
import { notReadable, realPathOf, realPathToBe } from '../read/readable.ts';
import { stagedFile } from '../resolve/extract.ts';
import type { Rule } from './rule.ts';

/** Credentials go to no host that the policy does not know. */
export const allowedHosts: Rule = function* ({ sources, destinations, shared }) {
  const { allowedHosts: allowed } = shared.policy;
  if (allowed === undefined || allowed.some(isPlaceholder)) return;
  for (const { settings, place } of [...sources.values(), ...destinations]) {
    for (const { shown, names } of hostsOf(settings)) {
      if (isPlaceholder(shown) || names.some((name) => isAllowedHost(name, allowed))) continue;
      const message = `the policy of this project does not allow the host ${foreign(shown)}`;
      yield problem(codes.hostNotAllowed, message, place, {
        hint: 'policy: {allowed_hosts} lists those that sources and destinations may be on',
      });
    }
  }
};

/** Files that are read beside the data: a symbolic link counts as what it leads to. */
export const readableFiles: Rule = function* (draft) {
  for (const { path, place } of filesOf(draft)) {
    if (isPlaceholder(path)) continue;
    const reason = draft.shared.refusePath(realPathOf(path));
    if (reason !== undefined) yield notReadable(path, reason, place);
  }
};

/** Nothing is written where git keeps its own, and where the kernel shows processes and devices. */
export const writableFiles: Rule = function* (draft) {
  const staged = stagedFile(draft);
  const wanted = [
    { path: draft.extract.file ?? staged, absolute: staged, at: child(draft.place, 'extract', 'file') },
    ...draft.destinations.flatMap(({ settings, folder, place }) =>
      settings.type === 'file'
        ? [{ path: settings.path, absolute: resolve(folder, settings.path), at: child(place, 'path') }]
        : [],
    ),
  ];
  for (const { path, absolute, at } of wanted) {
    const reason = isPlaceholder(absolute) ? undefined : refuseToWrite(realPathToBe(absolute));
    if (reason === undefined) continue;
    const hint = { hint: 'write it elsewhere' };
    yield problem(codes.pathNotAllowed, `${path} is not written: ${reason}`, at, hint);
  }
};

function* filesOf({
  written,
  sources,
  destinations,
  folder,
  place,
}: PipelineDraft): Iterable<{ path: string; place: Place }> {
  const template = { settings: written.template, folder, place: child(place, 'template') };
  for (const { settings, folder: base, place: at } of [template, ...sources.values(), ...destinations]) {
    for (const { text, place: found, use } of textsIn(settings, at)) {
      if (use.has('read')) yield { path: resolve(base, text), place: found };
      if (use.purpose !== 'url') continue;
      for (const path of certificatesIn(text)) yield { path: resolve(path), place: found };
    }
  }
}

/** Paths in a URL of PostgreSQL, which may name several hosts and is no URL for others then. */
function certificatesIn(url: string): string[] {
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
  const params = new URLSearchParams(query.replaceAll('+', '%2B'));
  const authorities = params.getAll('sslrootcert').filter((path) => path !== 'system');
  const own = ['sslcert', 'sslkey'].flatMap((key) => params.getAll(key));
  return [...authorities, ...own].filter((path) => path !== '');
}
