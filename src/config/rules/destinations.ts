import { extname, resolve } from 'node:path';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { problem } from '../problem.ts';
import { packageKind, stagedFile, stagedPackage } from '../resolve/extract.ts';
import { asOneFile } from '../values/file-names.ts';
import type { CommonRule, Rule } from './rule.ts';

/**
 * Checks the kind of file: a template makes a package of the extract, and Tableau distinguishes the two by their names.
 */
export const destinationKind: Rule = function* (draft) {
  const { destinations, whole } = draft;
  const isPacked = (whole as { template?: unknown }).template !== undefined;
  const wanted = isPacked ? packageKind(draft) : '.hyper';
  for (const { settings, place } of destinations) {
    if (settings.type !== 'file') continue;
    const { path } = settings;
    if (path.toLowerCase().endsWith(wanted) || isPlaceholder(path)) continue;
    const hint = isPacked
      ? wanted === '.twbx'
        ? 'with a workbook as template, a file destination writes a .twbx package'
        : 'with a template, a file destination writes a .tdsx package'
      : /\.(?:tds|twb)x$/i.test(path)
        ? `a ${extname(path).toLowerCase()} is made with a template; without one, a file destination writes a .hyper extract`
        : 'a file destination writes a .hyper extract';
    const message = `"${path}" does not end in ${wanted}`;
    yield problem(codes.destinationKind, message, child(place, 'path'), { hint });
  }
};

/** Two writers of one file would overwrite each other, whichever comes last. */
export const oneWriterPerFile: CommonRule = function* (drafts) {
  const writers = new Map<string, Writer>();
  for (const writer of [...drafts.flatMap(stagedOf), ...drafts.flatMap(deliveriesOf)]) {
    const earlier = writers.get(asOneFile(writer.path));
    if (isPlaceholder(writer.path)) continue;
    if (earlier === undefined) {
      writers.set(asOneFile(writer.path), writer);
    } else if (writer.text !== undefined) {
      const code = writer.what === 'extract' ? codes.sameExtract : codes.sameDestination;
      const message = `${writer.text} is also the ${earlier.what} of "${earlier.pipeline}" (${earlier.place.file})`;
      const hint = writer.isItem ? { hint: 'give each item its own: put ${each.key} into the path' } : {};
      yield problem(code, message, writer.place, hint);
    }
  }
};

interface Writer {
  path: string;
  /** The path as written; the default path of a staged extract has the name of its pipeline, which is unique anyway. */
  text?: string;
  what: 'extract' | 'destination';
  place: Place;
  pipeline: string;
  isItem: boolean;
}

function stagedOf(draft: PipelineDraft): Writer[] {
  const { template } = draft.written;
  const { file } = draft.extract;
  const writer = {
    ...(typeof file === 'string' && { text: file }),
    what: 'extract' as const,
    place: child(draft.place, 'extract', 'file'),
    pipeline: draft.address,
    isItem: draft.key !== undefined,
  };
  return [
    { ...writer, path: stagedFile(draft) },
    ...(template === undefined ? [] : [{ ...writer, path: stagedPackage(draft) }]),
  ];
}

function deliveriesOf({ destinations, address, key }: PipelineDraft): Writer[] {
  return destinations.flatMap(({ settings, folder, place }) =>
    settings.type !== 'file'
      ? []
      : {
          path: resolve(folder, settings.path),
          text: settings.path,
          what: 'destination',
          place: child(place, 'path'),
          pipeline: address,
          isItem: key !== undefined,
        },
  );
}

export const uniqueNames: CommonRule = function* (drafts) {
  const first = new Map<string, PipelineDraft>();
  const oneOfEach = new Map(drafts.map((draft) => [draft.loaded, draft]));
  for (const draft of oneOfEach.values()) {
    const name = writtenName(draft);
    if (name === undefined) continue;
    const earlier = first.get(asOneFile(name));
    if (earlier === undefined) first.set(asOneFile(name), draft);
    else yield* bothPlaces(name, earlier, draft);
  }
};

/** Returns the name in the file, not the substitute for an invalid one. */
function writtenName({ whole, written }: PipelineDraft): string | undefined {
  return (whole as { name?: unknown }).name === written.name ? written.name : undefined;
}

function* bothPlaces(name: string, earlier: PipelineDraft, later: PipelineDraft): Iterable<Diagnostic> {
  const hint = { hint: 'state is kept under the name: give each pipeline its own' };
  const isSame = writtenName(earlier) === name;
  const reason = isSame ? '' : ', in another case, which file names on macOS do not distinguish';
  const message = `the name "${name}" is taken by ${earlier.place.file}${reason}`;
  yield problem(codes.duplicatePipeline, message, child(later.place, 'name'), hint);
}
