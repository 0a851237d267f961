import { bundledSchema } from '../schema-files.ts';
import { buildTextTree, type TextNode } from './build-text-tree.ts';

let tree: TextNode | undefined;

/**
 * Returns the tree of the texts in the files of users. In dist/ this module is replaced by what it returns: reading the
 * schemas takes longer than most files of users; see packaging/compiled-schemas.ts.
 */
export function textTree(): TextNode {
  tree ??= buildTextTree([bundledSchema('pipeline'), bundledSchema('project')]);
  return tree;
}
