import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { asRatio, inSeconds, measure, median, megabytes } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const cliHeader = ['command', 'median of 9', 'beside', 'peak'];

/** How soon the program answers, and how it does with many pipelines. */
export async function benchCli(): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const bare = await several(['-e', '0'], folder);
    const help = await several([program, '--help'], folder);
    await writePipelines(folder, 1000);
    const validate = await measure('node', [program, 'validate', 'pipelines'], { cwd: folder });
    const plan = await measure('node', [program, 'plan', 'pipelines'], { cwd: folder });
    return [
      ['node -e 0', inSeconds(bare.seconds), '', megabytes(bare.peak)],
      [
        'extracts --help',
        inSeconds(help.seconds),
        `${asRatio(help.seconds / bare.seconds)} node -e 0`,
        megabytes(help.peak),
      ],
      ['extracts validate, 1000 files', inSeconds(validate.seconds), 'once', megabytes(validate.peak)],
      ['extracts plan, 1000 files', inSeconds(plan.seconds), 'once', megabytes(plan.peak)],
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function several(args: readonly string[], cwd: string): Promise<{ seconds: number; peak: number }> {
  const runs = [];
  for (let run = 0; run < 10; run++) runs.push(await measure('node', args, { cwd }));
  const counted = runs.slice(1);
  return {
    seconds: median(counted.map(({ seconds }) => seconds)),
    peak: median(counted.map(({ peak }) => peak)),
  };
}

async function writePipelines(folder: string, count: number): Promise<void> {
  await mkdir(path.join(folder, 'pipelines'));
  await writeFile(path.join(folder, 'pipelines', 'data.csv'), 'id,name\n1,one\n');
  for (let n = 0; n < count; n++) {
    await writeFile(
      path.join(folder, 'pipelines', `p${n}.yaml`),
      `version: 1
name: p${n}
description: Pipeline number ${n}
tags: [bench, "t${n % 10}"]
sources: {data: {type: file, path: data.csv}}
tables:
  things:
    from: {source: data}
    primary_key: [id]
    columns:
      id: int not null
      name: {type: text, description: What it is called}
destinations:
  - {type: file, path: ../out/p${n}.hyper}
`,
    );
  }
}
