import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Column } from '../../../../src/model/config/pipeline.ts';
import type { CsvFormat } from '../../../../src/model/config/source.ts';
import { isRefused } from '../../../../src/sources/delimited/values/index.ts';
import { column, csvFormat, given, startValueReader, type ValueReader } from './support.ts';

interface Row {
  type: string;
  text: string;
  set: string;
  value: string;
}

/** The table of docs/files.md: type, text, settings and value. */
function documented(): Row[] {
  const docs = readFileSync(new URL('../../../../docs/files.md', import.meta.url), 'utf8');
  const [, section = ''] = docs.split('## How text becomes values');
  const row = /^\| ([a-z]+(?:\([0-9,]+\))?) +\| `(.*?)` +\| (?:`(.*?)`)? *\| (.*?) +\|$/gm;
  return [...section.matchAll(row)].map(([, type = '', text = '', set = '', value = '']) => ({
    type,
    text,
    set,
    value,
  }));
}

const rows = documented();
let hyperd: ValueReader;
beforeAll(async () => {
  hyperd = await startValueReader();
});
afterAll(() => hyperd.stop());

interface Settings {
  on_infinite?: null;
  round?: Column['round'];
  at_zone?: string;
  truncate?: Column['truncate'];
  date_order?: CsvFormat['dateOrder'];
  decimal?: string;
  thousands?: string;
}

test('the table is read', () => {
  expect(rows.length).toBeGreaterThan(100);
  const types = new Set(rows.map(({ type }) => type.replace(/\(.*/, '')));
  expect(types.size).toBeGreaterThanOrEqual(11);
});

test.each(rows)('$type: $text, $set', async ({ type, text, set, value }) => {
  const settings = (parse(`{${set}}`) ?? {}) as Settings;
  const { round, at_zone: atZone, truncate, date_order: dateOrder, decimal, thousands } = settings;
  const asked = column(type, {
    ...(round && { round }),
    ...(atZone && { atZone }),
    ...(truncate && { truncate }),
    ...('on_infinite' in settings && { onInfinite: 'null' }),
  });
  const format = csvFormat({
    ...(dateOrder && { dateOrder, isDateOrderSet: true }),
    ...(decimal && { decimal }),
    ...(thousands && { thousands }),
  });
  const reading = given(text, asked, format);
  if (isRefused(reading)) {
    expect(`error: ${reading.problem}`).toBe(value);
    return;
  }
  const [read] = reading.text === null ? ['NULL'] : await hyperd.read(type, [reading.text], format.dateOrder);
  expect(read).toBe(value);
});
