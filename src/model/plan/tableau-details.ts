import type { PublishedDataSource } from '../world/observation.ts';
import type { TableauDestination } from '../config/destination.ts';

/** What has to be set on a published data source so that it is as it should be. Empty where nothing has to. */
export interface DetailsToSet {
  description?: string;
  isCertified?: boolean;
  certificationNote?: string;
  addTags: readonly string[];
  removeTags: readonly string[];
}

type Described = Pick<PublishedDataSource, 'description' | 'tags' | 'certified' | 'certificationNote'>;

/**
 * The difference between `now` and what the destination asks for. What it leaves open and wants kept is as it was
 * `before` the publication; what it neither names nor keeps stays as the server has made it.
 */
export function detailsToSet(
  { description, tags, certification, keep }: TableauDestination,
  now: Described,
  before: Described | undefined,
): DetailsToSet {
  const kept = (detail: (typeof keep)[number]) => (keep.includes(detail) ? before : undefined);
  const text = description ?? kept('description')?.description;
  const keptCertification = kept('certification');
  const certified = certification?.certified ?? keptCertification?.certified;
  const note =
    certification === undefined ? keptCertification?.certificationNote : (certification.note ?? '');
  const wantedTags = [...(tags ?? []), ...(kept('tags')?.tags ?? [])];
  const ruled = tags !== undefined && !keep.includes('tags');
  return {
    ...(text !== undefined && !sameText(text, now.description) && { description: text }),
    ...(certified !== undefined && certified !== now.certified && { isCertified: certified }),
    ...(note !== undefined &&
      certified === true &&
      !sameText(note, now.certificationNote) && { certificationNote: note }),
    addTags: [...new Set(wantedTags)].filter((tag) => !now.tags.includes(tag)),
    removeTags: ruled ? now.tags.filter((tag) => !wantedTags.includes(tag)) : [],
  };
}

/** What of it is still to be set, in words; empty when all is as it should be. */
export function detailsText(details: DetailsToSet): string[] {
  const { description, isCertified, certificationNote, addTags, removeTags } = details;
  return [
    ...(description === undefined ? [] : ['description']),
    ...(isCertified === undefined && certificationNote === undefined ? [] : ['certification']),
    ...(addTags.length + removeTags.length === 0 ? [] : ['tags']),
  ];
}

/** Servers trim texts and end lines in their own way. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/\r\n?/g, '\n').trim();
  return plain(one) === plain(other);
}
