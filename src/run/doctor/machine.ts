import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeTemporaryFolder } from '../../disk/temporary.ts';
import { reasonOf } from '../../disk/reason.ts';
import { placeNames } from '../../hyper/binary.ts';
import { describeHyperd } from '../../hyper/describe-engine.ts';
import { bytes } from '../../model/base/numbers.ts';
import type { RunContext } from '../context.ts';
import { version } from '../version.ts';
import type { Check, Finding } from './finding.ts';

/** The oldest Node.js that the program runs on, as package.json requires. */
const oldestNode = [20, 19] as const;

export function nodeCheck(node: string): Check {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [oldest, oldestMinor] = oldestNode;
  const isOld = major < oldest || (major === oldest && minor < oldestMinor);
  const finding: Finding = isOld
    ? { status: 'fail', text: `node ${node} is too old`, hint: 'install Node.js 20.19 or later' }
    : { status: 'ok', text: `node ${node}, extracts ${version()}` };
  return { subject: 'node', look: () => Promise.resolve([finding]) };
}

/** Finds the engine and starts it once. */
export function engineCheck({ variables }: Pick<RunContext, 'variables'>): Check {
  return {
    subject: 'hyperd',
    async look() {
      const { version: engine = 'of unknown version', place, seconds } = await describeHyperd(variables);
      const text = `hyperd ${engine} (${placeNames[place]}), starts in ${seconds.toFixed(1)} s`;
      return [{ status: 'ok', text }];
    },
  };
}

/** Bytes below which an extract of any size is likely to fill the disk. */
const little = 1e9;

/** Checks that a folder where extracts are built can be written, and how much room it has. */
export function diskCheck(folder: string, shown: string): Check {
  return {
    subject: 'disk',
    async look() {
      const nearest = await nearestFolder(folder);
      try {
        await access(nearest, constants.W_OK | constants.X_OK);
      } catch (error) {
        const hint =
          'give this user write access to it, or name another folder in the pipeline: extract: {file: …}';
        return [
          { status: 'fail', text: `${shown} cannot be written: ${reasonOf(error)}`, code: 'EXT3004', hint },
        ];
      }
      return [await roomIn(nearest, `at ${shown}`)];
    },
  };
}

/** Checks TMPDIR by making a folder in it, which is removed at once. */
export function temporaryCheck(): Check {
  return {
    subject: 'TMPDIR',
    async look() {
      const folder = await makeTemporaryFolder();
      await folder.remove();
      const parent = path.dirname(folder.path);
      if (parent === tmpdir()) return [await roomIn(parent, `in TMPDIR (${parent})`)];
      const text = `TMPDIR (${tmpdir()}) cannot be used, so ${parent} takes its place`;
      const hint = 'set TMPDIR to a folder that exists and can be written';
      return [{ status: 'warn', text, hint }, await roomIn(parent, `in ${parent}`)];
    },
  };
}

async function roomIn(folder: string, where: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (blocks === 0 || free >= little) return { status: 'ok', text: `disk ${where}: ${bytes(free)} free` };
  const hint = 'free some space: an extract is built beside the old one';
  return { status: 'warn', text: `disk ${where}: only ${bytes(free)} free`, hint };
}

/** Returns the nearest existing folder: the folder itself may not have been made yet. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true ? folder : await nearestFolder(path.dirname(folder));
}
