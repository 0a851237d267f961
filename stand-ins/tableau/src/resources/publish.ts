import path from 'node:path';

import type { UserCall } from '../call.ts';
import { appendExtract } from '../extracts/append.ts';
import { lookInto } from '../extracts/sniff.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { refuse, refuseAsProxy } from '../rest/refusal.ts';
import type { DataSource, Project, StoredFile } from '../world.ts';
import { currentFile, mayPublishInto } from '../world.ts';
import { dataSourceElement, dataSourceNamed } from './data-sources.ts';
import type { Form } from './form.ts';
import { receiveForm } from './form.ts';
import { newJobElement, startJob } from './jobs.ts';
import { findProject } from './projects.ts';
import type { PublishQuery } from './publish-request.ts';
import { readFileType, readPublishPayload, readPublishQuery } from './publish-request.ts';
import { recordPublication, type Publication } from './publication.ts';
import { countPublication } from './rate-limit.ts';
import { consumeUpload, findUpload, sizeOf } from './uploads.ts';

export async function publishDataSource(call: UserCall): Promise<Answer> {
  const query = readPublishQuery(call);
  countPublication(call);
  const { singlePublishBytes, singlePublishRefusal } = call.world.settings;
  const form = await receiveForm(call, {
    filePart: 'tableau_datasource',
    limit: singlePublishBytes,
    onTooLarge: () =>
      singlePublishRefusal === 413
        ? refuseAsProxy(413)
        : refuse('400000', 'The file is too large for a single request.'),
  });
  try {
    const publication = await check(call, query, form);
    return await start(call, publication);
  } catch (error) {
    if (form.file !== undefined) await call.store.remove(form.file.path);
    throw error;
  }
}

async function check(call: UserCall, query: PublishQuery, form: Form): Promise<Publication> {
  const { world, site, user, version } = call;
  const asked = readPublishPayload(form.payload, version);
  const project =
    asked.projectId === undefined
      ? world.projects.find((candidate) => candidate.siteId === site.id && candidate.isDefault)
      : findProject(call, asked.projectId);
  if (project === undefined) throw refuse('404005', 'The site has no default project.');
  if (!mayPublishInto(project, user)) {
    throw refuse('403007', `You do not have permission to publish to the project '${project.name}'.`);
  }

  const type = typeOf(query, form);
  const fileName = form.file?.fileName ?? '';
  const name = asked.name ?? path.basename(fileName, path.extname(fileName));
  if (name === '') throw refuse('400000', 'The data source needs a name.');
  checkMode(call, query.mode, type, project, name);

  const upload = query.uploadSessionId === undefined ? undefined : findUpload(call, query.uploadSessionId);
  const size = form.file?.size ?? (upload === undefined ? 0 : sizeOf(upload));
  const held = world.dataSources.reduce((sum, dataSource) => sum + currentFile(dataSource).size, 0);
  if (held + size > world.settings.storageQuotaBytes) {
    throw refuse('403008', 'There is not enough storage remaining on the site.');
  }
  const file = upload === undefined ? form.file : await consumeUpload(call, upload);
  if (file === undefined) throw refuse('400000', 'Missing data source: there is no attachment.');
  return { query, asked, name, project, file: { ...file, type, name: fileName === '' ? name : fileName } };
}

function typeOf(query: PublishQuery, form: Form): StoredFile['type'] {
  if (query.uploadSessionId !== undefined) {
    if (form.file !== undefined) {
      throw refuse('400010', 'Unexpected attachments: the file was uploaded to the upload session.');
    }
    return readFileType(query.type, 'datasourceType');
  }
  if (form.file === undefined) throw refuse('400000', 'Missing data source: there is no attachment.');
  return readFileType(path.extname(form.file.fileName).slice(1), 'The suffix of the file name');
}

function checkMode(
  call: UserCall,
  mode: PublishQuery['mode'],
  type: StoredFile['type'],
  project: Project,
  name: string,
): DataSource | undefined {
  const existing = dataSourceNamed(call.world, project, name);
  if (mode === 'append') {
    if (type !== 'hyper') {
      throw refuse('400054', `Only a '.hyper' or '.tde' file can be appended to a datasource.`);
    }
    if (existing === undefined) throw refuse('404004', `Datasource '${name}' could not be found.`);
  }
  if (mode === 'create' && existing !== undefined) {
    throw refuse(
      '403007',
      `The datasource '${name}' already exists and may not be overwritten without the 'overwrite' flag set to 'true'.`,
    );
  }
  return existing;
}

async function start(call: UserCall, publication: Publication): Promise<Answer> {
  if (publication.query.asJob) {
    const job = startJob(call, { type: 'PublishDatasource', subject: undefined }, async (isCancelled) => {
      await publish(call, publication, isCancelled);
    });
    return answer(202, [newJobElement(job)]);
  }
  const published = await publish(call, publication, () => false);
  if (published === undefined) throw new Error('a publication without a job cannot be cancelled');
  return answer(201, [dataSourceElement(published, call)]);
}

async function publish(
  call: UserCall,
  publication: Publication,
  isCancelled: () => boolean,
): Promise<DataSource | undefined> {
  try {
    return await lookAndRecord(call, publication, isCancelled);
  } catch (error) {
    await call.store.remove(publication.file.path);
    throw error;
  }
}

async function lookAndRecord(
  call: UserCall,
  publication: Publication,
  isCancelled: () => boolean,
): Promise<DataSource | undefined> {
  const { store, hyper, version } = call;
  const { project, name, query } = publication;
  let { file } = publication;
  const contents = await lookInto(file, { store, hyper, version });
  const target = checkMode(call, query.mode, file.type, project, name);
  if (query.mode === 'append' && target !== undefined) {
    file = { ...file, ...(await appendExtract(currentFile(target), file, { store, hyper })) };
  }
  await call.effects.beforeCommit();
  if (isCancelled()) return undefined;
  // Others may have published while this one was looked into.
  const existing = checkMode(call, query.mode, file.type, project, name);
  return recordPublication(call, { ...publication, file }, contents, existing);
}
