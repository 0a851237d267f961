import type { Metafile } from 'esbuild';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A package whose code is in the bundle. */
interface Bundled {
  title: string;
  licence: string;
  author: string;
  /** The terms as the package ships them; undefined where it ships none. */
  terms: string | undefined;
}

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const licenceFile = /^(?:licen[cs]e|copying|notice)\b/i;
const licenceInReadme = /^#+ *licen[cs]e\s*\n([^#]*hereby granted[^#]*)/im;
const copyright = /^copyright .*$/gim;

/**
 * Returns the text of THIRD_PARTY_LICENSES: every package whose code is in the bundle, under the terms that it ships.
 * Packages with literally the same terms share one copy.
 */
export async function thirdPartyLicences(metafile: Metafile, root: string): Promise<string> {
  const packages = await Promise.all(bundledFolders(metafile).map((folder) => readPackage(root, folder)));
  const byTerms = new Map<string, string[]>();
  for (const one of packages) {
    const terms = one.terms ?? usualTerms(one, packages);
    byTerms.set(terms, [...(byTerms.get(terms) ?? []), `${one.title} (${one.licence})`]);
  }
  const sections = [...byTerms].map(([terms, titles]) => `${titles.join('\n')}\n\n${terms}\n`);
  return [`dist/ contains code of these ${packages.length} packages.\n`, ...sections].join(
    `\n${'-'.repeat(80)}\n`,
  );
}

/** Returns the folders of packages that have given at least one byte to an output. */
export function bundledFolders({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (packageFolder.exec(file)?.[1] ?? []),
  );
  return [...new Set(folders)].sort();
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
}

async function readPackage(root: string, folder: string): Promise<Bundled> {
  const at = path.resolve(root, folder);
  const {
    name,
    version,
    license = 'unknown',
    author = name,
  } = JSON.parse(await read(at, 'package.json')) as Manifest;
  return {
    title: `${name} ${version}`,
    licence: permissive(name, license),
    author: typeof author === 'string' ? author : author.name,
    terms: await shippedTerms(at),
  };
}

async function shippedTerms(folder: string): Promise<string | undefined> {
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(
    files.filter((file) => licenceFile.test(file)).map((file) => read(folder, file)),
  );
  if (texts.length > 0) return texts.join('\n\n');
  const readme = files.find((file) => /^readme\.md$/i.test(file));
  return readme === undefined ? undefined : licenceInReadme.exec(await read(folder, readme))?.[1]?.trim();
}

async function read(folder: string, file: string): Promise<string> {
  return (await readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim();
}

/** Code under other terms may not be passed on in a bundle without a decision. */
function permissive(name: string, licence: string): string {
  if (['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause'].includes(licence)) return licence;
  throw new Error(
    `${name} would be bundled, but its licence is "${licence}": decide whether that is possible`,
  );
}

/** Returns the terms of a package that only names its licence: those of another one, with its own author. */
function usualTerms({ title, licence, author }: Bundled, packages: readonly Bundled[]): string {
  const others = packages.filter((one) => one.licence === licence).flatMap(({ terms }) => terms ?? []);
  const terms =
    licence === 'Apache-2.0' ? others[0] : others.find((text) => text.match(copyright)?.length === 1);
  if (terms === undefined)
    throw new Error(`${title} ships no licence file, and no other package has its terms`);
  return licence === 'Apache-2.0' ? terms : terms.replace(copyright, () => `Copyright (c) ${author}`);
}
