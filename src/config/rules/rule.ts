import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';

/** A rule about one pipeline that a schema cannot express. */
export type Rule = (draft: PipelineDraft) => Iterable<Diagnostic>;

/** A rule about all pipelines together. */
export type CommonRule = (drafts: readonly PipelineDraft[]) => Iterable<Diagnostic>;
