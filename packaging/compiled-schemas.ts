import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { bundledSchema } from '../src/config/schema-files.ts';
import { validation } from '../src/config/schema/ajv-options.ts';
import { buildTextTree } from '../src/config/schema/build-text-tree.ts';
import { checkedSchema } from '../src/config/schema/checked-schema.ts';

/** The schemas as functions: compiling them would take every run a fifth of a second. */
export const compiledSchemas: Plugin = {
  name: 'compiled schemas',
  load: {
    filter: { id: /\/src\/config\/schema\/validator\.ts$/ },
    handler: () => {
      const names = ['pipeline', 'project'] as const;
      const ajv = new Ajv({ ...validation, code: { source: true, esm: true } });
      for (const name of names) ajv.addSchema({ ...checkedSchema(name), $id: name });
      const functions = standaloneCode.default(ajv, { pipeline: 'pipeline', project: 'project' });
      const module = `${functions}\nexport const validatorOf = (name) => ({ ${names.join(', ')} })[name];\n`;
      // Generated names say nothing to a reader, and take a sixth of the bytes.
      return { code: minifySync('validator.js', module, { module: true }).code, moduleType: 'js' };
    },
  },
};

/** The texts in the schemas as a tree, which every run with a reference needs. */
export const textTree: Plugin = {
  name: 'text tree',
  load: {
    filter: { id: /\/src\/config\/schema\/text-tree\.ts$/ },
    handler: () => {
      const tree = JSON.stringify(buildTextTree([bundledSchema('pipeline'), bundledSchema('project')]));
      const code = `const tree = JSON.parse(${JSON.stringify(tree)});\nexport const textTree = () => tree;\n`;
      return { code, moduleType: 'js' };
    },
  },
};
