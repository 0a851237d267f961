import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';

// The message of S3 about new objects, on stdin. In it, keys are encoded as in a form.
const { Records: records = [] } = JSON.parse(readFileSync(0, 'utf8'));
const paths = records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')).split('/'));
const customers = new Set(
  paths.flatMap(([root, customer, file]) => (root === 'portal' && file ? customer : [])),
);
if (customers.size === 0) process.exit(0);

const select = [...customers].flatMap((customer) => ['--select', `portal[${keyOf(customer)}]`]);
const args = ['apply', 'portal.yaml', '--yes', '--lock-wait', '10m', ...select];
const { status } = spawnSync('node_modules/.bin/extracts', args, { stdio: 'inherit' });
process.exit(status ?? 1);

/** The key of a folder's name, as in addresses: other characters than letters, digits, _, - and single dots are encoded. */
function keyOf(name) {
  return encodeURIComponent(name).replace(
    /[!'()*~]|^[.-]|\.(?=\.|$)/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
