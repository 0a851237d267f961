import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readRequest } from '../rest/body.ts';
import { childOf } from '../rest/element.ts';
import { refuse } from '../rest/refusal.ts';
import { findContent, mayChange, nounOf, tagsElement } from './content.ts';

/** Adds tags and keeps those there are. */
export async function addTags(call: UserCall): Promise<Answer> {
  const content = findContent(call);
  const root = await readRequest(call.body, call.headers['content-type']);
  const tags = childOf(root, 'tags');
  if (tags === undefined) throw refuse('400000', 'The request needs <tags>.');
  if (!mayChange(call.world, content, call.user)) {
    throw refuse('403004', 'You do not have permission to add tags.');
  }
  const labels = tags.children.flatMap((tag) => splitLabel(tag.attributes.label ?? ''));
  if (labels.includes('')) throw refuse('400075', `There was a problem adding tags to the ${nounOf(call)}.`);
  content.tags = [...new Set([...content.tags, ...labels])];
  return answer(200, [tagsElement(content.tags)]);
}

/**
 * Splits a label as the server does, at spaces and commas unless it is in double quotes, which are not part of the
 * tag (tableau/server-client-python #1738 and #1782, tried there against Tableau Online).
 */
function splitLabel(label: string): string[] {
  const pieces = label.matchAll(/"([^"]*)"|[^\s,"]+/g);
  const labels = [...pieces].map(([whole, quoted]) => quoted ?? whole);
  return labels.length === 0 ? [''] : labels;
}

export function deleteTag(call: UserCall): Answer {
  const content = findContent(call);
  const label = call.params.tag ?? '';
  if (!mayChange(call.world, content, call.user)) {
    throw refuse('403004', 'You do not have permission to delete the tag.');
  }
  if (!content.tags.includes(label)) throw refuse('404007', `Tag '${label}' could not be found.`);
  content.tags = content.tags.filter((tag) => tag !== label);
  return answer(204);
}
