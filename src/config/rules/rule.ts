import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Draft } from '../drafts/draft.ts';

/** A rule about one pipeline that a schema cannot express. */
export type Rule = (draft: Draft) => Iterable<Diagnostic>;

/** A rule about all pipelines together. */
export type CommonRule = (drafts: readonly Draft[]) => Iterable<Diagnostic>;
