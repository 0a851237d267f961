import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { openHyper } from '../../../src/hyper/index.ts';
import { documentName } from '../../../src/templates/generate/document.ts';
import { templateFromDocument } from '../../../src/templates/open-template.ts';
import { swapExtract } from '../../../src/templates/swap.ts';
import { superstoreDataSource, superstoreDocument, superstorePipeline } from './superstore.ts';

/** Writes pipelines/templates/superstore.tdsx: the sample template, with an empty extract in it. */
export async function writeSuperstoreTemplate(outputPath: string): Promise<void> {
  const pipeline = await superstorePipeline();
  const folder = await mkdtemp(path.join(tmpdir(), 'extracts-template-'));
  const hyper = openHyper({ env: process.env });
  try {
    const { signal } = new AbortController();
    const extract = { ...pipeline.extract, file: path.join(folder, 'empty.hyper') };
    const build = await hyper.build(extract, pipeline.tables, signal);
    const { path: hyperPath } = await build.finish([], {});
    await build.abandon();
    const bytes = Buffer.from(superstoreDocument(pipeline), 'utf8');
    const template = templateFromDocument(bytes, 'superstore', documentName(superstoreDataSource(pipeline)));
    await swapExtract({ template, hyperPath, outputPath, compression: 'best' });
  } finally {
    await hyper.close();
    await rm(folder, { recursive: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await writeSuperstoreTemplate(
    fileURLToPath(new URL('../../../pipelines/templates/superstore.tdsx', import.meta.url)),
  );
}
