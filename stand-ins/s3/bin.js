#!/usr/bin/env node
import { register } from 'tsx/esm/api';

// The stand-in is run from its sources: it is a tool of this repository, and is not built or published.
register();
await import('./src/main.ts');
