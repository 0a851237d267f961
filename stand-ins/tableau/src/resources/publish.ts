import path from 'node:path';

import type { UserCall, UserHandler } from '../call.ts';
import { appendExtract } from '../extracts/append.ts';
import { lookInto, type Contents } from '../extracts/sniff.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { refuse, refuseAsProxy } from '../rest/refusal.ts';
import type { Version } from '../settings.ts';
import type { Content, Job, Project, World } from '../world.ts';
import { currentFile, mayPublishInto } from '../world.ts';
import { contentNamed } from './content.ts';
import type { Form } from './form.ts';
import { receiveForm } from './form.ts';
import { newJobElement, startJob } from './jobs.ts';
import { findProject } from './projects.ts';
import type { Asked, FileType, PublishQuery } from './publish-request.ts';
import { readFileType, readPublishQuery } from './publish-request.ts';
import type { Publication } from './publication.ts';
import { countPublication } from './rate-limit.ts';
import { consumeUpload, findUpload, sizeOf } from './uploads.ts';

/** What distinguishes the publication of data sources from that of workbooks. */
export interface PublishKind<Wanted extends Asked, One extends Content> {
  element: 'datasource' | 'workbook';
  noun: string;
  jobType: Job['type'];
  files: readonly FileType[];
  readPayload: (payload: string, version: Version) => Wanted;
  all: (world: World) => One[];
  /** Makes a checked publication the truth. */
  record: (
    call: UserCall,
    publication: Publication<Wanted>,
    contents: Contents,
    existing: One | undefined,
  ) => Promise<One>;
  toElement: (one: One, call: UserCall) => Element;
}

/** The handler that publishes content of a kind. */
export function publisherOf<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
): UserHandler {
  return async (call) => {
    const query = readPublishQuery(call, kind.element);
    countPublication(call);
    const { singlePublishBytes, singlePublishRefusal } = call.world.settings;
    const form = await receiveForm(call, {
      filePart: `tableau_${kind.element}`,
      limit: singlePublishBytes,
      onTooLarge: () =>
        singlePublishRefusal === 413
          ? refuseAsProxy(413)
          : refuse('400000', 'The file is too large for a single request.'),
    });
    try {
      const publication = await check(kind, call, query, form);
      return await start(kind, call, publication);
    } catch (error) {
      if (form.file !== undefined) await call.store.remove(form.file.path);
      throw error;
    }
  };
}

async function check<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
  call: UserCall,
  query: PublishQuery,
  form: Form,
): Promise<Publication<Wanted>> {
  const { world, site, user, version } = call;
  const asked = kind.readPayload(form.payload, version);
  const project =
    asked.projectId === undefined
      ? world.projects.find((candidate) => candidate.siteId === site.id && candidate.isDefault)
      : findProject(call, asked.projectId);
  if (project === undefined) throw refuse('404005', 'The site has no default project.');
  if (!mayPublishInto(project, user)) {
    throw refuse('403007', `You do not have permission to publish to the project '${project.name}'.`);
  }

  const type = typeOf(kind, query, form);
  const fileName = form.file?.fileName ?? '';
  const name = asked.name ?? path.basename(fileName, path.extname(fileName));
  if (name === '') throw refuse('400000', `The ${kind.noun} needs a name.`);
  checkMode(kind, call, { mode: query.mode, type, project, name });

  const upload = query.uploadSessionId === undefined ? undefined : findUpload(call, query.uploadSessionId);
  const size = form.file?.size ?? (upload === undefined ? 0 : sizeOf(upload));
  const all = [...world.dataSources, ...world.workbooks];
  const held = all.reduce((sum, content) => sum + currentFile(content).size, 0);
  if (held + size > world.settings.storageQuotaBytes) {
    throw refuse('403008', 'There is not enough storage remaining on the site.');
  }
  const file = upload === undefined ? form.file : await consumeUpload(call, upload);
  if (file === undefined) throw missing(kind.noun);
  return { query, asked, name, project, file: { ...file, type, name: fileName === '' ? name : fileName } };
}

const missing = (noun: string) => refuse('400000', `Missing ${noun}: there is no attachment.`);

function typeOf(
  { element, noun, files }: Pick<PublishKind<never, never>, 'element' | 'noun' | 'files'>,
  query: PublishQuery,
  form: Form,
): FileType {
  if (query.uploadSessionId !== undefined) {
    if (form.file !== undefined) {
      throw refuse('400010', 'Unexpected attachments: the file was uploaded to the upload session.');
    }
    return readFileType(query.type, files, `${element}Type`);
  }
  if (form.file === undefined) throw missing(noun);
  return readFileType(path.extname(form.file.fileName).slice(1), files, 'The suffix of the file name');
}

function checkMode<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
  { world }: UserCall,
  {
    mode,
    type,
    project,
    name,
  }: { mode: PublishQuery['mode']; type: FileType; project: Project; name: string },
): One | undefined {
  const existing = contentNamed(kind.all(world), project, name);
  if (mode === 'append') {
    if (type !== 'hyper') {
      throw refuse('400054', `Only a '.hyper' or '.tde' file can be appended to a datasource.`);
    }
    if (existing === undefined) throw refuse('404004', `Datasource '${name}' could not be found.`);
  }
  if (mode === 'create' && existing !== undefined) {
    throw refuse(
      '403007',
      `The ${kind.element} '${name}' already exists and may not be overwritten without the 'overwrite' flag set to 'true'.`,
    );
  }
  return existing;
}

async function start<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
  call: UserCall,
  publication: Publication<Wanted>,
): Promise<Answer> {
  if (publication.query.asJob) {
    const job = startJob(call, { type: kind.jobType, subject: undefined }, async (isCancelled) => {
      await publish(kind, call, publication, isCancelled);
    });
    return answer(202, [newJobElement(job)]);
  }
  const published = await publish(kind, call, publication, () => false);
  if (published === undefined) throw new Error('a publication without a job cannot be cancelled');
  return answer(201, [kind.toElement(published, call)]);
}

async function publish<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
  call: UserCall,
  publication: Publication<Wanted>,
  isCancelled: () => boolean,
): Promise<One | undefined> {
  try {
    return await lookAndRecord(kind, call, publication, isCancelled);
  } catch (error) {
    await call.store.remove(publication.file.path);
    throw error;
  }
}

async function lookAndRecord<Wanted extends Asked, One extends Content>(
  kind: PublishKind<Wanted, One>,
  call: UserCall,
  publication: Publication<Wanted>,
  isCancelled: () => boolean,
): Promise<One | undefined> {
  const { store, hyper, version } = call;
  const { project, name, query } = publication;
  let { file } = publication;
  const asked = { mode: query.mode, type: file.type, project, name };
  const contents = await lookInto(file, { store, hyper, version });
  const target = checkMode(kind, call, asked);
  if (query.mode === 'append' && target !== undefined) {
    file = { ...file, ...(await appendExtract(currentFile(target), file, { store, hyper })) };
  }
  await call.effects.beforeCommit();
  if (isCancelled()) return undefined;
  // Others may have published while this one was looked into.
  const existing = checkMode(kind, call, asked);
  return kind.record(call, { ...publication, file }, contents, existing);
}
