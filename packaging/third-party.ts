import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RenderedModule } from 'rolldown';

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
export async function thirdPartyLicences(bundle: readonly Made[]): Promise<string> {
  const packages = await Promise.all(bundledFolders(bundle).map((folder) => readPackage(folder)));
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

/** A file of the bundle, with the files that it is made of and how many characters of each it has. */
export interface Made {
  modules: Record<string, Pick<RenderedModule, 'renderedLength'>>;
}

/** Returns the folders of packages that have given at least one character to the bundle. */
function bundledFolders(bundle: readonly Made[]): string[] {
  const folders = bundle
    .flatMap(({ modules }) => Object.entries(modules))
    .flatMap(([file, { renderedLength }]) =>
      renderedLength === 0 ? [] : (packageFolder.exec(file)?.[1] ?? []),
    );
  return [...new Set(folders)].sort();
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
}

async function readPackage(folder: string): Promise<Bundled> {
  const {
    name,
    version,
    license = 'unknown',
    author = name,
  } = JSON.parse(await read(folder, 'package.json')) as Manifest;
  return {
    title: `${name} ${version}`,
    licence: permissive(name, license),
    author: typeof author === 'string' ? author : author.name,
    terms: await shippedTerms(folder),
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
