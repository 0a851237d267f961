import { parseRelation } from './connections.ts';
import { parseDescription } from './column-elements.ts';
import type { DataObject, EndPoint, Relationship } from './model.ts';
import { attributeOf, childOf, childrenOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export function parseObjects(graph: XmlElement | undefined): DataObject[] {
  return childrenOf(childOf(graph, 'objects'), 'object').map((object) => ({
    id: attributeOf(object, 'id') ?? '',
    caption: attributeOf(object, 'caption'),
    description: parseDescription(childOf(object, 'table-description')),
    relations: childrenOf(object, 'properties').flatMap((properties) =>
      childrenOf(properties, 'relation').flatMap(parseRelation),
    ),
  }));
}

export function parseRelationships(graph: XmlElement | undefined): Relationship[] {
  return childrenOf(childOf(graph, 'relationships'), 'relationship').map((relationship) => ({
    first: parseEndPoint(childOf(relationship, 'first-end-point')),
    second: parseEndPoint(childOf(relationship, 'second-end-point')),
    pairs: childrenOf(relationship, 'expression').flatMap(parsePairs),
  }));
}

/** `AND` of comparisons, or one comparison: an operator with two operands. */
function parsePairs(expression: XmlElement): { op: string; first: string; second: string }[] {
  const op = attributeOf(expression, 'op') ?? '';
  const operands = childrenOf(expression, 'expression');
  if (op.toUpperCase() === 'AND') return operands.flatMap(parsePairs);
  const [first, second] = operands.map((operand) => attributeOf(operand, 'op') ?? '');
  return first === undefined || second === undefined ? [] : [{ op, first, second }];
}

function parseEndPoint(element: XmlElement | undefined): EndPoint {
  const names = [...(element?.attributes.keys() ?? [])];
  return {
    objectId: attributeOf(element, 'object-id') ?? '',
    unique: attributeOf(element, 'unique-key') === 'true',
    others: names.filter((name) => name !== 'object-id' && name !== 'unique-key'),
  };
}
