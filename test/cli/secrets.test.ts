import { expect, it } from 'vitest';
import { collectSecrets } from '../../src/cli/secrets.ts';
import { renderDiagnostics } from '../../src/render/diagnostics.ts';

it.each(['several\nlines\tof a key', 'an \u001b escape', 'a "quote" and a \\', 'ordinary', 'ümläute & more'])(
  'hides %j in whatever spelling it comes',
  (secret) => {
    const secrets = collectSecrets();
    secrets.add(secret);
    const message = `the server says: ${secret}`;
    const texts = [
      message,
      JSON.stringify(message),
      encodeURIComponent(message),
      renderDiagnostics([{ code: 'EXT0000', severity: 'error', message }], {
        color: false,
        locate: () => undefined,
        lineOf: () => undefined,
      }),
    ];
    const [word] = secret.split(/[\s"]/).filter((part) => part.length > 4);
    for (const text of texts) {
      expect(secrets.redact(text)).toContain('(secret)');
      if (word !== undefined) expect(secrets.redact(text)).not.toContain(word);
    }
  },
);
