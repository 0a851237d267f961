import { refuse } from '../rest/refusal.ts';

/** Reads a boolean in any case (official clients send `True`); anything else is 400008. */
export function readBoolean(text: string | null | undefined, parameter: string): boolean {
  switch (text?.toLowerCase()) {
    case 'true':
      return true;
    case undefined:
    case 'false':
      return false;
    default:
      throw refuse('400008', `Invalid boolean value '${text ?? ''}' for parameter '${parameter}'.`);
  }
}
