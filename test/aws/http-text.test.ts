import { expect, test } from 'vitest';
import { readHead } from '../../src/aws/http-text.ts';

test('headers of one name are joined, whatever objects have by themselves', () => {
  const text = 'HTTP/1.1 200 OK\r\nconstructor: mine\r\nX-A: 1\r\nx-a: 2\r\n\r\nbody';
  expect(readHead(Buffer.from(text))).toEqual({
    head: { status: 200, headers: { constructor: 'mine', 'x-a': '1, 2' } },
    length: text.length - 'body'.length,
  });
});
