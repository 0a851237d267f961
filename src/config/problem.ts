import type { Diagnostic, Place } from '../model/errors/diagnostic.ts';
import type { codes } from './codes.ts';

type Code = (typeof codes)[keyof typeof codes];

export function problem(code: Code, message: string, place: Place, more: { hint?: string } = {}): Diagnostic {
  return { code, severity: 'error', message, ...more, place };
}
