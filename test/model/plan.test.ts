import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { encodePlan } from '../../src/run/plan-document.ts';
import { bundledSchema } from '../../src/config/schema-files.ts';
import type { Plan } from '../../src/model/plan/plan.ts';
import { fullPlan } from '../support/plans.ts';

/** schemas/plan.schema.json says to others what src/model/plan/plan.ts and the files behind it say to us. */
const schema = bundledSchema('plan');
const validate = new Ajv({ discriminator: true, strictTypes: false, allErrors: true }).compile(schema);
const documentOf = (plan: Plan): unknown => JSON.parse(encodePlan(plan));
const expectValid = (document: unknown) =>
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);

const goldens = new URL('../golden/plan/', import.meta.url);
const golden = readdirSync(goldens).filter((name) => name.endsWith('.json'));

test.each(golden)('%s is a document of the schema', (name) => {
  expectValid(documentOf(JSON.parse(readFileSync(new URL(name, goldens), 'utf8')) as Plan));
});

test('a plan with everything is one, and nothing may be added to it or taken from it', () => {
  expectValid(documentOf(fullPlan));
  const [first, ...rest] = fullPlan.pipelines;
  const wrong: unknown[] = [
    { ...fullPlan, seal: 'x' },
    fullPlan,
    documentOf({ ...fullPlan, format: 2 } as unknown as Plan),
    documentOf({ ...fullPlan, pipelines: [{ ...first, at: 'noon' }, ...rest] } as Plan),
    documentOf({ ...fullPlan, pipelines: [{ ...first, action: 'destroy' }, ...rest] } as unknown as Plan),
    documentOf({
      ...fullPlan,
      pipelines: [{ ...first!, steps: [{ id: 'a', kind: 'create', after: [], because: [], table: 't' }] }],
    } as unknown as Plan),
  ];
  for (const document of wrong) expect(validate(document)).toBe(false);
});

interface Shape {
  required: string[];
  optional: string[];
}

/** The interfaces of some files, by name: which properties each has. */
function shapesOf(files: readonly string[]): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const file of files) {
    const text = readFileSync(new URL(`../../src/model/${file}`, import.meta.url), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement)) shapes.set(statement.name.text, shapeOf(statement.members));
    }
  }
  return shapes;
}

function shapeOf(members: ts.NodeArray<ts.TypeElement>): Shape {
  const names = (optional: boolean) =>
    members
      .filter((member) => (member.questionToken !== undefined) === optional)
      .map((member) => (member.name as ts.Identifier).text)
      .sort();
  return { required: names(false), optional: names(true) };
}

/** Steps that are skipped where the rows that were read are the same. */
const conditional = ['finish', 'package', 'deliver'];

/** The acts of the union `StepAct`, by kind. */
function stepShapes(): Map<string, Shape> {
  const file = new URL('../../src/model/plan/step.ts', import.meta.url);
  const source = ts.createSourceFile('step.ts', readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  const shapes = new Map<string, Shape>();
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== 'StepAct') continue;
    for (const act of (statement.type as ts.UnionTypeNode).types) {
      const { members } = act as ts.TypeLiteralNode;
      const { required, optional } = shapeOf(members);
      const kind = /kind: '(\w+)'/.exec(act.getText())?.[1] ?? '';
      if (conditional.includes(kind)) optional.push('ifRowsDiffer');
      shapes.set(`${kind}-step`, {
        required: [...required, 'after', 'because', 'id'].sort(),
        optional: optional.sort(),
      });
    }
  }
  return shapes;
}

interface ObjectSchema {
  properties?: Record<string, unknown>;
  required?: string[];
}

function shapeOfSchema({ properties = {}, required = [] }: ObjectSchema): Shape {
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  return { required: required.toSorted(), optional: optional.sort() };
}

describe('types and schema have the same properties', () => {
  const definitions = schema.definitions as Record<string, ObjectSchema>;
  const shapes = shapesOf([
    'plan/plan.ts',
    'plan/table-plan.ts',
    'plan/increment-plan.ts',
    'plan/destination-plan.ts',
    'plan/change.ts',
    'plan/step.ts',
    'world/observation.ts',
    'errors/diagnostic.ts',
  ]);
  const steps = stepShapes();
  const named = Object.keys(definitions).filter((name) => definitions[name]!.properties !== undefined);

  test.each(named)('%s', (name) => {
    const type = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const shape = steps.get(name) ?? written[name] ?? shapes.get(type);
    expect(shapeOfSchema(definitions[name]!)).toEqual(shape);
  });

  test('Plan, with its seal', () => {
    const { required, optional } = shapes.get('Plan')!;
    expect(shapeOfSchema(schema)).toEqual({ required: [...required, 'seal'].sort(), optional });
  });

  test('every kind of step', () => {
    expect([...steps.keys()].sort()).toEqual(
      Object.keys(definitions).filter((name) => name.endsWith('-step')),
    );
  });
});

/** What the types have no name for. */
const written: Record<string, Shape> = {
  upload: { required: ['bytes', 'requests'], optional: [] },
  'publication-upload': { required: ['bytes', 'requests'], optional: ['portions'] },
};
