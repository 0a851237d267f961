import type { Answer } from './answer.ts';
import { errorAnswer, proxyPage } from './answer.ts';

/** The server says no: thrown anywhere below a route, sent as its answer. */
export class Refusal extends Error {
  readonly answer: Answer;
  readonly code: string;

  constructor(answer: Answer, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.answer = answer;
    this.code = code;
  }
}

/** A refusal in the API's error body; the first three digits of the code are the HTTP status. */
export function refuse(code: string, detail: string, headers: Record<string, string> = {}): Refusal {
  const summary = summaries[code] ?? summaries[code.slice(0, 3)] ?? 'Error';
  return new Refusal(errorAnswer(code, summary, detail, headers), code, detail);
}

/** Returns a refusal by a proxy in front of the server: a status and an HTML page. */
export function refuseAsProxy(status: number): Refusal {
  return new Refusal(proxyPage(status), String(status), `refused by the web tier with ${status}`);
}

export const noCredentials = () => refuse('401000', 'No authentication credentials were provided');
export const badCredentials = () => refuse('401002', 'Invalid authentication credentials were provided.');
export const signInFailed = () => refuse('401001', 'Error signing in to Tableau Server');

const summaries: Record<string, string> = {
  '400': 'Bad Request',
  '401': 'Unauthorized Access',
  '401001': 'Signin Error',
  '401003': 'Switch Site Error',
  '403': 'Forbidden',
  '404': 'Resource Not Found',
  '405': 'Invalid Request Method',
  '409': 'Resource Conflict',
  '429': 'Too Many Requests',
  '500': 'Internal Server Error',
};
