import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run test:s3-real`: the contracts of S3 sources and of the state against real servers, versitygw (Apache 2.0) and
 * rclone (MIT), which the Go client builds once. It is optional, because it needs Go.
 */
const servers = [
  { name: 'versitygw', module: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' },
  { name: 'rclone', module: 'github.com/rclone/rclone', version: 'v1.76.0' },
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const binaries = path.join(root, 'node_modules/.cache/s3-real');

if (spawnSync('go', ['version']).status !== 0) {
  console.log('SKIPPED: there is no Go here to build versitygw and rclone with, so nothing was checked.');
  process.exit(0);
}
mkdirSync(binaries, { recursive: true });
for (const { name, module, version } of servers) {
  const folder = path.join(binaries, version);
  if (!existsSync(path.join(folder, name))) {
    console.log(`building ${name} ${version}; this takes some minutes once`);
    const built = spawnSync('go', ['install', `${module}@${version}`], {
      env: { ...process.env, GOBIN: folder },
      stdio: 'inherit',
    });
    if (built.status !== 0) {
      console.log(`SKIPPED: Go could not build ${name} ${version}, so nothing was checked.`);
      process.exit(1);
    }
  }
  process.env[`S3_REAL_${name.toUpperCase()}`] = path.join(folder, name);
}
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/s3-real/vitest.config.ts'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
