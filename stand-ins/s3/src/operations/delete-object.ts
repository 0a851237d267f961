import { refuseConflictingDelete } from '../conditions.ts';
import type { Call } from '../operation.ts';
import type { Reply } from '../reply.ts';
import { parameter } from '../request.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html; what is not there counts as deleted. */
export function deleteObject({ request, bucket, key, now }: Call): Reply {
  const versionId = parameter(request, 'versionId');
  refuseConflictingDelete(request, bucket, key, versionId);
  if (versionId === undefined) {
    const marker = bucket.remove(key, now());
    return {
      status: 204,
      headers: marker ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId } : {},
    };
  }
  const removed = bucket.removeVersion(key, versionId);
  return {
    status: 204,
    headers: {
      'x-amz-version-id': versionId,
      ...(removed?.kind === 'delete-marker' ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
}
