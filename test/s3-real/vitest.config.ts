import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/s3-real/*.real.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
