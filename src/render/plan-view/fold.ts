import { familyOf, isItem } from '../../model/config/family.ts';
import { grouped } from '../../model/base/numbers.ts';
import type { ForgottenPipeline, Gate, MissingItem, PipelinePlan } from '../../model/plan/plan.ts';
import { idleWord } from '../outcomes.ts';

/** Something to show, or how many more there are like the one that was shown before. */
export type Folded<T> = { one: T } | { more: readonly T[]; like: T };

/** The number of lines that a reader needs to understand the problem. */
const most = 3;

/**
 * Folds items of a family with equal texts, apart from their keys: the first few are kept, and the others become one
 * line at the position of the first of them. A single item is not folded, and neither are items whose text is
 * undefined: they keep their position.
 */
export function fold<T>(
  all: readonly T[],
  addressOf: (one: T) => string,
  saying: (one: T) => unknown,
): Folded<T>[] {
  const groups = new Map<string, { one: T; index: number }[]>();
  for (const [index, one] of all.entries()) {
    const address = addressOf(one);
    const said = isItem(address) ? saying(one) : undefined;
    const words = JSON.stringify(said ?? index).replaceAll(JSON.stringify(address).slice(1, -1), '[]');
    const key = `${familyOf(address)} ${words}`;
    const group = groups.get(key) ?? [];
    group.push({ one, index });
    groups.set(key, group);
  }
  const placed = [...groups.values()].flatMap((group): { part: Folded<T>; index: number }[] => {
    const [first] = group;
    if (first === undefined || group.length <= most + 1)
      return group.map(({ one, index }) => ({ part: { one }, index }));
    const ones = group.map(({ one }) => one);
    const parts = [
      ...ones.slice(0, most).map((one) => ({ one })),
      { more: ones.slice(most), like: first.one },
    ];
    return parts.map((part) => ({ part, index: first.index }));
  });
  return placed.sort((a, b) => a.index - b.index).map(({ part }) => part);
}

/** Pipelines with something to do that do the same. */
export function foldPipelines(pipelines: readonly PipelinePlan[]): Folded<PipelinePlan>[] {
  return fold(
    pipelines,
    ({ address }) => address,
    ({ action, blockedBy, because, changes, tables, destinations }) => [
      action,
      blockedBy,
      action === 'blocked' ? because : '',
      changes.map(({ address, subject, act, category }) => [
        subject === 'destination' ? '' : address,
        act,
        category,
      ]),
      tables.map((table) => [table.name, table.action]),
      destinations.map((destination) => destination.action),
    ],
  );
}

export function foldForgotten(all: readonly ForgottenPipeline[]): Folded<ForgottenPipeline>[] {
  return fold(
    all,
    ({ address }) => address,
    ({ because, deletes }) => [because, deletes?.length],
  );
}

export function foldMissing(all: readonly MissingItem[]): Folded<MissingItem>[] {
  return fold(
    all,
    ({ address }) => address,
    ({ because, since }) => [because, since?.slice(0, 16)],
  );
}

/** Gates of the same kind at the same place within an item. */
export function foldGates<T extends Gate>(gates: readonly T[]): Folded<T>[] {
  return fold(
    gates,
    ({ pipeline }) => pipeline,
    ({ kind, pipeline, address, message, open }) => [kind, address.replace(pipeline, ''), message, open],
  );
}

/** `and 997 more like tenant_sales[acme]`. */
export function moreLike(more: readonly unknown[], address: string): string {
  return `and ${grouped(more.length)} more like ${address}`;
}

/** Returns a line for each family of pipelines without changes: `tenant_sales`, `998 of 1 000 unchanged`. */
export function countIdle(pipelines: readonly PipelinePlan[]): { family: string; count: string }[] {
  const sizes = new Map<string, number>();
  const idle = new Map<string, { family: string; because: string; number: number }>();
  for (const { address, action, because } of pipelines) {
    if (!isItem(address)) continue;
    const family = familyOf(address);
    sizes.set(family, (sizes.get(family) ?? 0) + 1);
    if (action !== 'none') continue;
    const key = `${family} ${because}`;
    idle.set(key, { family, because, number: (idle.get(key)?.number ?? 0) + 1 });
  }
  return [...idle.values()].map(({ family, because, number }) => {
    return {
      family,
      count: `${grouped(number)} of ${grouped(sizes.get(family) ?? number)} ${idleWord(because)}`,
    };
  });
}
