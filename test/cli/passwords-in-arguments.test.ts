import { afterEach, expect, test } from 'vitest';
import { forgetSecrets } from '../../src/model/errors/secrets.ts';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

afterEach(forgetSecrets);

const url = 'postgresql://reader:open-sesame@127.0.0.1:1/shop';

test.each([
  [['import', 'postgres', '--url-env', url]],
  [['import', 'postgres', `--url-env=${url}`]],
  [['import', 'postgres', '--connection', url]],
  [['import', 'postgres', '--url-env', 'SHOP_URL', '--name', url]],
  [['import', 'hyper', 'old.hyper', '--url-env', url]],
  [['import', 'tds', 'old.tds', '--url-env', url]],
  [['import', 'csv', url]],
  [['import', url]],
  [['import', 'hyper', 'host=db user=reader password=open-sesame']],
  [['import', 'hyper', "host=db password = 'open-sesame'"]],
  [['plan', url]],
  [['plan', url, '--json']],
  [[url]],
  [['explain', url]],
  [['inspect', url]],
])('a password on the command line is in no output: %j', async (args) => {
  const project = await createProject();
  const { stdout, stderr, exitCode } = await runInside(project, args);
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).not.toContain('sesame');
  expect(stdout + stderr).not.toBe('');
});

test('a URL in the place of a variable says what is wanted', async () => {
  const { stderr } = await runInside(await createProject(), ['import', 'postgres', '--url-env', url]);
  expect(stderr).toBe(
    "error: option '--url-env <variable>' argument 'postgresql://(secret)@127.0.0.1:1/shop' is invalid. It takes the name of a variable that holds the URL, not the URL.\n",
  );
});

test.each([['data/orders.csv'], ['xlsx']])('import %s says which kinds there are', async (word) => {
  const { stderr, exitCode } = await runInside(await createProject(), ['import', word]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain(`error: unknown command '${word}'\n`);
  expect(stderr).toContain(
    "  = say what it is first: postgres, csv, parquet, hyper or tds, as in extracts import csv 'data/*.csv'\n",
  );
});
