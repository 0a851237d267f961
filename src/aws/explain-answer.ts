import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import type { Alien, NotS3 } from './answers.ts';
import { endpointSetting, errandUrl, serviceLabel, verbs, type BucketUser, type Errand } from './errand.ts';

/** Returns the error for an answer that no S3 service gives: what came, and which address to check. */
export function explainAnswer(error: NotS3, user: BucketUser, errand: Errand): RunError {
  const { act } = errandUrl(user, errand);
  const { alien } = error;
  const message =
    alien.kind === 'redirect'
      ? `${serviceLabel(user)} redirects ${verbs[act]} ${errandUrl(user, errand).url} to ${foreign(alien.to)}`
      : `${serviceLabel(user)} answers ${verbs[act]} ${errandUrl(user, errand).url} with ${answerToRunError(error)}: that is not S3`;
  return new RunError('EXT2214', message, {
    hint: hintFor(error, user),
    place: user.place,
    cause: error,
  });
}

/** Returns the answer as a part of a sentence: `403 and an HTML page ("Blocked")`. */
export function answerToRunError({ alien, $metadata: { httpStatusCode: status } }: NotS3): string {
  const what = labelOf(alien);
  return status < 300 ? what : `${status} and ${what}`;
}

function labelOf(alien: Alien): string {
  switch (alien.kind) {
    case 'redirect':
      return `a redirect to ${foreign(alien.to)}`;
    case 'html':
      return alien.title === undefined ? 'an HTML page' : `an HTML page ("${foreign(alien.title)}")`;
    case 'empty':
      return 'an empty body';
    case 'text':
      return `a text ("${foreign(alien.beginning)}")`;
    case 'xml':
      return `an XML document <${foreign(alien.root)}>`;
    case 'unusable':
      return foreign(alien.why);
  }
}

function hintFor({ alien, $metadata: { httpStatusCode: status } }: NotS3, user: BucketUser): string {
  const { access } = user;
  if (alien.kind === 'redirect')
    return `requests are signed for one host, so redirects are not followed; write the address of the service itself as ${endpointSetting(user)}`;
  if (alien.kind === 'unusable')
    return 'a proxy in between, or a service that lists in a way of its own; nothing of it was used';
  const said = alien.kind === 'html' ? alien.title : alien.kind === 'text' ? alien.beginning : '';
  if (access.endpoint?.startsWith('http:') === true && /\bHTTPS (?:port|server)\b/i.test(said ?? ''))
    return `this port speaks TLS: write https:// in ${endpointSetting(user)}`;
  if (status === 407) return 'a proxy wants a user and a password: write them into HTTPS_PROXY';
  return access.endpoint === undefined
    ? 'a proxy or a login page answers in its place; check the network'
    : `check ${access.endpointFrom ?? 'endpoint'}: a console, a login page or a proxy answers there; the console of a service often has another port than its S3`;
}
