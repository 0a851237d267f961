import type { UserCall } from '../call.ts';
import { readText } from '../rest/body.ts';
import type { Part } from '../rest/multipart.ts';
import { boundaryOf, MultipartError, readParts } from '../rest/multipart.ts';
import type { Refusal } from '../rest/refusal.ts';
import { refuse } from '../rest/refusal.ts';
import type { SavedFile } from '../store.ts';

export interface Form {
  payload: string;
  file: (SavedFile & { fileName: string }) | undefined;
}

export interface FormRules {
  /** The only part allowed beside `request_payload`. */
  filePart: string;
  /** Bytes the file may have. */
  limit: number;
  onTooLarge: () => Refusal;
}

/**
 * Receives a multipart/mixed request: `request_payload` first, then at most one file, which is streamed to
 * disk. Framing faults are 400000, unknown or further parts 400010. The caller owns the file.
 */
export async function receiveForm(call: UserCall, rules: FormRules): Promise<Form> {
  if (call.headers['content-length'] === undefined) {
    throw refuse('400000', 'The request has no Content-Length.');
  }
  const form: Form = { payload: '', file: undefined };
  let position = 0;
  try {
    for await (const part of readParts(call.body, boundaryOf(call.headers['content-type']))) {
      position += 1;
      if (position === 1) form.payload = await payloadOf(part);
      else if (form.file === undefined && part.name === rules.filePart) {
        const saved = await call.store.save(part.data, rules.limit, rules.onTooLarge);
        form.file = { ...saved, fileName: part.fileName ?? '' };
      } else throw refuse('400010', `Unexpected attachment '${part.name}'.`);
    }
    return form;
  } catch (error) {
    if (form.file !== undefined) await call.store.remove(form.file.path);
    if (error instanceof MultipartError) {
      throw refuse('400000', `The multipart body is malformed: ${error.message}.`);
    }
    throw error;
  }
}

async function payloadOf(part: Part): Promise<string> {
  if (part.name !== 'request_payload') {
    throw refuse('400000', `The first part must be request_payload, not '${part.name}'.`);
  }
  const type = part.contentType?.split(';')[0]?.trim().toLowerCase() ?? 'text/xml';
  if (type !== 'text/xml' && type !== 'application/xml') {
    throw refuse('400000', `The request_payload must be text/xml, not ${type}.`);
  }
  return readText(part.data);
}
