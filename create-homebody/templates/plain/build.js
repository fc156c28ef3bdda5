// Puts pages and package into one folder, `dist`, for any static host.
import { cpSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
cpSync('site', 'dist', { recursive: true });
cpSync('node_modules/homebody/dist', 'dist/homebody', { recursive: true, filter: (file) => !file.endsWith('.d.ts') });
