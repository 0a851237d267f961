import { whyUnwritable } from '../../disk/writable.ts';
import { counted } from '../../model/base/numbers.ts';
import type { Project } from '../../model/config/project.ts';
import { shownState } from '../../state/index.ts';
import type { RunContext } from '../context.ts';
import type { Ports } from '../open-ports.ts';
import type { Check, Finding } from './finding.ts';

/** Checks where the state is kept: that it can be listed, and that an apply could write it. */
export function stateCheck(project: Project, world: Ports, context: RunContext): Check {
  const { state: settings } = project;
  const shown = shownState(settings, context.cwd);
  if (settings.type === 's3') return bucketCheck(shown, world);
  if (settings.type === 'postgres') return databaseCheck(shown, world);
  return {
    subject: 'state',
    async look() {
      const records = await world.state.list();
      const problem = await whyUnwritable(settings.path);
      if (problem !== undefined) {
        const hint = 'give this user write access to it, or set state: in extracts.yaml';
        return [
          { status: 'fail', text: `state ${shown} cannot be written: ${problem}`, code: 'EXT6001', hint },
        ];
      }
      return [localFinding(shown, records.length, context.variables)];
    },
  };
}

function localFinding(shown: string, records: number, { CI }: RunContext['variables']): Finding {
  const text = `state ${shown}: ${counted(records, 'record')}`;
  if (CI === undefined || CI === '' || CI === 'false') return { status: 'ok', text };
  return {
    status: 'warn',
    text: `${text}, but CI is set and the next runner may not have this folder`,
    hint: 'keep the state in a bucket or in PostgreSQL, in extracts.yaml: state: {type: s3, bucket: …} or {type: postgres, url: …}',
  };
}

function databaseCheck(shown: string, world: Ports): Check {
  return {
    subject: 'state',
    async look() {
      const records = await world.state.list();
      await world.state.tryLocking?.();
      const found = `state ${shown}: ${counted(records.length, 'record')}`;
      return [{ status: 'ok', text: `${found}, and locks can be taken (one was tried and given back)` }];
    },
  };
}

function bucketCheck(shown: string, world: Ports): Check {
  return {
    subject: 'state',
    async look() {
      const records = await world.state.list();
      await world.state.tryLocking?.();
      const found = `state ${shown}: ${counted(records.length, 'record')}`;
      return [
        { status: 'ok', text: `${found}, conditional writes honoured (tried on an object that was removed)` },
      ];
    },
  };
}
