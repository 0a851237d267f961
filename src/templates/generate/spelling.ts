import { element } from './xml.ts';
import type { Node } from './xml.ts';

/** Tags of Tableau's object model, spelled for a version. */
export interface Tags {
  manifest: Node;
  objectModel: (name: string) => string;
  tableType: (name: string) => string;
  schemaViewer: (name: string) => string;
  /** The separate relation for readers without the object model; undefined if they need none. */
  legacyRelation: string | undefined;
}

const features = ['ObjectModelEncapsulateLegacy', 'ObjectModelTableType', 'SchemaViewerObjectModel'] as const;

/** Tableau 2020.2 to 2024.2 prefix a tag with the feature it belongs to; 2024.3 and later write it plainly. */
export function tagsFor(tableau: string): Tags {
  const spell = (feature: (typeof features)[number]) => (name: string) =>
    isPlain(tableau) ? name : `_.fcp.${feature}.true...${name}`;
  return {
    manifest: element(
      'document-format-change-manifest',
      {},
      features.map((feature) => element(spell(feature)(feature))),
    ),
    objectModel: spell('ObjectModelEncapsulateLegacy'),
    tableType: spell('ObjectModelTableType'),
    schemaViewer: spell('SchemaViewerObjectModel'),
    legacyRelation: isPlain(tableau) ? undefined : '_.fcp.ObjectModelEncapsulateLegacy.false...relation',
  };
}

/** `2024.3` → [2024, 3]; undefined for what is no version. */
export function parseVersion(tableau: string): [year: number, release: number] | undefined {
  const [, year, release] = /^(20\d\d)\.(\d)$/.exec(tableau) ?? [];
  return year === undefined || release === undefined ? undefined : [Number(year), Number(release)];
}

function isPlain(tableau: string): boolean {
  const [year, release] = parseVersion(tableau) ?? [0, 0];
  return year > 2024 || (year === 2024 && release >= 3);
}
