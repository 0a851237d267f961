import { fileFacts } from '../../model/config/pipeline.ts';

/** Returns true if a reference was kept because its value is not known yet: then there is nothing to check. */
export function isPlaceholder(text: string): boolean {
  return /\$\{(?:env|secret|file|each)\./.test(text);
}

/** Returns true for a fact of a row's file: `file.name`, `file.key`, … */
export function isFileFact(inside: string): boolean {
  return fileFacts.some((fact) => inside === `file.${fact}`);
}
