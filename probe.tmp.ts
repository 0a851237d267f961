import { Readable } from 'node:stream';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execSync } from 'node:child_process';
import { findHyperd } from './src/hyper/binary.ts';
import { startHyperd } from './src/hyper/process.ts';
import { openSession } from './src/hyper/session.ts';
import { observe } from './bench/measure.ts';
const folder = mkdtempSync('/tmp/s3x/p-');
const sig = new AbortController().signal;
const files = Array.from({length: 8}, (_, i) => `/tmp/s3x/buckets/b-8/part_00${i}.csv`);
const data = files.map((f) => readFileSync(f));
function* chunks(list: Buffer[]) { for (const b of list) for (let i = 0; i < b.length; i += 65536) yield b.subarray(i, i + 65536); }
const cols = 'id bigint, customer text, day date, amount double precision, quantity int, region text, sku text, month int, ratio double precision, note text';
async function go(title: string, work: (s: any[], t: string) => Promise<unknown>, n = 1) {
  const hyperd = await startHyperd(await findHyperd(process.env), {});
  const s = await Promise.all(Array.from({ length: n }, () => openSession(hyperd)));
  await s[0]!.query(`create database "${folder}/a.hyper" with version 3`);
  for (const one of s) await one.query(`attach database "${folder}/a.hyper" as d`);
  await s[0]!.query(`create table d.public.t (${cols})`);
  execSync('sync');
  const c0 = process.cpuUsage();
  const r = await observe(hyperd.pid, async () => { await work(s, 'd.public.t'); for (const one of s) await one.query('detach database d'); });
  const c = process.cpuUsage(c0);
  console.log(title.padEnd(30), r.seconds.toFixed(2), 's; hyperd cpu', r.cpu.toFixed(2), 'ours', ((c.user + c.system) / 1e6).toFixed(2));
  await s[0]!.query(`drop database "${folder}/a.hyper"`);
  for (const one of s) await one.end();
  await hyperd.stop();
}
const opts = `format csv, header false, delimiter ',', quote '"', escape '"', null '', encoding 'utf-8', force_null ("id","day","amount","quantity","month","ratio")`;
const from = (list: Buffer[]) => Readable.from(chunks(list), { objectMode: true, highWaterMark: 4 });
for (let k = 0; k < 2; k++) {
  await go('8 paths array', (s, t) => s[0].copyFile(`copy ${t} from array[${files.map((f) => `'${f}'`)}] with (format csv)`, sig));
  await go('stdin', (s, t) => s[0].copyIn(`copy ${t} from stdin with (${opts})`, from(data), () => 0, sig));
  await go('stdin, format csv only', (s, t) => s[0].copyIn(`copy ${t} from stdin with (format csv)`, from(data), () => 0, sig));
  await go('2 x stdin', (s, t) => Promise.all([0, 1].map((i) => s[i].copyIn(`copy ${t} from stdin with (${opts})`, from(data.slice(i * 4, i * 4 + 4)), () => 0, sig))), 2);
}
rmSync(folder, { recursive: true });
