import type { BuiltExtract } from '../model/ports/extract-port.ts';
import type { Job } from './job.ts';
import { required } from './required.ts';

/** Files of the last apply, which are delivered where nothing is built. */
export const recordedFile = {
  /** Returns the staged extract. */
  extract({ seen, pipeline }: Job): BuiltExtract {
    const { size, modified, content } = required(seen.record, 'record').extract;
    return {
      path: pipeline.extract.file,
      size,
      modified,
      ...(content !== undefined && { content }),
      rows: {},
    };
  },

  /** Returns what is delivered: the package where the pipeline has a template, else the extract. */
  delivery(job: Job): BuiltExtract {
    const { template } = job.pipeline;
    if (template === undefined) return recordedFile.extract(job);
    const { size, modified, content } = required(required(job.seen.record, 'record').template, 'package');
    const mark = { size, modified, ...(content !== undefined && { content }) };
    return { path: template.staged, ...mark, rows: {}, inside: recordedFile.extract(job) };
  },
};
