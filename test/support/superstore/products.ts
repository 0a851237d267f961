export interface Product {
  id: string;
  category: string;
  subCategory: string;
  name: string;
  /** List price of the first year, in cents. */
  price: number;
  /** The price that the shop pays, in per mille of the list price. */
  cost: number;
}

interface Shelf {
  category: string;
  subCategory: string;
  brands: readonly string[];
  /** Names with their price in cents. */
  items: Readonly<Record<string, number>>;
}

const shelves: readonly Shelf[] = [
  {
    category: 'Furniture',
    subCategory: 'Chairs',
    brands: ['Sittwell', 'Norrhavn', 'Ödmark'],
    items: {
      'Task Chair, Mesh': 18900,
      'Visitor Chair': 7450,
      'Saddle Stool': 12900,
      'Executive Chair, Leather': 48900,
    },
  },
  {
    category: 'Furniture',
    subCategory: 'Tables',
    brands: ['Norrhavn', 'Planke & Söhne'],
    items: { 'Standing Desk 160 × 80 cm': 64900, 'Folding Table': 8990, 'Meeting Table "Agora"': 112000 },
  },
  {
    category: 'Furniture',
    subCategory: 'Shelving',
    brands: ['Planke & Söhne', 'Ödmark'],
    items: { 'Bookcase, 5 shelves': 15900, 'Wall Shelf': 3950, 'Archive Rack, steel': 27900 },
  },
  {
    category: 'Furniture',
    subCategory: 'Lighting',
    brands: ['Lumière Douce', 'Kagayaki 輝き'],
    items: { 'Desk Lamp': 4590, 'Floor Lamp': 11900, 'LED Panel 60 × 60': 8490 },
  },
  {
    category: 'Office Supplies',
    subCategory: 'Paper',
    brands: ['Whiteleaf', 'Papyra'],
    items: {
      'Copy Paper A4, 80 g/m²': 549,
      'Copy Paper Letter, 20 lb': 599,
      'Card Stock, ivory': 1290,
      'Sticky Notes 3" × 3"': 349,
    },
  },
  {
    category: 'Office Supplies',
    subCategory: 'Writing',
    brands: ['Quillon', 'Inkwell & Daughters'],
    items: {
      'Gel Pens, 10': 890,
      'Pencils HB, 12': 450,
      'Fountain Pen "Étude"': 5900,
      'Whiteboard Markers': 1150,
    },
  },
  {
    category: 'Office Supplies',
    subCategory: 'Binders',
    brands: ['Clasp+', 'Papyra'],
    items: { 'Lever Arch File': 379, 'Ring Binder, 2"': 529, 'Dividers 1–31': 245 },
  },
  {
    category: 'Office Supplies',
    subCategory: 'Storage',
    brands: ['Boxwood', 'Clasp+'],
    items: { 'Archive Box': 299, 'Drawer Unit': 6490, 'Key Cabinet, 48 hooks': 7900 },
  },
  {
    category: 'Technology',
    subCategory: 'Accessories',
    brands: ['Tangram', 'Voltbird'],
    items: { 'Keyboard, quiet': 5990, 'Mouse, left-handed': 3490, 'USB-C Dock': 17900, 'Webcam 4K': 12900 },
  },
  {
    category: 'Technology',
    subCategory: 'Phones',
    brands: ['Voltbird', 'Kagayaki 輝き'],
    items: { 'Desk Phone': 8900, 'Headset, wireless': 14900, 'Conference Speaker': 23900 },
  },
  {
    category: 'Technology',
    subCategory: 'Machines',
    brands: ['Tangram', 'Inkwell & Daughters'],
    items: {
      'Label Printer': 13900,
      'Laser Printer, colour': 42900,
      'Document Scanner': 38900,
      'Shredder P-5': 25900,
    },
  },
];

/** Names that a careless reader or writer of CSV, SQL or XML gets wrong. */
export const awkwardProducts: Readonly<Record<string, number>> = {
  'Mug "Keep Calm, Carry On"\n0.3 l, dishwasher safe': 1290,
  'Poster 24" × 36": \\N is not NULL, C:\\new\\table': 1990,
  'Stickers 🎉🦄, 100': 690,
  'Cafe\u0301 Press, 1 l': 3490,
  'Calendar\twith tab': 1590,
  'Wall map\r\n(two parts)': 4990,
  '""': 250,
  '緑茶, 静岡 100g': 1180,
};

/** Everything the shop sells. */
export const products: readonly Product[] = [
  ...shelves.flatMap(({ category, subCategory, brands, items }) =>
    brands.flatMap((brand) =>
      Object.entries(items).map(([item, price]) => ({
        category,
        subCategory,
        name: `${brand} ${item}`,
        price,
      })),
    ),
  ),
  ...Object.entries(awkwardProducts).map(([name, price]) => ({
    category: 'Office Supplies',
    subCategory: 'Gifts',
    name,
    price,
  })),
].map((product, index) => ({
  ...product,
  id: `${code(product.category)}-${code(product.subCategory)}-${1001 + index}`,
  cost: 520 + ((index * 37) % 330),
}));

function code(name: string): string {
  return name.slice(0, 3).toUpperCase();
}
