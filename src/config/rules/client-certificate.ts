import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** A client certificate is a pair of files, and is shown over TLS only. */
export const clientCertificate: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (settings.type !== 'postgres') continue;
    const { ssl } = settings;
    if (typeof ssl !== 'object' || ssl === null) continue;
    const given = (['cert', 'key'] as const).filter((key) => typeof ssl[key] === 'string');
    const [first] = given;
    if (first === undefined) continue;
    const at = { ...child(place, 'ssl', first), part: 'key' as const };
    if (given.length === 1) {
      const other = first === 'cert' ? 'key' : 'cert';
      yield problem(codes.keyDoesNotApply, `${first} has no effect without ${other}`, at, {
        hint: 'a client certificate is a PEM file (cert) and its private key (key)',
      });
    } else if (ssl.mode === 'disable') {
      yield problem(codes.keyDoesNotApply, 'a client certificate has no effect without TLS', at, {
        hint: 'set mode: verify-full (or verify-ca, or require)',
      });
    }
  }
};
