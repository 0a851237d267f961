import type { StatePort } from '../model/ports.ts';
import type { StateSettings } from '../model/project.ts';
import { openFileState } from './file/index.ts';

type Open = (settings: StateSettings) => StatePort;

const kinds = {
  file: (settings) => openFileState(settings.path),
} satisfies Record<StateSettings['type'], Open>;

export function openState(settings: StateSettings): StatePort {
  return kinds[settings.type](settings);
}
