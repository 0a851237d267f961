import { parseArgs } from 'node:util';
import { startS3StandIn } from './index.ts';

const usage = `Usage: npm run s3-stand-in -- [--port PORT] [--dir FOLDER]

A stand-in for S3 on this machine. It prints the settings that a shell needs to use it, until interrupted.

  --port PORT   where it listens (default: a free port)
  --dir FOLDER  its sub folders are the buckets, read-only (default: one empty bucket, demo)
  --help        show this
`;

const { values } = read();
if (values.help) {
  console.log(usage);
  process.exit(0);
}

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

function read() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        dir: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
