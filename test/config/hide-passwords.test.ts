import { describe, expect, test } from 'vitest';
import { hidePasswords, passwordsIn } from '../../src/config/references/hide-passwords.ts';

/** A line of a file, and the same line as it is shown. */
const lines: readonly (readonly [string, string])[] = [
  // References stay, without their defaults.
  ['password: "${env.PW:-hunter/2 3}", a: 1', 'password: "${env.PW:-**********}", a: 1'],
  ['password: "ab${secret.PW_${each.key}}"', 'password: "**${secret.PW_${each.key}}"'],
  ['password: "${file./run/secrets/pw}"', 'password: "${file./run/secrets/pw}"'],
  ['password: "$${ab}"', 'password: "******"'],
  // The whole value is hidden, and what follows it stays.
  ['password: correct horse battery # why', 'password: ********************* # why'],
  ['{ password: ab}c, user: u }', '{ password: ****, user: u }'],
  ['{ password: "a\\"b, c", user: u }', '{ password: "*******", user: u }'],
  ["{ password: 'it''s', user: u }", "{ password: '*****', user: u }"],
  ['{ password: [ab, cd], user: u }', '{ password: ********, user: u }'],
  ['password: &anchor "a b"', 'password: *************'],
  ['password:\n  "a b"\nuser: u', 'password:\n  "***"\nuser: u'],
  ['password: |\n  a b\nuser: u', 'password: |\n  ***\nuser: u'],
  ['password:\n  user: u', 'password:\n  user: u'],
  ['password: null', 'password: null'],
  // URLs, wherever they are.
  ['x: postgres://u:ab@h/d', 'x: postgres://u:**@h/d'],
  ['x: "postgres://${env.U:-me}:${env.P:-a/b}@h/d"', 'x: "postgres://${env.U:-me}:${env.P:-***}@h/d"'],
  ['x: "postgres://u@h/d?password=ab&sslmode=prefer"', 'x: "postgres://u@h/d?password=**&sslmode=prefer"'],
  ['x: "postgres://u@h/d?token=${env.T:-ab}"', 'x: "postgres://u@h/d?token=${env.T:-**}"'],
  ['url: "${env.X:-postgres://u:ab@h/d}"', 'url: "${env.X:-postgres://u:**@h/d}"'],
  ['url: "postgres://u:a b@h/d"', 'url: "postgres://u:***@h/d"'],
  [
    'url: "postgres://${env.U}:${secret.P}@${env.H}:${env.N}/d"',
    'url: "postgres://${env.U}:${secret.P}@${env.H}:${env.N}/d"',
  ],
  ['url: "postgres://[::1]:5432/d?sslmode=yes"', 'url: "postgres://[::1]:5432/d?sslmode=yes"'],
  ['url: "${each.url}"', 'url: "${each.url}"'],
  // A URL without a clear form may be a password at any place.
  ['url: "//u:ab@h/d" }', 'url: "**********" }'],
  ['url: postgres://u:ab', 'url: ***************'],
  ['url: "postgres://u:a/b@h/d"', 'url: "********************"'],
  ['url: host=h password=ab', 'url: ******************'],
  ['url: "${env.X}:ab@h"', 'url: "${env.X}*****"'],
];

describe('a line of a file is shown without passwords', () => {
  test.each(lines)('%s', (line, shown) => expect(hidePasswords(line)).toBe(shown));
});

test('columns are kept', () => {
  for (const [line, shown] of lines) expect(shown, line).toHaveLength(line.length);
});

test('long lines are read once', () => {
  for (const part of ['${a}', '$', ' ,', 'a ', "''", '\\"', '${a']) {
    const long = part.repeat(5_000);
    for (const before of ['password: ', 'password: "', 'url: postgres://u:', 'x?token='])
      expect(hidePasswords(before + long)).toHaveLength(before.length + long.length);
  }
}, 10_000);

test('passwords in files that may not even be YAML are known', () => {
  expect(passwordsIn('password: "${env.PW:-ab}"')).toContain('ab');
  expect(passwordsIn('url: postgres://u@h/d?password=a%20b')).toEqual(['a%20b', 'a b']);
  expect(passwordsIn('password: "${secret.PW}"\nother:\n  user: u')).toEqual([]);
});
