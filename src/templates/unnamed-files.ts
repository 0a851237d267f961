import type { ReadSource } from './read-source.ts';

/**
 * Returns the data files of a package that its data source does not name: leftovers of an earlier extract or import,
 * with rows that no one means to hand on. Pictures and similar files are not among them.
 */
export function unnamedFiles({
  package: packed,
  hyper,
  document,
  source,
}: Pick<ReadSource, 'package' | 'hyper' | 'document' | 'source'>): string[] {
  if (packed === undefined) return [];
  const isNamed = namedFiles(source.text);
  const names = packed.zip.entries.map(({ name }) => name);
  // A shapefile is a set of files with one stem; only one of them is named.
  const stems = new Set(names.filter((name) => /\.shp$/i.test(name) && isNamed(name)).map(stemOf));
  return names.filter(
    (name) =>
      name !== hyper.entry &&
      name !== document.name &&
      isData(name) &&
      !isNamed(name) &&
      !(/\.dbf$/i.test(name) && stems.has(stemOf(name))),
  );
}

const stemOf = (name: string) => name.replace(/\.[^./]*$/, '').toLowerCase();

/** Kinds of files that Tableau reads rows from. */
const isData = (name: string) =>
  /\.(?:hyper|tde|csv|tsv|tab|txt|xls[xmb]?|json|parquet|mdb|accdb|dbf|shp|geojson|kml|sav|sas7bdat|rda|rdata)$/i.test(
    name,
  );

/**
 * A data source names a file by one attribute, or its folder and its name by two. Where any attribute could mean a file
 * it counts as named: what is left out by mistake would be missing.
 */
function namedFiles(text: string): (entry: string) => boolean {
  const values = new Set(
    [...text.matchAll(/=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, double, single]) =>
      decoded(double ?? single ?? '')
        .replaceAll('\\', '/')
        .replace(/^\/+|\/+$/g, ''),
    ),
  );
  return (entry) => {
    if (values.has(entry)) return true;
    const slash = entry.lastIndexOf('/');
    return values.has(entry.slice(slash + 1)) && (slash < 0 || values.has(entry.slice(0, slash)));
  };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(value: string): string {
  return value.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      return String.fromCodePoint(
        Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16) || 0xfffd,
      );
    },
  );
}
