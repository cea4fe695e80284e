import { Console } from 'node:console';

/** stdout carries frames alone: whatever a dependency prints goes to stderr. The first import of `main.ts`. */
globalThis.console = new Console(process.stderr, process.stderr);
