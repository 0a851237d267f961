import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunError } from '../../src/model/errors/run-error.ts';
import { openTemplate } from '../../src/templates/open-template.ts';
import { extracted, live } from './support/documents.ts';
import { buildPackage } from './support/packages.ts';
import { programs } from './support/programs.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-open-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = 'Data/Extracts/sales.hyper';
const refusal = async (entries: { name: string; data: string }[]) => {
  const path = buildPackage(folder, 'x.tdsx', entries);
  return openTemplate(path).then(
    ({ hyper }) => hyper.entry,
    (error: unknown) => {
      const { code, message } = error as RunError;
      return `${code} ${message.replace(path, 'x.tdsx')}`;
    },
  );
};

describe.skipIf(!programs.python)('the one .hyper of a package', () => {
  it('is found by the name that the .tds gives, beside other files', async () => {
    const others = [
      { name: 'Data/other.hyper', data: '' },
      { name: 'sales.hyper', data: '' },
    ];
    expect(await refusal([...others, { name: 'a.tds', data: live() }, { name: entry, data: '' }])).toBe(
      entry,
    );
  });

  it('must not be there in other letter case', async () => {
    expect(
      await refusal([
        { name: 'a.tds', data: live() },
        { name: 'Data/Extracts/Sales.hyper', data: '' },
      ]),
    ).toBe(
      'EXT4203 x.tdsx names "Data/Extracts/sales.hyper", which the package spells "Data/Extracts/Sales.hyper"',
    );
  });

  it('must be one: data sources of several are not swapped half', async () => {
    const second =
      "<named-connection caption='b' name='hyper.1'><connection class='hyper' dbname='Data/b.hyper' /></named-connection>";
    const data = live().replace('</named-connections>', `${second}</named-connections>`);
    const both = [
      { name: entry, data: '' },
      { name: 'Data/b.hyper', data: '' },
    ];
    expect(await refusal([{ name: 'a.tds', data }, ...both])).toBe(
      'EXT4203 x.tdsx uses several .hyper files: "Data/Extracts/sales.hyper", "Data/b.hyper"',
    );
    expect(await refusal([{ name: 'a.tds', data }, both[1]!])).toBe('Data/b.hyper');
  });

  it('may be missing: then it gets the name that the .tds gives, or one in the package', async () => {
    expect(await refusal([{ name: 'a.tds', data: live() }])).toBe(entry);
    const absolute = live({ dbname: 'C:\\Users\\me\\sales.hyper' });
    const others = ['Data/sales.hyper', 'Data/Extracts/other.hyper'].map((name) => ({ name, data: '' }));
    expect(await refusal([{ name: 'a.tds', data: absolute }, ...others])).toBe(entry);
  });

  it('is that of the extract, not one its source once had', async () => {
    const data = extracted({ dbname: entry }).replace(
      "class='sqlserver' dbname='dwh'",
      "class='hyper' dbname='C:/Temp/dead.hyper'",
    );
    expect(
      await refusal([
        { name: 'a.tds', data },
        { name: entry, data: '' },
      ]),
    ).toBe(entry);
  });

  it.each([
    ['no .tds', [], 'EXT4201 x.tdsx must have exactly one .tds at its root; it has none'],
    [
      'a .tds in a folder only',
      ['Data/a.tds'],
      'EXT4201 x.tdsx must have exactly one .tds at its root; it has none',
    ],
    [
      'two',
      ['a.tds', 'b.TDS'],
      'EXT4201 x.tdsx must have exactly one .tds at its root; it has "a.tds", "b.TDS"',
    ],
  ])('is not looked for with %s', async (_, names, message) => {
    expect(await refusal([...names.map((name) => ({ name, data: live() })), { name: entry, data: '' }])).toBe(
      message,
    );
  });

  it.each([
    ['a database', extracted({ enabled: 'false' }), 'EXT4202 the extract of x.tdsx is switched off'],
    [
      'a live connection',
      extracted().replace(/ {2}<extract [^]*<\/extract>\n/, ''),
      'EXT4202 x.tdsx does not read from a .hyper file: it is a live connection to sqlserver',
    ],
    [
      'an old extract',
      extracted().replace(
        "access_mode='readonly' authentication='auth-none' author-locale='en_US' class='hyper'",
        "class='dataengine'",
      ),
      'EXT4202 x.tdsx holds an extract of class "dataengine", not a .hyper',
    ],
  ])('is missing in a data source of %s', async (_, data, message) => {
    expect(await refusal([{ name: 'a.tds', data }])).toBe(message);
  });
});

describe.skipIf(!programs.python)('packages that another program packed again', () => {
  const hintOf = async (...names: string[]) => {
    const path = buildPackage(
      folder,
      'again.tdsx',
      names.map((name) => ({ name, data: live() })),
    );
    return openTemplate(path).catch((error: unknown) => (error as RunError).hint);
  };

  it('are refused with the way to repair them', async () => {
    expect(await hintOf('Sales/', 'Sales/sales.tds', '__MACOSX/Sales/._sales.tds')).toBe(
      'it was packed together with its folder: pack what is in "Sales", not the folder itself',
    );
    expect(await hintOf('sales.tds', '._sales.tds')).toMatch(/leftovers of macOS: delete them/);
    expect(await hintOf('Data\\Extracts\\sales.hyper', 'sales.tds')).toMatch(
      /^a program of Windows packed it/,
    );
    expect(await hintOf('Data/a.hyper')).toBe(undefined);
  });
});

describe('files that are no template', () => {
  it('are recognized by their ending, or by their content', async () => {
    await expect(openTemplate(join(folder, 'a.twbx'))).rejects.toMatchObject({ code: 'EXT4000' });
    await expect(openTemplate(join(folder, 'missing.tds'))).rejects.toMatchObject({ code: 'EXT4000' });
    await expect(openTemplate(join(folder, 'missing.tdsx'))).rejects.toMatchObject({ code: 'EXT4000' });
    const path = join(folder, 'workbook.tds');
    writeFileSync(path, '<workbook />');
    await expect(openTemplate(path)).rejects.toMatchObject({
      code: 'EXT4104',
      message: `${path} is a workbook, not a data source`,
    });
  });
});
