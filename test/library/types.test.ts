import { expectTypeOf, test } from 'vitest';
import {
  apply,
  plan,
  readPlan,
  readProject,
  show,
  type ApplyEvent,
  type ApplyResult,
  type ApplyRun,
  type Failure,
  type LocatedDiagnostic,
  type PlanDocument,
  type Project,
} from '../../src/index.ts';

test('each function has the types that the documentation names', () => {
  expectTypeOf(readProject).parameter(0).toEqualTypeOf<string | readonly string[]>();
  expectTypeOf<Awaited<ReturnType<typeof readProject>>>().toEqualTypeOf<
    | { ok: true; project: Project; diagnostics: readonly LocatedDiagnostic[] }
    | { ok: false; diagnostics: readonly LocatedDiagnostic[] }
  >();
  expectTypeOf<Awaited<ReturnType<typeof plan>>['document']>().toEqualTypeOf<PlanDocument>();
  expectTypeOf(readPlan).returns.resolves.toEqualTypeOf<PlanDocument>();
  expectTypeOf(show).returns.toEqualTypeOf<string>();
  expectTypeOf(apply).toBeCallableWith({ pipelines: [] }, { select: ['shop'], approve: () => true });
  expectTypeOf<ApplyRun>().toExtend<AsyncIterable<ApplyEvent>>();
  expectTypeOf<ApplyRun['result']>().resolves.toEqualTypeOf<ApplyResult>();
});

test('an option may be undefined, and an unknown one is an error', () => {
  expectTypeOf(plan).toBeCallableWith({ pipelines: [] }, { select: undefined, signal: undefined });
  expectTypeOf<{ selects: string[] }>().not.toExtend<NonNullable<Parameters<typeof plan>[1]>>();
});

test('a saved plan is applied as it is: it takes no decisions', () => {
  const applyPlan: (document: PlanDocument, options: { cwd: string; keepFailed: boolean }) => ApplyRun =
    apply;
  expectTypeOf(applyPlan).returns.toEqualTypeOf<ApplyRun>();
  // @ts-expect-error -- nothing is selected any more
  const decide = (document: PlanDocument) => apply(document, { select: ['shop'] });
  expectTypeOf(decide).returns.toEqualTypeOf<ApplyRun>();
});

test('events and errors are narrowed by their type', () => {
  expectTypeOf<Extract<ApplyEvent, { type: 'failed' }>['error']>().toEqualTypeOf<Failure>();
  expectTypeOf<Extract<ApplyEvent, { type: 'planned' }>['plan']>().toEqualTypeOf<PlanDocument>();
  expectTypeOf<ApplyEvent['type']>().toEqualTypeOf<
    'planned' | 'began' | 'started' | 'progress' | 'waiting' | 'ended' | 'failed' | 'done'
  >();
});
