import type { NumberKind } from './number-formats.ts';
import { kindOfFormat } from './number-formats.ts';
import { TextTable } from './text-table.ts';
import { damaged, type XmlTaker } from './xml.ts';

const nothing = () => undefined;

export interface ListedSheet {
  name: string;
  relation: string;
  isHidden: boolean;
}

/** Reads xl/workbook.xml: the sheets, and the date system. */
export class WorkbookPart implements XmlTaker {
  /** False for the main part of another kind of document, such as a letter. */
  isWorkbook = false;
  readonly sheets: ListedSheet[] = [];
  is1904 = false;
  readonly close = nothing;
  readonly text = nothing;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'workbook') this.isWorkbook = true;
    if (name === 'workbookPr') this.is1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
    if (name !== 'sheet') return;
    const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
    const isHidden = (attributes.state ?? 'visible') !== 'visible';
    this.sheets.push({ name: attributes.name ?? '', relation, isHidden });
  }
}

/** A part that another one refers to. */
export interface Relation {
  id: string;
  type: string;
  target: string;
}

/** Reads a .rels file. */
export class RelationsPart implements XmlTaker {
  readonly relations: Relation[] = [];
  readonly close = nothing;
  readonly text = nothing;

  open(
    name: string,
    { Id: id = '', Target: target = '', Type: type = '' }: Readonly<Record<string, string>>,
  ): void {
    if (name === 'Relationship') this.relations.push({ id, type, target });
  }
}

/** Reads xl/styles.xml: how the cells of each style show numbers. */
export class StylesPart implements XmlTaker {
  readonly kinds: NumberKind[] = [];
  readonly text = nothing;
  readonly #codes = new Map<number, string>();
  #isInCells = false;

  open(name: string, { numFmtId: id = '0', formatCode: code }: Readonly<Record<string, string>>): void {
    if (name === 'numFmt' && code !== undefined) this.#codes.set(Number(id), code);
    if (name === 'cellXfs') this.#isInCells = true;
    if (name === 'xf' && this.#isInCells)
      this.kinds.push(kindOfFormat(Number(id), this.#codes.get(Number(id))));
  }

  close(name: string): void {
    if (name === 'cellXfs') this.#isInCells = false;
  }
}

/** Reads xl/sharedStrings.xml: the texts of cells, without phonetic guides. */
export class TextsPart implements XmlTaker {
  readonly texts = new TextTable();
  #text = '';
  #isText = false;
  #guides = 0;

  open(name: string): void {
    if (name === 'si') this.#text = '';
    if (isAside(name)) this.#guides++;
    this.#isText = name === 't' && this.#guides === 0;
  }

  close(name: string): void {
    this.#isText = false;
    if (isAside(name)) this.#guides--;
    if (name === 'si') this.texts.add(plainText(this.#text, 'xl/sharedStrings.xml'));
  }

  text(text: string): void {
    if (this.#isText) this.#text += text;
  }
}

/** Returns true for elements in a text or a cell whose content is no part of it: phonetic guides and extensions. */
export function isAside(name: string): boolean {
  return name === 'rPh' || name === 'extLst';
}

/** Decodes characters that XML cannot hold, which Excel writes as _x000D_. */
export function plainText(text: string, part: string): string {
  if (!text.includes('_x')) return text;
  const plain = text.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  if (/\p{Surrogate}/u.test(plain)) throw damaged(part, `half of a character is in ${JSON.stringify(text)}`);
  return plain;
}
