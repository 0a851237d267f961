import type { RunContext } from './context.ts';

/** Returns the URL of the job that this run is part of, from the variables of GitHub, GitLab or Jenkins. */
export function jobLink(variables: RunContext['variables']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return variables.CI_JOB_URL ?? variables.BUILD_URL;
}
