import { createSecureContext, type SecureContext } from 'node:tls';

let shared: SecureContext | undefined;

/**
 * Returns the authorities and ciphers that connections to services use, those of Node.js. Without it each connection makes
 * a context of its own, which costs about as much CPU as a handshake that continues a session.
 */
export function secureContext(): SecureContext {
  return (shared ??= createSecureContext());
}
