import { countries, type Country } from './places.ts';
import { Random } from './random.ts';

export interface Customer {
  id: string;
  name: string;
  segment: string;
  country: Country;
}

/** Customer number `index` of the shop, always the same for one seed. */
export function customerAt(index: number, seed: number): Customer {
  const random = new Random(seed ^ customerSalt, index);
  const country = pickCountry(random);
  const drawn = pickName(random, country);
  return {
    id: `C-${String(index + 1).padStart(6, '0')}`,
    // The awkward names come first, so that they turn up however small the scale is.
    name: awkwardNames[index] ?? drawn,
    segment: random.pick(segments),
    country,
  };
}

/** Keeps the customers' numbers apart from the orders', which are drawn from the same seed. */
const customerSalt = 0x5eed;

const segments = ['Household', 'Household', 'Business', 'Business', 'Public Sector'];

/** Names that a careless reader or writer of CSV, SQL or XML gets wrong. */
export const awkwardNames: readonly string[] = [
  'Jürgen Größl-Übermäß',
  'Siobhán "Shiv" O\'Brannigan',
  'Okonkwo, Adaeze (Accounts)',
  '𠮷野 さくら',
  // Decomposed: the accents are characters of their own.
  'Zoe\u0308 Bjo\u0308rnsdottir',
  'Mercado Três Irmãos\nc/o Rua das Flores, 12',
  'Jennifer Null',
  'Team Rocket 🚀 & 👩‍👩‍👧 Co.',
  'ليلى المنصوري',
  "Robert'); DROP TABLE orders;--",
  '<b>Ampersand</b> &amp; Sons',
  'Nguyễn Thị Ánh',
];

function pickCountry(random: Random): Country {
  let left = random.below(100);
  const country = countries.find(({ share }) => (left -= share) < 0);
  if (!country) throw new RangeError('the shares of the countries must add up to 100');
  return country;
}

function pickName(random: Random, { code }: Country): string {
  const names = namesByCountry[code] ?? english;
  const given = random.pick(names.given);
  const family = random.pick(names.family);
  return names.familyFirst ? `${family} ${given}` : `${given} ${family}`;
}

interface Names {
  given: readonly string[];
  family: readonly string[];
  familyFirst?: true;
}

const words = (text: string): string[] => text.split(' ');

const english: Names = {
  given: words(
    'Ada Amos Beatrix Caleb Cora Dexter Edith Ezra Fern Gideon Hazel Ivor Juno Kit Lorna Magnus Nell Otis Pearl Quincy Rosalind Silas Thea Ursula Vernon Willa',
  ),
  family: words(
    "Ashdown Birchall Caddock Dunmore Ellery Fairweather Garrick Hathersage Inchbald Jessop Kettleby Larkin Merriweather Norcross O'Dowd Pemberley Quill Ravenhill St.Clair Thistlewood Underhay Vance Whitlock Yarrow",
  ),
};

const namesByCountry: Record<string, Names> = {
  CA: {
    given: words(
      'Amélie Benoît Chloé Étienne Fiona Geneviève Hélène Isaac Joëlle Loïc Maëlle Noémie Ross Théo',
    ),
    family: words(
      'Bélanger Côté Desrosiers Fraser Gagné Lévesque MacAuley Ouellette Pépin Sinclair Théberge',
    ),
  },
  DE: {
    given: words(
      'Anneliese Björn Dörte Ekkehard Frauke Götz Heike Jörg Käthe Lüder Mechthild Rüdiger Sönke Ulrike',
    ),
    family: words(
      'Ackermann Böhnke Düsterhöft Eßer Führmann Grünwald Höfle Kößler Lührs Müllensiefen Strauß Weiß',
    ),
  },
  JP: {
    given: words('花子 太郎 結衣 蓮 陽菜 大翔 美咲 悠真 さくら 健一 ひかり 直樹'),
    family: words('山田 鈴木 髙橋 渡邊 小林 伊藤 中村 斎藤 松本 井上 木村 清水'),
    familyFirst: true,
  },
  BR: {
    given: words('Álvaro Beatriz Conceição Débora Flávio Inês João Lívia Mônica Otávio Raíssa Tomás Vitória'),
    family: words('Araújo Brandão Conceição Falcão Guimarães Leitão Magalhães Nóbrega Simões Valadão'),
  },
  AE: {
    given: words('Aisha Faisal Hessa Khalid Latifa Mansour Noura Omar Reem Saif Sheikha Yousef'),
    family: words('Al-Falasi Al-Hashmi Al-Ketbi Al-Mazrouei Al-Nuaimi Al-Qubaisi Al-Suwaidi Al-Zaabi'),
  },
};
