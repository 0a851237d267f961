import { resolve } from 'node:path';
import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { child } from '../../model/diagnostic.ts';
import { codes } from '../codes.ts';
import type { Draft } from '../draft.ts';
import { isPlaceholder } from '../interpolate.ts';
import { problem } from '../problem.ts';
import { stagedFile } from '../resolve/extract.ts';
import type { CommonRule, Rule } from '../rules.ts';

export const destinationKind: Rule = function* ({ destinations }) {
  for (const { settings, place } of destinations) {
    if (/\.hyper$/i.test(settings.path) || isPlaceholder(settings.path)) continue;
    const message = `"${settings.path}" does not end in .hyper`;
    const hint = { hint: 'a file destination writes a .hyper extract' };
    yield problem(codes.destinationKind, message, child(place, 'path'), hint);
  }
};

/** Two writers of one file would overwrite each other, whichever comes last. */
export const oneWriterPerFile: CommonRule = function* (drafts) {
  const writers = new Map<string, Writer>();
  for (const { path, text, what, place, pipeline } of drafts.flatMap(writtenFiles)) {
    if (isPlaceholder(text)) continue;
    const earlier = writers.get(path);
    if (earlier === undefined) {
      writers.set(path, { path, text, what, place, pipeline });
      continue;
    }
    const both = what === 'extract' && earlier.what === 'extract';
    const message = `${text} is also the ${earlier.what} of "${earlier.pipeline}" (${earlier.place.file})`;
    yield problem(both ? codes.sameExtract : codes.sameDestination, message, place);
  }
};

interface Writer {
  path: string;
  text: string;
  what: 'extract' | 'destination';
  place: Place;
  pipeline: string;
}

function writtenFiles(draft: Draft): Writer[] {
  const pipeline = draft.written.name;
  const staged = stagedFile(draft);
  const extract: Writer = {
    path: staged,
    text: draft.written.extract?.file ?? staged,
    what: 'extract',
    place: child(draft.place, 'extract', 'file'),
    pipeline,
  };
  // Without a file of its own a staged extract is named after its pipeline: those are unique anyway.
  const own = draft.written.extract?.file === undefined ? [] : [extract];
  const delivered = draft.destinations.map(({ settings, folder, place }): Writer => ({
    path: resolve(folder, settings.path),
    text: settings.path,
    what: 'destination',
    place: child(place, 'path'),
    pipeline,
  }));
  return [...own, ...delivered];
}

export const uniqueNames: CommonRule = function* (drafts) {
  const first = new Map<string, Draft>();
  for (const draft of drafts) {
    const name = writtenName(draft);
    if (name === undefined) continue;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, draft);
    else yield* bothPlaces(name, earlier, draft);
  }
};

/** The name in the file, not the one that stands in for a wrong one. */
function writtenName({ whole, written }: Draft): string | undefined {
  return (whole as { name?: unknown }).name === written.name ? written.name : undefined;
}

function* bothPlaces(name: string, earlier: Draft, later: Draft): Iterable<Diagnostic> {
  const hint = { hint: 'state is kept under the name: give each pipeline its own' };
  const message = `the name "${name}" is taken by ${earlier.place.file}`;
  yield problem(codes.duplicatePipeline, message, child(later.place, 'name'), hint);
}
