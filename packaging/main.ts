import path from 'node:path';
import { packInto } from './pack.ts';

/** `npm run package [-- FOLDER]`: writes extracts-VERSION.tgz, which `npm install` takes, here or into the folder. */
const file = await packInto(process.argv[2] ?? '.');
process.stdout.write(`${path.relative('.', file)}\n`);
