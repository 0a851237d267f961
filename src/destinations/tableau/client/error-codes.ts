import type { TableauDestination } from '../../../model/config/destination.ts';
import type { Refused } from './http/answer.ts';
import { kindOf, type ContentKind } from './resources/content-kind.ts';

export interface Explanation {
  /** The error code of extracts. */
  code: string;
  /** Follows the name of the server. */
  text: string;
  hint: string;
}

type Explain = Explanation | ((refused: Refused, destination: TableauDestination) => Explanation);

/** Explains a refusal and its remedy, by the server's code, otherwise by the HTTP status. */
export function explainCode(refused: Refused, destination: TableauDestination): Explanation {
  const explain = byCode[refused.code ?? ''] ?? byStatus[refused.status] ?? other;
  return explained(explain, refused, destination);
}

function explained(explain: Explain, refused: Refused, destination: TableauDestination): Explanation {
  return typeof explain === 'function' ? explain(refused, destination) : explain;
}

const permission = (text: string, hint: string): Explanation => ({ code: 'EXT5107', text, hint });
const file = (text: string, hint: string): Explanation => ({ code: 'EXT5109', text, hint });
const stale = (text: string, hint: string): Explanation => ({ code: 'EXT5115', text, hint });
const ours = (text: string): Explanation => ({
  code: 'EXT5116',
  text,
  hint: 'what is published is as it was; please report this with the codes',
});

/** Says what the destination publishes. */
const ofKind =
  (explain: (kind: ContentKind) => Explanation): Explain =>
  (_, destination) =>
    explain(kindOf(destination));

const notConnected = ofKind(({ noun }) =>
  file(`could not connect to what the ${noun} refers to`, 'check the template’s connections'),
);

const mayNotChange = ofKind(({ noun }) =>
  permission(`does not let us change this ${noun}`, 'its owner or an administrator can'),
);

const gone = ofKind(({ noun }) =>
  stale(`no longer has such a ${noun}`, 'plan again: another user deleted it meanwhile'),
);

const signInAgain: Explanation = {
  code: 'EXT5104',
  text: 'no longer accepts the session',
  hint: 'run again; if it stays, the token was revoked, or has expired',
};

/** Codes of the REST API reference, and of what its official clients have met. */
const byCode: Readonly<Record<string, Explain>> = {
  '400000': ({ detail }) =>
    /fact table/i.test(detail)
      ? file(
          'cannot make a data source of the extract: its tables must form one tree',
          'relationships: lead from exactly one table to all others, each reached by one way; or put the extract into a template',
        )
      : ours('did not understand the request'),
  '400006': {
    code: 'EXT5111',
    text: 'changed a list again and again while it was read',
    hint: 'items were removed meanwhile; run again later',
  },
  '400008': ours('did not understand a parameter'),
  '400010': ofKind(({ noun, files }) =>
    file(
      'does not take this kind of file',
      `a ${noun} is published from a ${files.map((one) => `.${one}`).join(' or a ')}`,
    ),
  ),
  '400011': file(
    'could not publish the file',
    'does the server’s version know what is in it (several tables need 2021.4, extract version 3 needs 2022.4: try extract: {version: 2})?',
  ),
  '400016': file('takes no chunk of this size', 'set chunk_size: to what the message allows'),
  '400019': ours('did not understand the request'),
  '400020': ours('missed the bytes of a chunk'),
  '400054': file('appends .hyper files only', 'mode: append takes no template'),
  '400055': ours('was asked to overwrite and to append at once'),
  '400065': ours('did not understand a filter'),
  '400075': ours('did not take the tags'),
  '401000': signInAgain,
  '401001': { ...signInAgain, text: 'refused the sign-in', hint: 'check the credentials and the site' },
  '401002': signInAgain,
  '401003': { ...signInAgain, text: 'does not know the site', hint: 'check site:' },
  '403003': permission('does not let us do that', 'ask an administrator of the site for the right'),
  '403004': ofKind(({ noun }) =>
    permission(
      `does not let us change this ${noun}`,
      'its owner, a project leader or an administrator can; a connected app also needs the scopes for it',
    ),
  ),
  '403007': (refused, destination) => {
    const { detail } = refused;
    if (/already exists/i.test(detail))
      return {
        code: 'EXT5108',
        text: `has a ${kindOf(destination).noun} "${destination.name}" already`,
        hint: 'mode: overwrite replaces it; or give another name:',
      };
    if (/licen[sc]e/i.test(detail))
      return permission(
        'gives our user no licence to publish',
        'it needs a Creator or Explorer (Can Publish) role',
      );
    if (/connect/i.test(detail)) return explained(notConnected, refused, destination);
    return permission(
      'does not let us publish into the project',
      'the project’s leader or an administrator gives the right (Publish); or take another project:',
    );
  },
  '403008': {
    code: 'EXT5110',
    text: 'has no room left for the extract on this site',
    hint: 'the site’s storage quota is used up: delete something there, or ask an administrator',
  },
  '403014': ours('was asked for too many items at once'),
  '403015': permission(
    'does not let us publish on this site',
    'our user needs a role that publishes: Creator or Explorer (Can Publish)',
  ),
  '403016': file('stopped the upload', 'fewer and larger chunks (chunk_size:) may help'),
  '403027': permission('does not let us change the owner', 'an administrator can'),
  '403030': ofKind(({ noun }) =>
    permission(`does not let us move the ${noun}`, 'ask for the right to publish into the project'),
  ),
  '403032': mayNotChange,
  '403045': permission(
    'does not let us create projects',
    'let an administrator create it, and leave create_project: away',
  ),
  '403062': file(
    'has a data source with several connections there',
    'method: update takes one with a single extract',
  ),
  '403131': notConnected,
  '403132': notConnected,
  '403141': mayNotChange,
  '404000': stale('does not know the site of our session', 'check site:'),
  '404003': stale(
    'has no such part of the API',
    'is it older than 2019.4? then publishing by tokens is not possible',
  ),
  '404004': gone,
  '404005': stale('no longer has such a project', 'plan again: another user deleted it meanwhile'),
  '404006': gone,
  '404015': stale('has forgotten the upload', 'run again'),
  '404018': stale('has forgotten the job', 'plan again: it shows what came of it'),
  '405000': ours('does not know that verb'),
  '409006': stale('has a project of that name already', 'plan again'),
  '409015': ofKind(({ noun }) =>
    stale(`has another ${noun} of that name in the project`, 'give another name:'),
  ),
};

const busy: Explanation = {
  code: 'EXT5111',
  text: 'cannot serve us now',
  hint: 'it was asked several times; run again later',
};

const byStatus: Readonly<Record<number, Explain>> = {
  401: signInAgain,
  403: permission('does not let us do that', 'ask an administrator of the site for the right'),
  408: busy,
  413: file(
    'or a proxy before it takes no request of this size',
    'lower request_limit: (files above it are sent in chunks) and chunk_size:',
  ),
  429: {
    ...busy,
    text: 'counts too many calls',
    hint: 'it was waited for; run again later, or with fewer runs at once',
  },
  500: busy,
  502: busy,
  503: busy,
  504: busy,
};

const other: Explain = ({ body, status }) =>
  body === 'api'
    ? ours('refused the request')
    : {
        code: 'EXT5103',
        text:
          status < 300
            ? 'answered with something that is no answer of Tableau'
            : 'did not answer as Tableau does',
        hint: 'is there a login page or a proxy before it?',
      };
