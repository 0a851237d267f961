import type { Env } from '../cli/env.ts';

/** Where to look at the job that this run is part of, as CI services tell it: GitHub, GitLab, Jenkins. */
export function jobLink(variables: Env['variables']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return variables.CI_JOB_URL ?? variables.BUILD_URL;
}
