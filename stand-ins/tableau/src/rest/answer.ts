import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { Element } from './element.ts';
import { element, textElement } from './element.ts';
import { writeJsonResponse } from './json.ts';
import { writeXmlResponse } from './xml.ts';

/** The answer of a handler; its form (XML, JSON, prefix) is decided when it is sent. */
export type Answer =
  | { kind: 'rest'; status: number; body: readonly Element[]; headers?: Record<string, string> }
  | { kind: 'page'; status: number; html: string; headers?: Record<string, string> }
  | { kind: 'file'; status: number; path: string; size: number; headers: Record<string, string> };

export function answer(
  status: number,
  body: readonly Element[] = [],
  headers: Record<string, string> = {},
): Answer {
  return { kind: 'rest', status, body, headers };
}

export function errorAnswer(
  code: string,
  summary: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  const body = element('error', { code }, [textElement('summary', summary), textElement('detail', detail)]);
  return answer(Number(code.slice(0, 3)), [body], headers);
}

/** Returns the answer of a proxy in front of the server: HTML, not the API's error body. */
export function proxyPage(status: number, headers: Record<string, string> = {}): Answer {
  const title = pageTitles[status] ?? 'Error';
  const html = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body><center><h1>${status} ${title}</h1></center></body>\r\n</html>\r\n`;
  return { kind: 'page', status, html, headers };
}

const pageTitles: Record<number, string> = {
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

export interface Wire {
  apiVersion: string;
  namespacePrefix: string;
}

export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  said: Answer,
  wire: Wire,
): Promise<void> {
  if (response.destroyed) return;
  switch (said.kind) {
    case 'file':
      response.writeHead(said.status, { 'Content-Length': said.size, ...said.headers });
      await pipeline(createReadStream(said.path), response);
      return;
    case 'page':
      end(response, said.status, { 'Content-Type': 'text/html', ...said.headers }, said.html);
      return;
    case 'rest': {
      if (said.body.length === 0) {
        end(response, said.status, said.headers ?? {}, '');
        return;
      }
      const json = prefersJson(request.headers.accept);
      const text = json
        ? writeJsonResponse(said.body)
        : writeXmlResponse(said.body, wire.apiVersion, wire.namespacePrefix);
      const type = json ? 'application/json;charset=utf-8' : 'application/xml;charset=utf-8';
      end(response, said.status, { 'Content-Type': type, ...said.headers }, text);
    }
  }
}

function end(response: ServerResponse, status: number, headers: Record<string, string>, text: string): void {
  const length = status === 204 ? {} : { 'Content-Length': String(Buffer.byteLength(text)) };
  response.writeHead(status, { ...length, ...headers });
  response.end(text);
}

/** JSON only when it is asked for before XML; XML is the API's own format. */
function prefersJson(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const json = types.indexOf('application/json');
  const xml = types.findIndex((type) => type === 'application/xml' || type === 'text/xml');
  return json !== -1 && (xml === -1 || json < xml);
}
