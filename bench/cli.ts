import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { asRatio, inSeconds, measure, median, megabytes } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const cliHeader = ['command', 'median of 9', 'beside', 'peak'];

/** Measures how soon the program answers, and how it handles many pipelines. */
export async function benchCli(): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const [bare, help] = await inTurns(
      [
        ['-e', '0'],
        [program, '--help'],
      ],
      folder,
    );
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

interface Answer {
  seconds: number;
  peak: number;
}

async function inTurns(
  commands: readonly [readonly string[], readonly string[]],
  cwd: string,
): Promise<[Answer, Answer]> {
  const runs: [Answer[], Answer[]] = [[], []];
  for (let run = 0; run < 10; run++) {
    runs[0].push(await measure('node', commands[0], { cwd }));
    runs[1].push(await measure('node', commands[1], { cwd }));
  }
  return [middle(runs[0].slice(1)), middle(runs[1].slice(1))];
}

function middle(answers: readonly Answer[]): Answer {
  return {
    seconds: median(answers.map(({ seconds }) => seconds)),
    peak: median(answers.map(({ peak }) => peak)),
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
