import { thisPlatform } from '../../../hyper/platform.ts';
import { installEngine, type InstalledEngine, type InstallRequest } from '../../../install/install.ts';
import { testedRelease } from '../../../install/release.ts';
import { shellWord } from '../../../model/base/shell-word.ts';
import { printable } from '../../../render/text-width.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';

export interface InstallOptions extends InstallRequest {
  json?: boolean;
}

/** `extracts engine install`: hyperd in the user's cache folder. */
export async function installHyperd({ json, ...request }: InstallOptions, env: Env): Promise<ExitCode> {
  const installed = await installEngine(request, {
    cwd: env.cwd,
    variables: env.variables,
    signal: env.signal,
    platform: thisPlatform(),
    release: testedRelease,
    say: (text) => env.err(`${text}\n`),
  });
  const { path, version, isNew, source, isTested, others } = installed;
  if (json === true)
    env.out(encodeJson({ path, version, installed: isNew, source, tested: isTested, others }));
  else env.out(`${describe(installed)}\n${printable(path)}\n`);
  if (others.length > 0 && json !== true)
    env.err(
      `Other versions stay in the cache. To remove them: rm -r ${others.map(printable).map(shellWord).join(' ')}\n`,
    );
  const named = env.variables.HYPERD_PATH;
  if (named !== undefined && named !== '')
    env.err('HYPERD_PATH is set, so extracts looks for the engine only there. Unset it to use this one.\n');
  return exitCodes.done;
}

function describe({ version, isNew, source, isTested }: InstalledEngine): string {
  if (!isNew) return `hyperd ${version} is already installed and starts. --force installs it again.`;
  if (isTested)
    return `Installed hyperd ${version}. The file has the expected checksum, and the engine starts.`;
  const checked = source === 'file' ? 'its checksum is not known' : 'only pip has compared a checksum';
  return `Installed hyperd ${version}, and it starts. extracts was not tested with this file: ${checked}.`;
}
