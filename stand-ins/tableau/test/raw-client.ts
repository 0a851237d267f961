import { readFile } from 'node:fs/promises';

import type { Element } from '../src/rest/element.ts';
import { childOf, descendants } from '../src/rest/element.ts';
import { parseXml } from '../src/rest/xml.ts';
import { demo } from '../src/seed.ts';

/** The answer, read as far as possible. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The root of an XML answer. */
  root: Element | undefined;
  /** The six-digit code and the detail of an error answer. */
  code: string | undefined;
  detail: string | undefined;
}

export interface RawRequest {
  body?: string | Buffer;
  headers?: Record<string, string>;
}

/** Requests by hand, as a test writes them: nothing is checked, retried or hidden. */
export interface RawClient {
  url: string;
  site: string;
  user: string;
  token: string;
  /** Sends to a path below `/api/3.27`; `:site` is replaced by the signed-in site's id. */
  send: (method: string, path: string, request?: RawRequest) => Promise<RawAnswer>;
  sendXml: (method: string, path: string, xml: string) => Promise<RawAnswer>;
}

export async function sendRaw(url: string, method: string, request: RawRequest = {}): Promise<RawAnswer> {
  const { body, headers = {} } = request;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  const text = await response.text();
  const isXml = response.headers.get('content-type')?.includes('xml') === true;
  const root = isXml ? parseXml(text, 'request') : undefined;
  const error = root && childOf(root, 'error');
  return {
    status: response.status,
    headers: response.headers,
    text,
    root,
    code: error?.attributes.code,
    detail: error && childOf(error, 'detail')?.text,
  };
}

export interface SignIn {
  version?: string;
  site?: string;
  /** The attributes of `<credentials>`; the demo token's if absent. */
  credentials?: Record<string, string>;
}

export function signInBody({ credentials, site = demo.site }: SignIn = {}): string {
  const given = credentials ?? {
    personalAccessTokenName: demo.patName,
    personalAccessTokenSecret: demo.patSecret,
  };
  const attributes = Object.entries(given).map(([name, value]) => ` ${name}="${value}"`);
  return `<tsRequest><credentials${attributes.join('')}><site contentUrl="${site}"/></credentials></tsRequest>`;
}

export async function trySignIn(url: string, how: SignIn = {}): Promise<RawAnswer> {
  const headers = { 'Content-Type': 'text/xml' };
  return sendRaw(`${url}/api/${how.version ?? '3.27'}/auth/signin`, 'POST', {
    body: signInBody(how),
    headers,
  });
}

/** Signs in and throws if that fails. */
export async function signedIn(url: string, how: SignIn = {}): Promise<RawClient> {
  const answer = await trySignIn(url, how);
  const credentials = answer.root && childOf(answer.root, 'credentials');
  const token = credentials?.attributes.token;
  const site = credentials && childOf(credentials, 'site')?.attributes.id;
  const user = credentials && childOf(credentials, 'user')?.attributes.id;
  if (token === undefined || site === undefined || user === undefined) {
    throw new Error(`sign-in failed: ${answer.status} ${answer.text}`);
  }
  const send: RawClient['send'] = (method, path, request = {}) =>
    sendRaw(`${url}/api/${how.version ?? '3.27'}${path.replace(':site', site)}`, method, {
      ...request,
      headers: { 'X-Tableau-Auth': token, ...request.headers },
    });
  return {
    url,
    site,
    user,
    token,
    send,
    sendXml: (method, path, xml) =>
      send(method, path, { body: xml, headers: { 'Content-Type': 'text/xml' } }),
  };
}

const boundary = '6691a87289ac461bab2c945741f136e6';

export interface FormFile {
  /** The name of the part. */
  part: string;
  fileName: string;
  bytes: Buffer;
}

/** A multipart/mixed request of a payload and at most one file. */
export function form(payload: string, file?: FormFile): Required<RawRequest> {
  const parts = [
    `Content-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n`,
    payload,
    ...(file === undefined
      ? []
      : [
          `\r\n--${boundary}\r\nContent-Disposition: name="${file.part}"; filename="${file.fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
          file.bytes,
        ]),
  ];
  const body = Buffer.concat(
    [`--${boundary}\r\n`, ...parts, `\r\n--${boundary}--\r\n`].map((part) => Buffer.from(part as string)),
  );
  return { body, headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}` } };
}

export function publishPayload(name: string, projectId?: string, inner = ''): string {
  const project = projectId === undefined ? '' : `<project id="${projectId}"/>`;
  return `<tsRequest><datasource name="${name}">${project}${inner}</datasource></tsRequest>`;
}

/** `attributes` are those beside the name: `showTabs="true"`. */
export function workbookPayload(name: string, projectId?: string, attributes = ''): string {
  const project = projectId === undefined ? '' : `<project id="${projectId}"/>`;
  return `<tsRequest><workbook name="${name}" ${attributes}>${project}</workbook></tsRequest>`;
}

export interface Publication {
  name: string;
  file: string;
  project?: string;
  /** Such as `overwrite=true&asJob=true`. */
  query?: string;
}

/** Publishes a file in one request; the part's file name is the file's. */
export async function publish(
  client: RawClient,
  { name, file, project, query = '' }: Publication,
): Promise<RawAnswer> {
  const fileName = file.split('/').at(-1) ?? '';
  const bytes = await readFile(file);
  const request = form(publishPayload(name, project), { part: 'tableau_datasource', fileName, bytes });
  return client.send('POST', `/sites/:site/datasources?${query}`, request);
}

/** Publishes a workbook in one request. */
export async function publishWorkbook(
  client: RawClient,
  { name, file, project, query = '' }: Publication,
  attributes = '',
): Promise<RawAnswer> {
  const fileName = file.split('/').at(-1) ?? '';
  const bytes = await readFile(file);
  const payload = workbookPayload(name, project, attributes);
  const request = form(payload, { part: 'tableau_workbook', fileName, bytes });
  return client.send('POST', `/sites/:site/workbooks?${query}`, request);
}

/** Uploads bytes in chunks and answers the upload's id. */
export async function upload(client: RawClient, chunks: readonly Buffer[]): Promise<string> {
  const begun = await client.send('POST', '/sites/:site/fileUploads');
  const id = only(begun, 'fileUpload').attributes.uploadSessionId ?? '';
  for (const chunk of chunks) {
    const answer = await append(client, id, chunk);
    if (answer.status >= 300) throw new Error(`append failed: ${answer.status} ${answer.text}`);
  }
  return id;
}

export function append(client: RawClient, id: string, chunk: Buffer, query = ''): Promise<RawAnswer> {
  const request = form('', { part: 'tableau_file', fileName: 'file', bytes: chunk });
  return client.send('PUT', `/sites/:site/fileUploads/${id}?${query}`, request);
}

/** Asks for the job of an answer until it is complete. */
export async function awaitJob(client: RawClient, started: RawAnswer): Promise<Element> {
  const id = only(started, 'job').attributes.id ?? '';
  for (;;) {
    const job = only(await client.send('GET', `/sites/:site/jobs/${id}`), 'job');
    if (job.attributes.completedAt !== undefined) return job;
  }
}

/** All elements of a name in the answer. */
export function all(answer: RawAnswer, name: string): Element[] {
  return answer.root === undefined ? [] : descendants(answer.root, (element) => element.name === name);
}

/** The one element of this name directly below the root; throws with the whole answer when it is not there. */
export function only(answer: RawAnswer, name: string): Element {
  const found = answer.root && childOf(answer.root, name);
  if (found === undefined) throw new Error(`no <${name}> in: ${answer.status} ${answer.text}`);
  return found;
}
