import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { signJwt } from '../../../../src/destinations/tableau/client/site/jwt.ts';
import { openSamples } from '../samples.ts';
import { demo } from '../../src/seed.ts';
import { startTableauStandIn } from '../../src/stand-in.ts';

/**
 * `npm run test:tableau-client`: the official Python client against the stand-in. It is optional, because it needs a
 * Python that has `tableauserverclient`: `python3`, or the one that EXTRACTS_PYTHON names.
 */
const python = process.env.EXTRACTS_PYTHON ?? 'python3';
const askVersion = 'from importlib.metadata import version; print(version("tableauserverclient"))';
const version = await promisify(execFile)(python, ['-c', askVersion]).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
);
if (version === undefined) {
  console.log(`SKIPPED: ${python} has no tableauserverclient, so nothing was checked.
  python3 -m venv .venv && .venv/bin/pip install tableauserverclient
  EXTRACTS_PYTHON=.venv/bin/python npm run test:tableau-client`);
  process.exit(0);
}
console.log(`tableauserverclient ${version} against the stand-in`);

const samples = await openSamples();
const standIn = await startTableauStandIn();
try {
  const small = await samples.sales('small.hyper', 3);
  const big = await samples.sales('big.hyper', 400_000);
  const files = [
    big,
    small,
    await samples.tdsx('packaged.tdsx', small),
    await samples.hyper('delta.hyper', [
      'create table made.public.delta (id int not null, region text, amount double precision)',
      `insert into made.public.delta values (1, 'changed', 10), (4, 'new', 40)`,
    ]),
    await samples.twbx('book.twbx', small),
    await samples.twbx('big book.twbx', big),
  ];
  const { clientId, secretId, secretValue } = demo.connectedApp;
  const scopes = ['tableau:content:read'];
  const app = {
    kind: 'connected-app',
    user: demo.userName,
    clientId,
    secretId,
    secretValue,
    scopes,
  } as const;
  const script = fileURLToPath(new URL('conformance.py', import.meta.url));
  const child = spawn(python, [script, standIn.url, signJwt(app, Date.now()), ...files], {
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const signIns = standIn.control.requests().filter(({ url }) => url.endsWith('/auth/signin'));
  console.log(`signed in at ${signIns.map(({ url }) => url).join(', ')}`);
  for (const defect of standIn.control.defects) console.error('defect of the stand-in:', defect);
  process.exitCode = code === 0 && standIn.control.defects.length === 0 ? 0 : 1;
} finally {
  await standIn.close();
  await samples.close();
}
