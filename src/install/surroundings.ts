import type { Platform } from '../hyper/platform.ts';
import type { EngineRelease } from './release.ts';

/** Everything that an installation knows of the world around it. */
export interface Surroundings {
  /** npm reads the .npmrc of the project here. */
  cwd: string;
  variables: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  platform: Platform;
  release: EngineRelease;
  /** Reports what takes time, before it begins. */
  say: (text: string) => void;
}

/** The key of a platform in lists of packages. */
export const platformKey = ({ os, arch }: Platform) => `${os}-${arch}`;
