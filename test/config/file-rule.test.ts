import { expect, test } from 'vitest';
import type { PipelineDraft } from '../../src/config/drafts/pipeline-draft.ts';
import { fileRule } from '../../src/config/rules/file-rule.ts';

test('a rule about a file is checked once for all items of its family, and found by each of them', () => {
  let checked = 0;
  const rule = fileRule(function* ({ place }) {
    checked++;
    yield { code: 'EXT1001', severity: 'warning', message: 'odd', place };
  });
  const draftsOf = (file: string): PipelineDraft[] => {
    const loaded = { file } as PipelineDraft['loaded'];
    const place = { file, pointer: '' };
    return [1, 2, 3].map(() => ({ loaded, whole: {}, place }) as PipelineDraft);
  };
  const found = [...draftsOf('a.yaml'), ...draftsOf('b.yaml')].map((draft) => [...rule(draft)]);
  expect(checked).toBe(2);
  expect(found.map(([one]) => one?.place?.file)).toEqual([
    ...['a.yaml', 'a.yaml', 'a.yaml'],
    ...['b.yaml', 'b.yaml', 'b.yaml'],
  ]);
});
