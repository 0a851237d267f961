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
    if (settings.type !== 'file') continue;
    if (/\.hyper$/i.test(settings.path) || isPlaceholder(settings.path)) continue;
    const message = `"${settings.path}" does not end in .hyper`;
    const hint = { hint: 'a file destination writes a .hyper extract' };
    yield problem(codes.destinationKind, message, child(place, 'path'), hint);
  }
};

/** Two writers of one file would overwrite each other, whichever comes last. */
export const oneWriterPerFile: CommonRule = function* (drafts) {
  const writers = new Map<string, Writer>();
  for (const writer of [...drafts.map(extractOf), ...drafts.flatMap(deliveriesOf)]) {
    const earlier = writers.get(writer.path);
    if (isPlaceholder(writer.path)) continue;
    if (earlier === undefined) {
      writers.set(writer.path, writer);
    } else if (writer.text !== undefined) {
      const code = writer.what === 'extract' ? codes.sameExtract : codes.sameDestination;
      const message = `${writer.text} is also the ${earlier.what} of "${earlier.pipeline}" (${earlier.place.file})`;
      yield problem(code, message, writer.place);
    }
  }
};

interface Writer {
  path: string;
  /** As written; a staged extract that nobody placed has the name of its pipeline, which is unique anyway. */
  text?: string;
  what: 'extract' | 'destination';
  place: Place;
  pipeline: string;
}

function extractOf(draft: Draft): Writer {
  const { file } = draft.written.extract ?? {};
  return {
    path: stagedFile(draft),
    ...(typeof file === 'string' && { text: file }),
    what: 'extract',
    place: child(draft.place, 'extract', 'file'),
    pipeline: draft.written.name,
  };
}

function deliveriesOf({ destinations, written }: Draft): Writer[] {
  return destinations.flatMap(({ settings, folder, place }) =>
    settings.type !== 'file'
      ? []
      : {
          path: resolve(folder, settings.path),
          text: settings.path,
          what: 'destination',
          place: child(place, 'path'),
          pipeline: written.name,
        },
  );
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
