import { createHash, randomBytes } from 'node:crypto';
import { refuseConflictingWrite, refuseUnknownWriteConditions } from '../conditions.ts';
import { joinContents } from '../content.ts';
import { S3Error } from '../errors.ts';
import type { Call } from '../operation.ts';
import { receivePayload } from '../payload.ts';
import type { Payload } from '../payload.ts';
import type { Reply } from '../reply.ts';
import { parameter } from '../request.ts';
import type { Upload } from '../uploads.ts';
import { element, xmlDocument } from '../xml.ts';
import { describedBy, wholeSeconds, writer } from './put-object.ts';

export function createMultipartUpload({ request, bucket, key, uploads }: Call): Reply {
  const id = randomBytes(24).toString('base64url');
  uploads.set(id, { bucket: bucket.name, key, described: describedBy(request), parts: new Map() });
  const body = element('Bucket', bucket.name) + element('Key', key) + element('UploadId', id);
  return xmlReply('InitiateMultipartUploadResult', body);
}

export async function uploadPart(call: Call): Promise<Reply> {
  const upload = findUpload(call);
  const number = Number(parameter(call.request, 'partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', {
      message: 'Part number must be an integer between 1 and 10000, inclusive',
      details: { ArgumentName: 'partNumber' },
    });
  }
  const part = await receivePayload(call.request, writer(call), call.wire(), call.store);
  upload.parts.get(number)?.content.release();
  upload.parts.set(number, part);
  return {
    status: 200,
    headers: {
      etag: `"${part.md5.toString('hex')}"`,
      [`x-amz-checksum-${part.checksum.name}`]: part.checksum.value,
    },
  };
}

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket, key, uploads } = call;
  const upload = findUpload(call);
  refuseUnknownWriteConditions(request);
  const begun = bucket.now();
  const parts = chooseParts(upload, await readPartList(call));
  refuseConflictingWrite(request, bucket, key, begun);

  const digest = createHash('md5')
    .update(Buffer.concat(parts.map(({ md5 }) => md5)))
    .digest('hex');
  const stored = bucket.put(key, {
    content: joinContents(parts.map(({ content }) => content)),
    etag: `${digest}-${parts.length}`,
    lastModified: wholeSeconds(call.now()),
    ...upload.described,
  });
  for (const part of upload.parts.values()) if (!parts.includes(part)) part.content.release();
  uploads.delete(parameter(request, 'uploadId') ?? '');
  const body = element('Bucket', bucket.name) + element('Key', key) + element('ETag', `"${stored.etag}"`);
  const reply = xmlReply('CompleteMultipartUploadResult', body);
  if (bucket.options.versioning) reply.headers['x-amz-version-id'] = stored.versionId;
  return reply;
}

export function abortMultipartUpload(call: Call): Reply {
  for (const part of findUpload(call).parts.values()) part.content.release();
  call.uploads.delete(parameter(call.request, 'uploadId') ?? '');
  return { status: 204, headers: {} };
}

function findUpload({ request, bucket, key, uploads }: Call): Upload {
  const id = parameter(request, 'uploadId') ?? '';
  const upload = uploads.get(id);
  if (upload?.bucket === bucket.name && upload.key === key) return upload;
  throw new S3Error('NoSuchUpload', { details: { UploadId: id } });
}

interface NamedPart {
  number: number;
  etag: string;
}

async function readPartList(call: Call): Promise<NamedPart[]> {
  const { content } = await receivePayload(call.request, writer(call), call.wire(), call.store);
  const chunks: Buffer[] = [];
  for await (const chunk of content.read()) chunks.push(Buffer.from(chunk));
  content.release();
  const xml = Buffer.concat(chunks).toString('utf8');
  const parts = [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>\s*(\d+)\s*<\/PartNumber>/.exec(part)?.[1]),
    etag: (/<ETag>\s*(.*?)\s*<\/ETag>/s.exec(part)?.[1] ?? '').replace(/&quot;|&#34;|"/g, ''),
  }));
  if (parts.length === 0) throw new S3Error('MalformedXML');
  return parts;
}

const minimumPart = 5 * 1024 * 1024;

function chooseParts(upload: Upload, named: readonly NamedPart[]): Payload[] {
  return named.map(({ number, etag }, index) => {
    if (number <= (named[index - 1]?.number ?? 0)) throw new S3Error('InvalidPartOrder');
    const part = upload.parts.get(number);
    if (part?.md5.toString('hex') !== etag) {
      throw new S3Error('InvalidPart', { details: { PartNumber: number, ETag: etag } });
    }
    if (index < named.length - 1 && part.content.size < minimumPart) {
      throw new S3Error('EntityTooSmall', {
        details: { ProposedSize: part.content.size, MinSizeAllowed: minimumPart, PartNumber: number },
      });
    }
    return part;
  });
}

function xmlReply(root: string, body: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, body) };
}
