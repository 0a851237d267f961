import { NotAsWritten } from '../csv/index.ts';
import { TextRecords, type TextOptions } from './records.ts';

/**
 * Watches the bytes of a file in PostgreSQL's text format that hyperd reads as they are written: throws a `CsvError`
 * for the first record that hyperd must not take, `NotAsWritten` where only the normalized text will do.
 */
export class TextCheck {
  readonly #records: TextRecords;

  constructor(options: TextOptions) {
    this.#records = new TextRecords(options, {
      onRecord(_scanner, _bytes, isReplaced) {
        if (isReplaced) throw new NotAsWritten('a value must be written in another way');
      },
      onEndMark() {
        throw new NotAsWritten('an end mark');
      },
    });
  }

  get records(): number {
    return this.#records.records;
  }

  push(chunk: Uint8Array): void {
    this.#records.push(chunk);
  }

  end(): void {
    this.#records.end();
  }
}
