import path from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** Says whether a command runs in a job of GitHub Actions, which reads commands to itself from a job's output. */
export function isOnGitHub(variables: Variables): boolean {
  return variables.GITHUB_ACTIONS === 'true';
}

/**
 * Returns text that GitHub's runner takes for no command: in lines that begin with `::`, and at `##[`, a blank is put
 * in. Names and values of other people (a file, a column, a message of a server) could otherwise annotate files, hide
 * lines or set outputs. The runner ignores blanks before `::`, and finds `##[` anywhere in a line (actions/runner,
 * ActionCommand.cs).
 */
export function withoutCommands(text: string): string {
  return text.replaceAll(/^(\s*:)(?=:)/gm, '$1 ').replaceAll('##[', '## [');
}

/** Returns a function that gives files relative to the root of the checkout, where they are inside of it. */
export function inCheckout({
  cwd,
  variables,
}: {
  cwd: string;
  variables: Variables;
}): (file: string) => string {
  const root = variables.GITHUB_WORKSPACE;
  if (root === undefined || root === '') return (file) => file;
  return (file) => {
    const relative = path.relative(root, path.resolve(cwd, file));
    return relative === '' || relative.startsWith('..') ? file : relative;
  };
}
