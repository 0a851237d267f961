import { hostname } from 'node:os';
import type { CliProject, Outcome, Variables } from './cli.ts';

/** The input and output of a user, one after the other, as one text for `expectGolden`. */
export interface Story {
  /** Says what has happened between two commands. */
  note: (text: string) => void;
  /** Runs `extracts ARGS` and adds everything that it printed, and its exit code. */
  run: (args: string, env?: Variables) => Promise<Outcome>;
  text: () => string;
}

export function tellStory(project: CliProject): Story {
  let text = '';
  return {
    note: (sentence) => void (text += `# ${sentence}\n\n`),
    async run(args, env) {
      const outcome = await project.run(args.split(' '), env);
      text += `$ extracts ${args}\n${shown(outcome, project)}\n`;
      return outcome;
    },
    text: () => text,
  };
}

/** Both streams and the exit code, without what differs from run to run. */
export function shown({ stdout, stderr, exitCode }: Outcome, project: CliProject): string {
  const errors = stderr === '' ? '' : `[stderr]\n${stderr}`;
  return settle(`${stdout}${errors}[exit code ${exitCode ?? 'none'}]\n`, project);
}

/** Durations, rates, the project's folder, ports, and this machine's name, each as a word. */
export function settle(text: string, { folder }: { folder: string }): string {
  return (
    text
      .replaceAll(folder, '(project)')
      .replaceAll(hostname(), '(host)')
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:(port)')
      .replace(/\.draft-[0-9a-f]+/g, '.draft-(random)')
      .replace(/process \d+/g, 'process (pid)')
      .replace(/\b\d+(\.\d)? s\b/g, '(time)')
      .replace(/[\d.]+ [kMG]?B\/s/g, '(rate)')
      .replace(/ {3}\d\d:\d\d$/gm, '   (clock)')
      // How well Hyper packs a large table depends on how its blocks came.
      .replace(/(finish extract) [\d.]+ MB/g, '$1 (size)')
  );
}

/** The output for an unchanged world. */
export const noChanges = 'No changes.\nThe extracts match the configuration and their sources.\n';
