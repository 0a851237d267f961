import { randomBytes } from 'node:crypto';

export interface FilePart {
  name: 'tableau_datasource' | 'tableau_workbook' | 'tableau_file';
  fileName: string;
  bytes: Uint8Array;
}

export interface Multipart {
  contentType: string;
  /** The file's bytes are one of these, not a copy. */
  body: readonly Uint8Array[];
}

/**
 * A `multipart/mixed` body as Tableau takes it: an XML `request_payload` first, then at most one file; the boundary
 * without quotes, the dispositions without a type.
 */
export function multipart(payload: string, file?: FilePart): Multipart {
  const boundary = boundaryFor(file?.bytes);
  const parts: Uint8Array[] = [
    text(
      `--${boundary}`,
      'Content-Disposition: name="request_payload"',
      'Content-Type: text/xml',
      '',
      payload,
      '',
    ),
  ];
  if (file !== undefined) {
    const disposition = `Content-Disposition: name="${file.name}"; filename="${file.fileName}"`;
    parts.push(text(`--${boundary}`, disposition, 'Content-Type: application/octet-stream', '', ''));
    parts.push(file.bytes, text('', ''));
  }
  parts.push(text(`--${boundary}--`, ''));
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: parts };
}

const text = (...lines: readonly string[]) => Buffer.from(lines.join('\r\n'));

/** Returns a boundary that does not occur in the data. */
function boundaryFor(bytes: Uint8Array | undefined): string {
  for (;;) {
    const boundary = randomBytes(16).toString('hex');
    if (bytes === undefined || !asBuffer(bytes).includes(`--${boundary}`)) return boundary;
  }
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
