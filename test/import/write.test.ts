import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Found } from '../../src/import/found.ts';
import { writePipeline } from '../../src/import/write/pipeline.ts';

const names = [
  'a', 'no', 'on', 'y', '1e3', '~', 'null', 'tab\tx', '12:30', '2020-01-01', '<<', 'q\'"', 'a ${b}', '#x', '- x', 'ä', '\u00a0y',
  'x: y', '{a', '*x', '1', '?', 'a\nb', '0x1F', '.5', ' ', 'true', '!x', '&x', '%x', '@x', '`x', '|', '>', ']', ',', 'a,b', 'x #y',
  'a\u00a0b', 'a\u200bb', '\ufeffz', 'l\u2028\nm', '\u{e0001}', 'e\u0301', 'a\u0085"\\b',
]; // prettier-ignore

const found: Found = {
  headline: 'Found',
  sources: [{ name: 'on', definition: { type: 'postgres', url: '${secret.A}' } }],
  tables: names.map((name) => ({
    name,
    from: { source: 'on', table: `public."${name}"` },
    primaryKey: [name],
    comments: [name],
    load: { mode: 'append', cursor: name },
    columns: names.map((column) => ({
      name: column,
      settings: { type: 'numeric(10,2)', not_null: true, description: column, from: column },
      comment: column,
    })),
  })),
  relationships: names.map((name) => ({
    from: { table: name, columns: [name] },
    to: { table: name, columns: [name, name] },
  })),
  leftOut: [],
};

test.each(['1.1', '1.2'] as const)('any name is read back as it was, by YAML %s', (version) => {
  const text = writePipeline(found, { name: 'no', header: ['First'] });
  const read = parse(text, { version }) as {
    name: string;
    tables: Record<string, { primary_key: string[]; columns: Record<string, object> }>;
  };
  const escaped = (name: string) => name.replace('${', () => '$${');
  expect(read.name).toBe('no');
  expect(Object.keys(read.tables).sort()).toEqual([...names].sort());
  for (const [name, table] of Object.entries(read.tables)) {
    expect(table.primary_key).toEqual([escaped(name)]);
    expect(Object.keys(table.columns).sort()).toEqual([...names].sort());
    for (const [column, settings] of Object.entries(table.columns)) {
      const text = escaped(column);
      expect(settings).toEqual({ type: 'numeric(10,2) not null', description: text, from: text });
    }
  }
});

test('what cannot be seen is escaped, in double quotes', () => {
  const text = writePipeline(found, { name: 'no', header: ['of a\u00a0file'] });
  expect(text).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u);
  expect(text).toMatch(/^ {6}"a\\u00a0b": \{.*from: "a\\u00a0b"\}/m);
  expect(text).toMatch(/^ {6}"a\\u200bb": /m);
});
