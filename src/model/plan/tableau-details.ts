import type { PublishedContent } from '../world/observation.ts';
import type { TableauDestination } from '../config/destination.ts';

/** The details to set on a publication so that it is as it should be. Empty if there are none. */
export interface DetailsToSet {
  description?: string;
  isCertified?: boolean;
  certificationNote?: string;
  showTabs?: boolean;
  addTags: readonly string[];
  removeTags: readonly string[];
}

type Described = Pick<
  PublishedContent,
  'description' | 'tags' | 'certified' | 'certificationNote' | 'showTabs'
>;

/**
 * Returns the difference between `now` and the details that the destination asks for. Details that it leaves open and
 * wants kept are as they were `before` the publication; others are left as the server has made them.
 */
export function detailsToSet(
  { description, tags, certification, keep, workbook }: TableauDestination,
  now: Described,
  before: Described | undefined,
): DetailsToSet {
  const kept = (detail: (typeof keep)[number]) => (keep.includes(detail) ? before : undefined);
  const text = description ?? kept('description')?.description;
  const keptCertification = kept('certification');
  const certified = certification?.certified ?? keptCertification?.certified;
  const note =
    certification === undefined ? keptCertification?.certificationNote : (certification.note ?? '');
  const showTabs = workbook && (workbook.showTabs ?? before?.showTabs);
  const wantedTags = [...(tags ?? []), ...(kept('tags')?.tags ?? [])];
  const isRuled = tags !== undefined && !keep.includes('tags');
  return {
    ...(text !== undefined && !isSameText(text, now.description) && { description: text }),
    ...(certified !== undefined && certified !== now.certified && { isCertified: certified }),
    ...(note !== undefined &&
      certified === true &&
      !isSameText(note, now.certificationNote) && { certificationNote: note }),
    ...(showTabs !== undefined && showTabs !== now.showTabs && { showTabs }),
    addTags: [...new Set(wantedTags)].filter((tag) => !now.tags.includes(tag)),
    removeTags: isRuled ? now.tags.filter((tag) => !wantedTags.includes(tag)) : [],
  };
}

/** Returns a text for each detail that is still to be set; empty if all are as they should be. */
export function detailsText(details: DetailsToSet): string[] {
  const { description, isCertified, certificationNote, showTabs, addTags, removeTags } = details;
  return [
    ...(description === undefined ? [] : ['description']),
    ...(isCertified === undefined && certificationNote === undefined ? [] : ['certification']),
    ...(showTabs === undefined ? [] : ['tabs']),
    ...(addTags.length + removeTags.length === 0 ? [] : ['tags']),
  ];
}

/** Servers trim texts and end lines in their own way. */
function isSameText(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/\r\n?/g, '\n').trim();
  return plain(one) === plain(other);
}
