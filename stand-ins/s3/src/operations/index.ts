import type { Handler, Operation } from '../operation.ts';
import { getBucketLocation, headBucket } from './bucket-facts.ts';
import { deleteObject } from './delete-object.ts';
import { listObjects } from './list-objects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart-upload.ts';
import { putObject } from './put-object.ts';
import { readObject } from './read-object.ts';

export const handlers: Record<Operation, Handler> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CreateMultipartUpload: createMultipartUpload,
  DeleteObject: deleteObject,
  GetBucketLocation: getBucketLocation,
  GetObject: readObject,
  HeadBucket: headBucket,
  HeadObject: readObject,
  ListObjectsV2: listObjects,
  PutObject: putObject,
  UploadPart: uploadPart,
};
