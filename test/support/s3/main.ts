import { parseArgs } from 'node:util';
import { startS3StandIn } from './index.ts';

/**
 * Runs the stand-in by itself: `tsx test/support/s3/main.ts --port 9000 [--dir FOLDER]`. The sub folders of FOLDER
 * are its buckets, read-only; without one there is the empty bucket `demo`. Prints the settings that a shell needs to
 * use it, until interrupted.
 */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, dir: { type: 'string' } },
});

const standIn = await startS3StandIn({
  port: Number(values.port),
  credentials: [{ accessKeyId: 'demo-access-key', secretAccessKey: 'demo-secret-key-only-for-the-stand-in' }],
  ...(values.dir === undefined ? { buckets: { demo: {} } } : { folder: values.dir }),
});
const stop = () => void standIn.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

const { endpoint, region, credentials } = standIn;
console.log(
  [
    `# S3 stand-in at ${endpoint}, buckets: ${standIn.control.buckets().join(', ')}`,
    `export AWS_ENDPOINT_URL_S3=${endpoint}`,
    `export AWS_REGION=${region}`,
    `export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
  ].join('\n'),
);
