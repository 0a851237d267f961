import type { Reply } from './exchange.ts';
import { childOf, parseXml, type Element } from './answer-xml.ts';
import { foreign } from '../../../../model/errors/secrets.ts';

/** A refusal by the server, or by something in front of it. */
export class Refused extends Error {
  readonly status: number;
  /** Tableau's six digits; undefined when it was not Tableau who answered. */
  readonly code: string | undefined;
  /** The detail as it was sent, in one line. */
  readonly detail: string;
  /** Seconds or an HTTP date, as it was sent. */
  readonly retryAfter: string | undefined;
  /** The form of the answer, where it was no error of the API. */
  readonly body: 'api' | 'html' | 'empty' | 'other';
  readonly location: string | undefined;

  constructor(facts: Pick<Refused, 'status' | 'code' | 'detail' | 'retryAfter' | 'body' | 'location'>) {
    super(`${facts.code ?? facts.status} ${shortened(facts.detail)}`);
    this.name = 'Refused';
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
    this.retryAfter = facts.retryAfter;
    this.body = facts.body;
    this.location = facts.location;
  }

  /** The detail for a message: without secrets, and short enough. */
  get shownDetail(): string {
    return shortened(this.detail);
  }
}

/** Returns the root of a good answer; throws `Refused` for every other, from any sender and in any form. */
export function readReply({ status, headers, text }: Reply): Element {
  const root = text.trim() === '' ? nothing : parseXml(text);
  const isGood = status >= 200 && status < 300;
  if (isGood && root?.name === 'tsResponse') return root;
  const { code, detail, body } = said(text, root);
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  throw new Refused({
    status,
    code,
    detail,
    body,
    retryAfter: header('retry-after'),
    location: header('location'),
  });
}

const nothing: Element = { name: 'tsResponse', attributes: {}, children: [], text: '' };

function said(text: string, root: Element | undefined): Pick<Refused, 'code' | 'detail' | 'body'> {
  if (text.trim() === '') return { code: undefined, detail: '', body: 'empty' };
  const error = childOf(root, 'error');
  if (error !== undefined) {
    const summary = childOf(error, 'summary')?.text ?? '';
    return {
      code: error.attributes.code,
      detail: oneLine(childOf(error, 'detail')?.text ?? summary),
      body: 'api',
    };
  }
  const json = asJson(text);
  if (json !== undefined) return json;
  const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1];
  if (/<html|<!doctype html/i.test(text))
    return { code: undefined, detail: oneLine(title ?? ''), body: 'html' };
  return { code: undefined, detail: '', body: 'other' };
}

/** Some gateways answer in JSON, and so does Tableau when something on the way asked it to. */
function asJson(text: string): Pick<Refused, 'code' | 'detail' | 'body'> | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; detail?: unknown; summary?: unknown } };
    if (typeof error !== 'object') return undefined;
    const { code, detail, summary } = error;
    if (typeof code !== 'string') return undefined;
    return {
      code,
      detail: oneLine([detail, summary].find((text) => typeof text === 'string') ?? ''),
      body: 'api',
    };
  } catch {
    return undefined;
  }
}

function shortened(detail: string): string {
  const shown = foreign(detail);
  return shown.length > 300 ? `${shown.slice(0, 299)}…` : shown;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
