import type { Region } from './places.ts';

/** The person responsible for a region. */
export interface PersonRow {
  person: string;
  region: Region;
}

export const people: readonly PersonRow[] = [
  { person: 'Marguerite D’Arcy-Løvenskiold', region: 'East' },
  { person: 'Teodor "Teo" Żółkiewski', region: 'West' },
  { person: '渡邊 直美', region: 'Central' },
  { person: 'Iñaki Etxeberria, Jr.', region: 'South' },
];
