/**
 * The reason why a file cannot be read in its declared format. The message continues a sentence that begins with the
 * file's name.
 */
export class FileProblem extends Error {
  override name = 'FileProblem';
  readonly code: FileProblemCode;
  readonly hint: string;

  constructor(code: FileProblemCode, message: string, hint: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** It cannot be unpacked; it is something else than its name or the format says; it is empty; an archive holds what is not read, a workbook lacks a sheet. */
type FileProblemCode = 'EXT2102' | 'EXT2110' | 'EXT2111' | 'EXT2113' | 'EXT2123';
