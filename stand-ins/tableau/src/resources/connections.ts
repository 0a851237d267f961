import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readRequest } from '../rest/body.ts';
import type { Element } from '../rest/element.ts';
import { childOf, element, list } from '../rest/element.ts';
import { refuse } from '../rest/refusal.ts';
import type { Connection, Content } from '../world.ts';
import { readBoolean } from './booleans.ts';
import { findContent, mayChange } from './content.ts';

export function listConnections(call: UserCall): Answer {
  const { connections } = findContent(call);
  return answer(200, [list('connections', connections.map(connectionElement))]);
}

export async function updateConnection(call: UserCall): Promise<Answer> {
  const content = findContent(call);
  const connection = findConnection(content, call.params.connection ?? '');
  const root = await readRequest(call.body, call.headers['content-type']);
  const asked = childOf(root, 'connection')?.attributes;
  if (asked === undefined) throw refuse('400000', 'The request needs a <connection>.');
  if (!mayChange(call.world, content, call.user)) {
    throw refuse('403023', 'You do not have permission to update the connection.');
  }
  connection.serverAddress = asked.serverAddress ?? connection.serverAddress;
  connection.serverPort = asked.serverPort ?? connection.serverPort;
  connection.userName = asked.userName ?? connection.userName;
  if (asked.embedPassword !== undefined) {
    connection.embedPassword = readBoolean(asked.embedPassword, 'embedPassword');
  }
  return answer(200, [connectionElement(connection)]);
}

export function findConnection(content: Content, id: string): Connection {
  const found = content.connections.find((connection) => connection.id === id);
  if (found === undefined) throw refuse('404020', `Connection '${id}' could not be found.`);
  return found;
}

function connectionElement(connection: Connection): Element {
  return element('connection', {
    id: connection.id,
    type: connection.type,
    serverAddress: connection.serverAddress,
    serverPort: connection.serverPort === '' ? undefined : connection.serverPort,
    userName: connection.userName,
    embedPassword: connection.embedPassword,
  });
}
