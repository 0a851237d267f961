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
  /** The type from `datasourceType` or `workbookType`; it counts only for an upload session, a single publish goes by its file name. */
  type: string | undefined;
}

export function readPublishQuery(call: UserCall, element: 'datasource' | 'workbook'): PublishQuery {
  const { query, version } = call;
  const flag = (name: string) => readBoolean(query.get(name) ?? undefined, name);
  const overwrite = flag('overwrite');
  // No rows can be added to a workbook; it alone has connections that publishing tries.
  const append = element === 'datasource' && flag('append');
  if (element === 'workbook') flag('skipConnectionCheck');
  if (overwrite && append) {
    throw refuse('400055', 'The overwrite and append parameters cannot both be set to true.');
  }
  // Unknown parameters are ignored, and so is this one by servers that are too old for it.
  const asJob = isAtLeast(version, '3.0') && flag('asJob');
  return {
    mode: overwrite ? 'overwrite' : append ? 'append' : 'create',
    asJob,
    uploadSessionId: query.get('uploadSessionId') ?? undefined,
    type: query.get(`${element}Type`) ?? undefined,
  };
}

export type FileType = StoredFile['type'];

export function readFileType(
  type: string | undefined,
  known: readonly FileType[],
  subject: string,
): FileType {
  const found = known.find((one) => one === type?.toLowerCase());
  if (found === undefined) {
    throw refuse('400010', `${subject} must be one of ${[...known].sort().join(', ')}.`);
  }
  return found;
}

/** What a payload says of both kinds. */
export interface Asked {
  name: string | undefined;
  projectId: string | undefined;
  description: string | undefined;
  encryptExtracts: boolean;
}

export interface AskedWorkbook extends Asked {
  showTabs: boolean;
}

export interface AskedDataSource extends Asked {
  isCertified: boolean | undefined;
  certificationNote: string | undefined;
  useRemoteQueryAgent: boolean;
  askData: string | undefined;
}

/** The attributes and children that an element may have. */
interface Grammar {
  element: 'datasource' | 'workbook';
  attributes: readonly string[];
  children: readonly string[];
}

const dataSourceGrammar: Grammar = {
  element: 'datasource',
  attributes: [
    'name',
    'description',
    'useRemoteQueryAgent',
    'encryptExtracts',
    'isCertified',
    'certificationNote',
  ],
  children: ['project', 'askData', 'connectionCredentials', 'connections', 'owner', 'site', 'tags'],
};

const workbookGrammar: Grammar = {
  element: 'workbook',
  attributes: ['name', 'description', 'showTabs', 'encryptExtracts', 'thumbnailsUserId', 'thumbnailsGroupId'],
  children: ['project', 'connectionCredentials', 'connections', 'owner', 'site', 'tags', 'views'],
};

/**
 * Reads the `request_payload` of a publication: 400019 if it is not the XML that it must be, 400000 for unknown elements
 * and attributes.
 */
function readPayload(payload: string, version: Version, grammar: Grammar): Element {
  const asked = childOf(rootOf(payload), grammar.element);
  if (asked === undefined) throw refuse('400000', `The request_payload needs a <${grammar.element}>.`);
  const known = isAtLeast(version, '2.8')
    ? grammar.children
    : grammar.children.filter((name) => name !== 'connections');
  for (const child of asked.children) {
    if (!known.includes(child.name)) {
      const expected = known.map((name) => `<{}${name}>`).join(',');
      const problem = `unexpected element (uri:"", local:"${child.name}"). Expected elements are ${expected}`;
      throw refuse('400000', `Deserialization problem: ${problem}`);
    }
  }
  const stranger = Object.keys(asked.attributes).find((name) => !grammar.attributes.includes(name));
  if (stranger !== undefined) {
    throw refuse(
      '400000',
      `Deserialization problem: attribute '${stranger}' is not allowed in '${grammar.element}'.`,
    );
  }
  checkCredentials(asked);
  return asked;
}

const commonOf = (asked: Element): Asked => ({
  name: asked.attributes.name,
  projectId: childOf(asked, 'project')?.attributes.id,
  description: asked.attributes.description,
  encryptExtracts: readBoolean(asked.attributes.encryptExtracts, 'encryptExtracts'),
});

/** Workbooks have a description from 3.21 on; older servers drop it. Tabs are hidden unless it says otherwise. */
export function readWorkbookPayload(payload: string, version: Version): AskedWorkbook {
  const asked = readPayload(payload, version, workbookGrammar);
  const common = commonOf(asked);
  return {
    ...common,
    description: isAtLeast(version, '3.21') ? common.description : undefined,
    showTabs: readBoolean(asked.attributes.showTabs, 'showTabs'),
  };
}

export function readDataSourcePayload(payload: string, version: Version): AskedDataSource {
  const asked = readPayload(payload, version, dataSourceGrammar);
  const { attributes } = asked;
  const flag = (name: string) => readBoolean(attributes[name], name);
  return {
    ...commonOf(asked),
    isCertified: attributes.isCertified === undefined ? undefined : flag('isCertified'),
    certificationNote: attributes.certificationNote,
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
