/**
 * Writes src/model/config/written.gen.ts from schemas/; with --check it only says whether the file is current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import { bundledSchema, type JsonSchema } from '../../src/config/schema-files.ts';

export const generatedFile = new URL('../../src/model/config/written.gen.ts', import.meta.url);

/** Returns the text that src/model/config/written.gen.ts must have. */
export async function generateTypes(): Promise<string> {
  const pipeline = bundledSchema('pipeline');
  const project = bundledSchema('project');
  const written = {
    title: 'Written',
    description:
      'What a YAML file of ours may hold, before defaults, substitution and references are followed.',
    oneOf: [{ $ref: '#/definitions/pipeline' }, { $ref: '#/definitions/project' }],
    definitions: {
      ...(project.definitions as JsonSchema),
      ...(pipeline.definitions as JsonSchema),
      pipeline: without(pipeline, 'definitions', '$schema'),
      project: without(project, 'definitions', '$schema'),
    },
  };
  return compile(asTypes(written) as JsonSchema, 'Written', {
    additionalProperties: false,
    bannerComment: '/* Generated from schemas/ by test/support/generate-types.ts (npm run generate). */',
    style: { printWidth: 110, singleQuote: true },
    ignoreMinAndMaxItems: true,
  });
}

/**
 * Returns the same schema in terms that the type generator understands: if/then/else is a union, and the `x-` keys of
 * patternProperties, which mean nothing to us, would turn every interface into an open one.
 */
function asTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asTypes);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { if: condition, then: one, else: other } = schema as JsonSchema;
  const rest = without(schema as JsonSchema, 'if', 'then', 'else', 'patternProperties');
  const entries = Object.entries(rest).map(([key, value]) => [key, asTypes(value)]);
  const union = condition === undefined ? {} : { anyOf: [asTypes(one), asTypes(other)] };
  return { ...(Object.fromEntries(entries) as JsonSchema), ...union };
}

function without(schema: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = await generateTypes();
  if (!argv.includes('--check')) {
    writeFileSync(generatedFile, wanted);
  } else if (readFileSync(generatedFile, 'utf8') !== wanted) {
    stderr.write('src/model/config/written.gen.ts is not current: npm run generate\n');
    exit(1);
  }
}
