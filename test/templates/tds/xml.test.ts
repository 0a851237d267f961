import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { describeTemplate } from '../../../src/templates/describe-template.ts';
import { templateFromDocument } from '../../../src/templates/open-template.ts';
import { editAttributes } from '../../../src/templates/tds/edit.ts';
import { childrenOf, descendantsOf, parseXml } from '../../../src/templates/tds/xml.ts';
import { parseDataSource } from '../../../src/templates/tds/parse.ts';
import { crlf, live } from '../support/documents.ts';

const parse = (text: string | Buffer) => parseXml(Buffer.from(text as string), 'x.tds');
const failure = (text: string | Buffer) => {
  try {
    parse(text);
    return 'read';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
};

describe('XML that is refused', () => {
  const entities = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><a>&b;</a>`;
  it.each([
    ['entity expansion', entities, /^EXT4102 x\.tds has a DOCTYPE/],
    ['an external entity', `<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>`, /^EXT4102/],
    ['an external DTD', `<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>`, /^EXT4102/],
    [
      'an unknown entity',
      `<a>\n  <b c='&f;'/></a>`,
      /^EXT4101 x\.tds is not well-formed XML at line 2, column 12: undefined entity/,
    ],
    ['an element left open', `<a><b></a>`, /^EXT4101 x\.tds is not well-formed XML at line 1, column 11/],
    ['an end that is missing', `<a><b/>`, /^EXT4101/],
    ['two roots', `<a/><b/>`, /^EXT4101/],
    ['an attribute given twice', `<a b='1' b='2'/>`, /^EXT4101/],
    ['a control character', `<a b='\u0001'/>`, /^EXT4101/],
    ['no element', ``, /^EXT4101/],
    ['no XML', `PK\u0003\u0004`, /^EXT4101/],
    [
      'another encoding',
      `<?xml version='1.0' encoding='windows-1252'?><a/>`,
      /^EXT4103 x\.tds declares the encoding windows-1252/,
    ],
    ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le'), /^EXT4103 x\.tds is not UTF-8 text/],
    ['broken UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e]), /^EXT4103/],
    ['endless depth', '<a>'.repeat(300), /^EXT4101 .* nested more than 200 deep/],
  ])('for %s', (_, text, message) => expect(failure(text)).toMatch(message));
});

describe('XML that is read', () => {
  it('takes the spelling for readers that know every feature', () => {
    const { root } = parse(
      `<d><_.fcp.A.false...x n='old'><y/></_.fcp.A.false...x><_.fcp.A.true...x _.fcp.B.true...n='new' _.fcp.B.false...m='no'/></d>`,
    );
    expect(root.children.map(({ name, feature }) => [name, feature])).toEqual([['x', 'A']]);
    expect([...root.children[0]!.attributes].map(([name, { value }]) => [name, value])).toEqual([
      ['n', 'new'],
    ]);
    expect([...descendantsOf(root)]).toHaveLength(1);
  });

  it('reads a document alike whatever its line ends, quotes and byte order mark', () => {
    const strip = (text: string) => {
      const source = parseDataSource(Buffer.from(text), 'x');
      return JSON.stringify(source, (key, value: unknown) =>
        ['text', 'start', 'end', 'quote'].includes(key) ? undefined : value,
      );
    };
    const plain = strip(live());
    expect(strip(crlf(live()))).toBe(plain);
    expect(strip('\ufeff' + live())).toBe(plain);
    const doubled = live().replaceAll(/='([^']*)'/g, '="$1"');
    expect(doubled).toContain('caption="Amount"');
    expect(strip(doubled)).toBe(plain);
  });

  it('keeps line ends and quotes inside of formulas', () => {
    const [, , ratio] = childrenOf(parse(live()).root, 'column').map((column) =>
      column.children[0]?.attributes.get('formula'),
    );
    expect(ratio?.value).toBe('RANK([Profit Ratio])');
    const source = parseDataSource(Buffer.from(live()), 'x');
    expect(source.columns[1]!.calculation!.formula).toBe('SUM([amount]) // not [note]\r\n/ COUNTD([region])');
  });
});

describe('damaged data sources', () => {
  it('are read or refused, and nothing else', () => {
    const original = Buffer.from(live());
    const change = fc.tuple(
      fc.nat(original.length - 1),
      fc.constantFrom(...Buffer.from('<>&\'"=/[]a \u0000\u00ff', 'latin1')),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          describeTemplate(templateFromDocument(bytes, 'x', 'x.tds'));
        } catch (error) {
          if (!(error instanceof RunError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('editing attributes', () => {
  it('changes the values that are meant and no other character', () => {
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[^\P{C}\t\r\n]/gu, ''));
    const escape = (text: string, quote: string) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll(quote, quote === '"' ? '&quot;' : '&#39;')
        .replaceAll(/[\t\r\n]/g, (c) => `&#${c.charCodeAt(0)};`);
    const attribute = fc.record({
      old: value,
      now: fc.option(value),
      quote: fc.constantFrom('"', "'"),
      space: fc.constantFrom('', ' ', '\r\n'),
    });
    fc.assert(
      fc.property(fc.array(attribute, { maxLength: 5 }), value, (attributes, between) => {
        const build = (pick: (one: (typeof attributes)[number]) => string) =>
          attributes
            .map(
              ({ space, quote }, n) =>
                `<e${space} a${n}${space}=${space}${quote}${pick(attributes[n]!)}${quote}${space}/>${escape(between, '"')}`,
            )
            .join('');
        const text = `\ufeff<r>${build(({ old, quote }) => escape(old, quote))}</r>`;
        const { root } = parse(text);
        const found = root.children.map((child, n) => child.attributes.get(`a${n}`)!);
        expect(found.map((one) => one.value)).toEqual(attributes.map(({ old }) => old));
        const edits = attributes.flatMap(({ now }, n) =>
          now === null ? [] : [{ attribute: found[n]!, value: now }],
        );
        const edited = editAttributes(text, edits.toReversed());
        const again = parse(edited).root.children.map((child, n) => child.attributes.get(`a${n}`)!);
        expect(again.map((one) => one.value)).toEqual(attributes.map(({ old, now }) => now ?? old));
        const blank = (document: string, places: typeof found) =>
          places
            .toReversed()
            .reduce((rest, place) => rest.slice(0, place.start) + rest.slice(place.end), document);
        expect(blank(edited, again)).toBe(blank(text, found));
      }),
    );
  });
});
