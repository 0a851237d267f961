import { parseArgs } from 'node:util';
import { writeCsvFiles } from './files.ts';

const usage = 'usage: tsx test/support/superstore/main.ts DIR [--scale N]';

const { values, positionals } = parseArgs({
  options: { scale: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [directory, ...rest] = positionals;
const scale = Number(values.scale);
if (directory === undefined || rest.length > 0 || !(scale > 0)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const files = await writeCsvFiles(directory, scale);
  const changed = files.filter((file) => file.changed).length;
  console.log(
    `sample data in ${directory}: ${files.length} files, ${changed === 0 ? 'unchanged' : `${changed} written`}`,
  );
}
