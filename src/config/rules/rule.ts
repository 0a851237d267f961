import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Draft } from '../drafts/draft.ts';

/** What a schema cannot say about one pipeline. */
export type Rule = (draft: Draft) => Iterable<Diagnostic>;

/** What only all pipelines together show. */
export type CommonRule = (drafts: readonly Draft[]) => Iterable<Diagnostic>;
