import type { UserCall } from '../call.ts';
import type { Element } from '../rest/element.ts';
import { childOf } from '../rest/element.ts';
import { requestRoot } from '../rest/body.ts';
import { refuse } from '../rest/refusal.ts';
import { parseXml } from '../rest/xml.ts';
import type { Version } from '../settings.ts';
import { isAtLeast } from '../settings.ts';
import type { StoredFile } from '../world.ts';
import { readBoolean } from './booleans.ts';

export interface PublishQuery {
  mode: 'create' | 'overwrite' | 'append';
  asJob: boolean;
  uploadSessionId: string | undefined;
  /** The type from `datasourceType`; it counts only for an upload session, a single publish goes by its file name. */
  type: string | undefined;
}

export function readPublishQuery({ query, version }: UserCall): PublishQuery {
  const overwrite = readBoolean(query.get('overwrite') ?? undefined, 'overwrite');
  const append = readBoolean(query.get('append') ?? undefined, 'append');
  if (overwrite && append) {
    throw refuse('400055', 'The overwrite and append parameters cannot both be set to true.');
  }
  // Unknown parameters are ignored, and so is this one by servers that are too old for it.
  const asJob = isAtLeast(version, '3.0') && readBoolean(query.get('asJob') ?? undefined, 'asJob');
  return {
    mode: overwrite ? 'overwrite' : append ? 'append' : 'create',
    asJob,
    uploadSessionId: query.get('uploadSessionId') ?? undefined,
    type: query.get('datasourceType') ?? undefined,
  };
}

const fileTypes: readonly string[] = ['hyper', 'tdsx', 'tds'] satisfies StoredFile['type'][];

export function readFileType(type: string | undefined, subject: string): StoredFile['type'] {
  const known = type?.toLowerCase() ?? '';
  if (!fileTypes.includes(known)) throw refuse('400010', `${subject} must be one of hyper, tds, tdsx.`);
  return known as StoredFile['type'];
}

export interface AskedDataSource {
  name: string | undefined;
  projectId: string | undefined;
  description: string | undefined;
  isCertified: boolean | undefined;
  certificationNote: string | undefined;
  encryptExtracts: boolean;
  useRemoteQueryAgent: boolean;
  askData: string | undefined;
}

const knownAttributes = [
  'name',
  'description',
  'useRemoteQueryAgent',
  'encryptExtracts',
  'isCertified',
  'certificationNote',
];
const knownChildren = ['project', 'askData', 'connectionCredentials', 'connections', 'owner', 'site', 'tags'];

/** Reads the `request_payload` of a publish; 400019 when it is not the XML it must be, 400000 for unknown elements. */
export function readPublishPayload(payload: string, version: Version): AskedDataSource {
  const asked = childOf(rootOf(payload), 'datasource');
  if (asked === undefined) throw refuse('400000', 'The request_payload needs a <datasource>.');
  const known = isAtLeast(version, '2.8')
    ? knownChildren
    : knownChildren.filter((name) => name !== 'connections');
  for (const child of asked.children) {
    if (!known.includes(child.name)) {
      const expected = known.map((name) => `<{}${name}>`).join(',');
      const problem = `unexpected element (uri:"", local:"${child.name}"). Expected elements are ${expected}`;
      throw refuse('400000', `Deserialization problem: ${problem}`);
    }
  }
  const stranger = Object.keys(asked.attributes).find((name) => !knownAttributes.includes(name));
  if (stranger !== undefined) {
    throw refuse(
      '400000',
      `Deserialization problem: attribute '${stranger}' is not allowed in 'datasource'.`,
    );
  }
  checkCredentials(asked);
  const { attributes } = asked;
  const flag = (name: string) => readBoolean(attributes[name], name);
  return {
    name: attributes.name,
    projectId: childOf(asked, 'project')?.attributes.id,
    description: attributes.description,
    isCertified: attributes.isCertified === undefined ? undefined : flag('isCertified'),
    certificationNote: attributes.certificationNote,
    encryptExtracts: flag('encryptExtracts'),
    useRemoteQueryAgent: flag('useRemoteQueryAgent'),
    askData: childOf(asked, 'askData')?.attributes.enablement,
  };
}

function rootOf(payload: string): Element {
  try {
    return requestRoot(parseXml(payload, 'request'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse('400019', `Malformed request body: ${reason}`);
  }
}

function checkCredentials(asked: Element): void {
  const single = childOf(asked, 'connectionCredentials');
  const several = childOf(asked, 'connections');
  if (single !== undefined && several !== undefined) {
    throw refuse('400000', 'connectionCredentials and connections cannot both be given.');
  }
  const all = [single, ...(several?.children.map((child) => childOf(child, 'connectionCredentials')) ?? [])];
  for (const credentials of all) {
    if (credentials !== undefined) readBoolean(credentials.attributes.embed, 'embed');
  }
}
