import type { RandomAccess } from '../parquet/index.ts';
import { listArchive, unpackFile, type ArchivedFile } from '../zip/index.ts';
import { RelationsPart, type Relation } from './parts.ts';
import { readXml, type XmlTaker } from './xml.ts';

/** Which sheet is wanted, the first one if undefined; and what throws if so many bytes must not be unpacked. */
export interface Wanted {
  name: string | undefined;
  requireSize: (unpacked: number) => void;
}

/** The parts of a file of Office, by name: names differ in case between programs. */
export class Package {
  readonly #access: RandomAccess;
  readonly #requireSize: (unpacked: number) => void;
  readonly #files: ReadonlyMap<string, ArchivedFile>;

  constructor(access: RandomAccess, files: readonly ArchivedFile[], { requireSize }: Wanted) {
    this.#access = access;
    this.#requireSize = requireSize;
    this.#files = new Map(files.map((file) => [file.name.toLowerCase(), file]));
  }

  find(name: string): ArchivedFile | undefined {
    return this.#files.get(name.toLowerCase());
  }

  /** Unpacks a part; `taken` gets the number of bytes of the file as they are read. */
  unpack(file: ArchivedFile, taken?: (bytes: number) => void): AsyncGenerator<Buffer, void> {
    return unpackFile(this.#access, file, taken);
  }

  /** Reads a part as a whole; undefined if there is none of this name. */
  async read<Part extends XmlTaker>(
    name: string,
    part: Part,
    taken?: (bytes: number) => void,
  ): Promise<Part | undefined> {
    const file = this.find(name);
    if (file === undefined) return undefined;
    this.#requireSize(file.size);
    const pieces = readXml(this.unpack(file, taken), name, part);
    while ((await pieces.next()).done !== true);
    return part;
  }

  /** Returns the name of the workbook: the file says it, and it is mostly xl/workbook.xml. */
  async main(): Promise<string> {
    const relations = await this.relationsOf('');
    const { target = '' } =
      relations.find(({ type, target }) => type.endsWith('/officeDocument') && /\.xml$/i.test(target)) ?? {};
    return this.find(target) === undefined ? 'xl/workbook.xml' : target;
  }

  /** Returns the parts that a part refers to, by their names in the file; the empty name is the whole file. */
  async relationsOf(part: string): Promise<Relation[]> {
    const slash = part.lastIndexOf('/') + 1;
    const folder = part.slice(0, slash);
    const read = await this.read(`${folder}_rels/${part.slice(slash)}.rels`, new RelationsPart());
    return (read?.relations ?? []).map((relation) => ({
      ...relation,
      target: this.#resolve(folder, relation.target),
    }));
  }

  #resolve(folder: string, target: string): string {
    const plain = target.trim().replaceAll('\\', '/');
    const path: string[] = [];
    for (const step of `${plain.startsWith('/') ? '' : folder}${plain}`.split('/')) {
      if (step === '..') path.pop();
      else if (step !== '' && step !== '.') path.push(step);
    }
    const name = path.join('/');
    return this.find(name) === undefined ? decoded(name) : name;
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

/** Opens the list of the parts. Throws a FileProblem if the archive is damaged. */
export async function openPackage(access: RandomAccess, wanted: Wanted): Promise<Package> {
  return new Package(access, await listArchive(access), wanted);
}
