/** Parts of names that say that a column holds data about a person, in English, German, French and Spanish. */
const parts = [
  'e?mail',
  'phone',
  'mobile',
  'telefon',
  'telephone',
  'telefono',
  'ssn',
  'social_?security',
  'iban',
  'passport',
  'tax_?id',
  'birth_?(?:date|day)',
  'date_?of_?birth',
  'dob',
  'geburtsdatum',
  'credit_?card',
  'card_?number',
  'password',
  'passwd',
  'passwort',
].join('|');

const pattern = new RegExp(`(?:^|_)(?:${parts})s?(?:_|\\d|$)`);

/** Returns true if a column's name says that its values are about a person and need care: `Customer E-Mail`, `homePhone`. */
export function looksPersonal(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/e-mail/g, 'email')
    .replace(/[^\p{L}\p{N}]+/gu, '_');
  return pattern.test(words);
}

/** Returns the note at the end of a table's line in the report; nothing if no column looks personal. */
export function personalNote(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const looks = names.length === 1 ? '1 column looks' : `${names.length} columns look`;
  return [`${looks} personal: ${names.join(', ')} -> sensitive: true`];
}
