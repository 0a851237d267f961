import { describe, expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const project = `version: 1
defaults: {tables: {round: half_up, at_zone: UTC}}
`;

const pipeline = `version: 1
name: p
defaults: {tables: {truncate: microseconds}}
sources: {f: {type: file, path: a.csv, format: {decimal: ",", thousands: "."}}}
tables:
  a:
    from: {source: f}
    columns: {n: "numeric(9,2)", d: date, t: time, s: timestamp, z: timestamptz, i: int, x: text}
  b:
    from: {source: f}
    at_zone: Europe/Berlin
    round: null
    columns:
      n: "numeric(9,2)"
      m: {type: "numeric(9,2)", round: half_up}
      s: timestamp
      z: {type: timestamptz, at_zone: null, truncate: null}
    add: {Seen: {type: timestamp, from: "\${file.last_modified}"}}
`;

describe('settings of values', () => {
  test('a column wins over its table, that over the pipeline, that over the project; null un-sets', async () => {
    const { pipelines, diagnostics } = await configure({
      'extracts.yaml': project,
      'p.yaml': pipeline,
    });
    expect(diagnostics).toEqual([]);
    const settings = pipelines[0]?.tables.map(({ columns }) =>
      Object.fromEntries(
        columns.map(({ name, round, atZone, truncate }) => [
          name,
          [round, atZone, truncate].filter((one) => one !== undefined).join(' '),
        ]),
      ),
    );
    expect(settings).toEqual([
      {
        n: 'half_up',
        d: 'UTC',
        t: 'microseconds',
        s: 'UTC microseconds',
        z: 'UTC microseconds',
        i: '',
        x: '',
      },
      {
        n: '',
        m: 'half_up',
        s: 'Europe/Berlin microseconds',
        z: '',
        Seen: 'Europe/Berlin microseconds',
      },
    ]);
    expect(pipelines[0]?.sources.f).toMatchObject({ format: { decimal: ',', thousands: '.' } });
  });

  test('what says nothing new is not in the model', async () => {
    const plain = `version: 1
name: p
sources: {f: {type: file, path: a.csv, format: {decimal: ".", thousands: null}}}
tables: {t: {from: {source: f}, columns: {n: "numeric(9,2)"}}}
`;
    const { pipelines } = await configure({ 'p.yaml': plain });
    const found = pipelines[0];
    expect(found?.sources.f).toHaveProperty('format');
    expect(JSON.stringify(found?.sources.f)).not.toMatch(/decimal|thousands/);
    expect(JSON.stringify(found?.tables)).not.toMatch(/round|atZone|truncate/);
  });

  test.each([
    ['a: {type: int, round: half_up}', 'EXT1048', '"round" does not apply to int', 'it is for numeric'],
    [
      'a: {type: time, at_zone: UTC}',
      'EXT1048',
      '"at_zone" does not apply to time',
      'it is for date, timestamp and timestamptz',
    ],
    [
      'a: {type: date, truncate: microseconds}',
      'EXT1048',
      '"truncate" does not apply to date',
      'it is for time, timestamp and timestamptz',
    ],
    [
      'a: {type: text, on_infinite: null}',
      'EXT1048',
      '"on_infinite" does not apply to text',
      'it is for date, timestamp, timestamptz, interval and numeric',
    ],
    [
      'a: {type: date, at_zone: Europe/Berin}',
      'EXT1049',
      '"Europe/Berin" is no time zone',
      'write UTC or a name of the IANA database, such as Europe/Berlin or America/New_York',
    ],
    [
      'a: {type: date, at_zone: "+02:00"}',
      'EXT1049',
      '"+02:00" is no time zone',
      'write UTC or a name of the IANA database, such as Europe/Berlin or America/New_York',
    ],
  ])('%s', async (column, code, message, hint) => {
    const { diagnostics } = await configure({
      'p.yaml': `version: 1
name: p
sources: {f: {type: file, path: a.csv}}
tables: {t: {from: {source: f}, columns: {${column}}}}
`,
    });
    expect(diagnostics).toMatchObject([{ code, message, hint, severity: 'error' }]);
  });

  test('one sign cannot mean two things', async () => {
    const { diagnostics } = await configure({
      'p.yaml': `version: 1
name: p
sources: {f: {type: file, path: a.csv, format: {thousands: "."}}}
tables: {t: {from: {source: f}, columns: {a: int}}}
`,
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'EXT1053',
        message: '"thousands" and the decimal sign are both "."',
        hint: 'set decimal: ",", too, or thousands: null if groups of digits are not separated',
      },
    ]);
  });
});

test('the time of a file is an instant, which an added column does not lose', async () => {
  const added = (type: string, more = '') => `version: 1
name: p
sources: {f: {type: file, path: a.csv}}
tables:
  t:
    from: {source: f}${more}
    columns: {n: int}
    add: {Seen: {type: ${type}, from: "\${file.last_modified}"}}
`;
  const found = async (text: string) =>
    (await configure({ 'p.yaml': text })).diagnostics.map(({ code, message, hint }) => [code, message, hint]);
  expect(await found(added('timestamp'))).toEqual([
    [
      'EXT1057',
      '"Seen" is an instant, of which timestamp would drop the offset',
      'declare it as timestamptz, or set at_zone: UTC (or another zone) on the table to load its wall clock there',
    ],
  ]);
  expect(await found(added('int'))).toEqual([
    ['EXT1057', '"Seen" is an instant, which is no int', 'declare it as timestamptz'],
  ]);
  for (const text of [added('timestamptz'), added('text'), added('date', '\n    at_zone: UTC')])
    expect(await found(text)).toEqual([]);
});
