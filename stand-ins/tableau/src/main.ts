import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { narrate } from './narrate.ts';
import { demo } from './seed.ts';
import { startTableauStandIn } from './stand-in.ts';

const usage = `Usage: npm run tableau-stand-in -- [--port PORT] [--job-seconds SECONDS]

A stand-in for the REST API of Tableau Server on this machine. It prints how to sign in, and what arrives.

  --port PORT            where it listens (default: a free port)
  --job-seconds SECONDS  how long each job takes at least (default: 0)
  --help                 show this
`;

const { values } = read();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a number from 0 to 65535, not '${values.port}'`);
  process.exit(2);
}
const jobSeconds = Number(values['job-seconds']);
if (!Number.isFinite(jobSeconds) || jobSeconds < 0) {
  console.error(`--job-seconds must be a number of seconds, not '${values['job-seconds']}'`);
  process.exit(2);
}

const standIn = await startTableauStandIn({
  port,
  settings: { jobSeconds },
  onHappening: (happening) => console.log(narrate(happening)),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
console.log(`A stand-in for Tableau Server (REST API) listens at ${standIn.url}
  site                   ${demo.site}
  personal access token  ${demo.patName} / ${demo.patSecret}
  user                   ${demo.userName} / ${demo.password}
  projects               default, Sales, Sales/Certified, Tenants
Nothing is kept: what it stores is removed when it stops (Ctrl-C).`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await standIn.close();

function read() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        'job-seconds': { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
