import { publishedSchema } from '../../../config/schema-files.ts';
import { readPage } from '../../documentation.ts';
import { sampleData, samplePipeline } from './sample-project.ts';

/** A service for which `init` can write a workflow, or none. */
export type CiService = 'github' | 'gitlab' | 'none';

export interface ProjectSetting {
  ci: CiService;
  /** True where node_modules has the package, whose schemas stay up to date with it. */
  isInstalled: boolean;
  /** True where pipelines/ has pipelines already. */
  hasPipelines: boolean;
}

/** Returns the files of a new project by their paths, with slashes. */
export function projectFiles({ ci, isInstalled, hasPipelines }: ProjectSetting): Map<string, string> {
  const schemas = isInstalled ? 'node_modules/extracts/schemas' : '.vscode';
  return new Map([
    ['extracts.yaml', projectFile],
    ...(hasPipelines
      ? []
      : [['pipelines/sample.yaml', samplePipeline] as const, ...Object.entries(sampleData)]),
    ['.gitignore', `${ignoredPaths.join('\n')}\n`],
    ['.env.example', environmentExample],
    ['.vscode/settings.json', editorSettings(schemas)],
    ...(isInstalled ? [] : schemaCopies()),
    ...(ci === 'github'
      ? [['.github/workflows/extracts.yml', readPage('ci/github-actions.yml')] as const]
      : []),
    ...(ci === 'gitlab' ? [['.gitlab-ci.yml', readPage('ci/gitlab-ci.yml')] as const] : []),
  ]);
}

/** Extracts are data, and .env has secrets. */
export const ignoredPaths = ['/build/', '/out/', '/.extracts/', '.env', 'node_modules/'] as const;

const projectFile = `# Settings that all pipelines of this project share. "extracts schema project" prints every key.
version: 1

# What was applied is recorded in .extracts/state. Runners in CI share no disk, so keep it in a bucket there:
# state:
#   type: s3
#   bucket: acme-extracts-state
#   prefix: production
#   region: eu-central-1

# Sources that several pipelines use, for "{ connection: shop }":
# connections:
#   shop: { type: postgres, url: "\${secret.SHOP_PG_URL}" }

# Limits of one run:
# limits: { parallel: 4, memory: 4GiB }
`;

const environmentExample = `# Copy this file to .env, which git ignores, and fill it in. extracts reads environment variables and no .env file, so load it first:
#
#   set -a; . ./.env; set +a                                           in sh, bash or zsh, for this session
#   node --env-file=.env node_modules/extracts/dist/main.js plan       for one command, in any shell
#
# In CI, set the same names as secret variables of the job. Quote values that contain blanks or any of # $ & ;
SHOP_PG_URL='postgres://extracts_reader:password@localhost:5432/shop'
TABLEAU_SERVER='https://tableau.example.com'
TABLEAU_TOKEN_NAME='extracts'
TABLEAU_TOKEN_SECRET=''
`;

function editorSettings(schemas: string): string {
  const settings = {
    'yaml.schemas': {
      [`./${schemas}/pipeline.schema.json`]: ['pipelines/**/*.yaml', 'pipelines/**/*.yml'],
      [`./${schemas}/project.schema.json`]: ['extracts.yaml'],
    },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

function schemaCopies(): (readonly [string, string])[] {
  return (['pipeline', 'project'] as const).map((name) => [
    `.vscode/${name}.schema.json`,
    `${JSON.stringify(publishedSchema(name), undefined, 2)}\n`,
  ]);
}
