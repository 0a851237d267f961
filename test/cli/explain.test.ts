import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const codes = Array.from(page.matchAll(/^\| (EXT\d{4}) \| ([^|]*) \|/gm), ([, code = '', meaning = '']) => ({
  code,
  meaning: meaning.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1'),
}));
const here = { folder: '.' };

describe('extracts explain', () => {
  test('explains every code in the words of docs/errors.md, with every section that it links to', async () => {
    expect(codes.length).toBeGreaterThan(200);
    for (const { code, meaning } of codes) {
      const { stdout, exitCode } = await runInside(here, ['explain', code]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`${code}  ${meaning}\n`);
      const { stdout: json } = await runInside(here, ['explain', code, '--json']);
      const explained = JSON.parse(json) as {
        remedy?: string;
        about?: string;
        pages: { path: string; text?: string }[];
      };
      expect(explained.remedy ?? explained.about, code).not.toBe('');
      const row = page.split('\n').find((line) => line.startsWith(`| ${code} `)) ?? '';
      const anchors = row.match(/\.md#/g)?.length ?? 0;
      expect(explained.pages.filter(({ text }) => text !== undefined && text !== '')).toHaveLength(anchors);
    }
  });

  test('prints meaning, remedy, section and the linked part of another page', async () => {
    const { stdout } = await runInside(here, ['explain', 'EXT2016']);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'EXT2016  the user lacks a privilege on a table, a column, or something behind a view or query',
      '',
      'What to do: the message has the statement that grants it, or the GRANT statements include it',
      '',
      'Section: PostgreSQL (exit code 1, 4 or 75)',
    ]);
    expect(stdout).toContain('\nClass: permanent (it fails again until the cause is mended)\n');
    expect(stdout).toContain('grant select on public.orders, public.returns to extracts_reader;');
    // The section that follows on that page is not part of it.
    expect(stdout).not.toContain('One moment for all tables');
  });

  test('says of a template code what its section says', async () => {
    const { stdout } = await runInside(here, ['explain', 'EXT4302']);
    expect(stdout).toContain('EXT4302  error: a column is missing\n');
    expect(stdout).toContain('templates.md explains them.');
  });

  test.each(['ext2013', '2013', '[EXT2013]'])('accepts %s', async (written) => {
    const { stdout } = await runInside(here, ['explain', written]);
    expect(stdout).toMatch(/^EXT2013 {2}the table or query has no such column\n/);
  });

  test('proposes the nearest code for an unknown one, and lists all without an argument', async () => {
    expect(await runInside(here, ['explain', 'EXT2193'])).toEqual({
      stdout: '',
      stderr:
        'error: there is no code "EXT2193"\n  = did you mean EXT2103? extracts explain lists all codes\n',
      exitCode: 64,
      signal: undefined,
    });
    expect(await runInside(here, ['explain', 'tabels'])).toMatchObject({
      stderr: 'error: there is no code "tabels"\n  = extracts explain lists all codes\n',
    });
    const { stdout } = await runInside(here, ['explain']);
    for (const { code, meaning } of codes) expect(stdout).toContain(`  ${code}  ${meaning}\n`);
    const { stdout: json } = await runInside(here, ['explain', '--json']);
    expect((JSON.parse(json) as { codes: unknown[] }).codes).toHaveLength(codes.length);
  });

  test('works in the built program, from any folder', async () => {
    const project = await createProject();
    expect(await project.run(['explain', 'EXT1002'])).toMatchObject({
      stdout: expect.stringMatching(
        /^EXT1002 {2}unknown key\n\nWhat to do: use the suggested key; /,
      ) as string,
      exitCode: 0,
    });
  });
});
