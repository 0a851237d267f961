import { availableParallelism, cpus, totalmem } from 'node:os';
import { alignColumns } from '../src/render/align-columns.ts';
import { benchCli, cliHeader } from './cli.ts';
import { benchFiles, filesHeader } from './files.ts';
import { benchIncrement, incrementHeader } from './increment.ts';
import { benchKeys, keysHeader } from './keys.ts';
import { benchParallel, parallelHeader } from './parallel.ts';
import { benchPeers } from './peers.ts';
import { benchPlan, planHeader } from './plan.ts';
import { benchPostgres, postgresHeader } from './postgres.ts';
import { benchS3, s3Header, type S3Bench } from './s3.ts';
import { benchSelect, selectHeader } from './select.ts';
import { benchState, stateHeader } from './state.ts';
import { benchTenants, tenantsHeader } from './tenants.ts';
import { benchWaiting, waitingHeader } from './waiting.ts';
import { benchWorkbook, workbookHeader } from './workbook.ts';

/**
 * `npm run bench [-- PART [MILLIONS [RUNS]]]`, or `npm run bench -- s3 [MIB [RUNS [COUNTS [dist/main.js of another version]…]]]`, or
 * `npm run bench -- state [RECORDS [dist/main.js of another version]]`, or
 * `npm run bench -- waiting [PUBLICATIONS [SECONDS,SECONDS [- [dist/main.js of another version]…]]]`, or
 * `npm run bench -- peers [--rows N] [--runs N]`: wall, ratio to a floor of the same run, and our own peak
 * memory. The floors: PostgreSQL's COPY to /dev/null (drain), hyperd loading the same bytes by path (load),
 * and what both together need of the cores that there are: max(drain, load, CPU of both / cores). Floors and
 * cases take turns, after a sync each; shown are medians, with the least and the most.
 */
const [part = 'all', millions = '3', runs = '3', counts = '1,8,200', ...others] = process.argv.slice(2);
const print = (header: string[], rows: string[][]) =>
  process.stdout.write(`${alignColumns([header, ...rows]).join('\n')}\n\n`);

const [cpu] = cpus();
process.stdout.write(
  `${cpu?.model ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, node ${process.version}\n\n`,
);
if (part === 'all' || part === 'cli') print(cliHeader, await benchCli());
if (part === 'all' || part === 'files') print(filesHeader, await benchFiles(Number(millions), Number(runs)));
if (part === 'all' || part === 'keys') print(keysHeader, await benchKeys(Number(millions), Number(runs)));
if (part === 'all' || part === 'postgres')
  print(postgresHeader, await benchPostgres(Number(millions), Number(runs)));
if (part === 'all' || part === 'parallel')
  print(parallelHeader, await benchParallel(Number(millions), Number(runs)));
if (part === 'all' || part === 'increment')
  print(incrementHeader, await benchIncrement(Number(millions), Number(runs)));
if (part === 'all' || part === 'plan') print(planHeader, await benchPlan(300));
if (part === 'all' || part === 'select') print(selectHeader, await benchSelect(Number(runs)));
if (part === 'all' || part === 's3') {
  const bench: S3Bench = {
    mebibytes: part === 'all' ? 256 : Number(millions),
    runs: Number(runs),
    counts: counts.split(',').map(Number),
    others,
  };
  print(s3Header(bench), await benchS3(bench));
}
if (part === 'all' || part === 'state')
  print(stateHeader, await benchState(Number(process.argv[3] ?? 10_000), process.argv[4]));
if (part === 'all' || part === 'tenants') print(tenantsHeader, await benchTenants(1000));
if (part === 'all' || part === 'workbook') print(workbookHeader, await benchWorkbook(Number(runs)));
// Not among all, because it installs packages from PyPI.
if (part === 'peers') await benchPeers(process.argv.slice(3));
if (part === 'all' || part === 'waiting') {
  const bench = {
    count: part === 'all' ? 200 : Number(millions),
    jobSeconds: part === 'all' ? [0, 5] : runs.split(',').map(Number),
    others,
  };
  print(waitingHeader, await benchWaiting(bench));
}
