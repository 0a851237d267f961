import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, longest first. One of them that started last would keep a single worker busy. */
const slowest = [
  'test/faults/',
  'test/evolution/',
  'test/e2e/tableau',
  'test/e2e/for-each',
  'test/e2e/increments',
  'test/e2e/incremental-property',
  'test/e2e/year',
  'test/destinations/tableau/update',
  'test/destinations/tableau/faults',
  'test/e2e/',
  'test/sources/postgres/types',
  'test/hyper/',
];

/** Starts the slowest files first; a fresh clone has no durations of earlier runs, by which vitest would order them. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slowest.findIndex((start) => moduleId.includes(`/${start}`));
  return place < 0 ? slowest.length : place;
}
