import type { LoadedFile } from '../read/loaded-file.ts';
import { isSecretPart, textsIn } from './places.ts';

/** The environment variables that are secrets, regardless of which file uses them. */
export interface SecretNames {
  /** Returns why the variable is a secret, or undefined if it is not. */
  reason(name: string, value: string): string | undefined;
}

type Text = Pick<LoadedFile, 'file' | 'text' | 'value'>;

/**
 * Collects the variables that these files use as secrets: by `${secret.NAME}` anywhere, or as a password, a token or a
 * whole URL. A pipeline that calls the same variable `${env.NAME}` does not get around that.
 */
export function collectSecretNames(files: readonly Text[]): SecretNames {
  const names = new Map<string, string>();
  const built = new Map<string, string>();
  const add = (name: string, reason: string) => {
    if (!names.has(name)) names.set(name, reason);
  };
  for (const { file, text, value } of files) {
    for (const [whole, inside = ''] of text.matchAll(/\$\{secret\.((?:\$\{each\.[^{}]*\}|[^{}])*)\}/g)) {
      const reason = `${file} calls it ${whole}`;
      if (inside.includes('${')) built.set(patternOf(inside), reason);
      else add(inside, reason);
    }
    if (text.includes('${env.')) {
      for (const { name, key } of passwordsIn('env', value)) add(name, `${file} uses it as ${key}`);
    }
  }
  const patterns = [...built].map(([pattern, reason]) => ({ pattern: new RegExp(pattern), reason }));
  return {
    reason(name, value) {
      const found = names.get(name) ?? patterns.find(({ pattern }) => pattern.test(name))?.reason;
      if (found !== undefined) return found;
      if (speaking.test(name)) return 'its name says so';
      return /^[a-z][\w+.-]*:\/\/[^:/?#@\s]*:[^/?#@\s]+@/i.test(value)
        ? 'it is a URL with a password'
        : undefined;
    },
  };
}

/** Names that indicate a secret by themselves. */
const speaking =
  /(?:^|_)(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|PAT|TOKEN|API_?KEY|PRIVATE_KEY|SECRET_ACCESS_KEY|SECRET_KEY|SECRET_VALUE|TOKEN_SECRET)$|^PGPASSWORD$/i;

function patternOf(inside: string): string {
  const parts = inside.split(/\$\{each\.[^{}]*\}/).map((part) => part.replace(/\W/g, String.raw`\$&`));
  return `^${parts.join(String.raw`\w*`)}$`;
}

/**
 * Returns the values of an item that its pipeline uses as passwords. The key is never one: it is a part of the address.
 */
export function passwordsOfItems(pipeline: unknown): ReadonlySet<string> {
  const names = new Set([...passwordsIn('each', pipeline)].map(({ name }) => name));
  names.delete('key');
  return names;
}

/** Finds the references of a kind where a password is expected, with the key whose value they are. */
function* passwordsIn(kind: 'env' | 'each', value: unknown): Iterable<{ name: string; key: string }> {
  for (const { text, place, use } of textsIn(value, { file: '', pointer: '' })) {
    for (const { 0: whole, 1: name = '', index } of text.matchAll(references[kind])) {
      if (!isSecretPart(use.purpose, text, index, index + whole.length)) continue;
      yield { name, key: place.pointer.slice(place.pointer.lastIndexOf('/') + 1) };
    }
  }
}

const references = {
  env: /\$\{env\.([A-Za-z_]\w*)[^}]*\}/g,
  each: /\$\{each\.([^{}]*)\}/g,
};
