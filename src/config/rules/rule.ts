import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Draft } from '../draft.ts';

/** What a schema cannot say about one pipeline. */
export type Rule = (draft: Draft) => Iterable<Diagnostic>;

/** What only all pipelines together show. */
export type CommonRule = (drafts: readonly Draft[]) => Iterable<Diagnostic>;
