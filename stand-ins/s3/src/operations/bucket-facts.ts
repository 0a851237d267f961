import type { Call } from '../operation.ts';
import type { Reply } from '../reply.ts';
import { xmlDocument } from '../xml.ts';

export function headBucket({ region }: Call): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': region } };
}

/** Answers the region of the bucket. The oldest region has no name here: an empty element means `us-east-1`. */
export function getBucketLocation({ region }: Call): Reply {
  const body = xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
