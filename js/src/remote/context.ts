import type { SessionContext, SessionSettings } from '../rank/context.js';
import type { WasmName } from '../worker.js';
import type { Choices, Opening, PageAsked } from './asked.js';
import { faultOf } from './fault.js';
import type { Line } from './line.js';
import type { TakenTables } from './taken.js';

/** Nobody scrolls here, and a page that goes takes its worker with it. */
const SAVE_EVERY_MS = 100;

/** The page's lifecycle, as a session in a worker knows it. */
export function contextOf(
  { settings, promised }: Opening,
  choices: () => Choices,
  tables: TakenTables,
  line: Line<PageAsked>,
): SessionContext {
  const source = (name: WasmName) => () => line.ask('source', name);
  return {
    sync: tables,
    settings: {
      ...settings,
      wasm: source('wasm'),
      annexWasm: source('annexWasm'),
      careWasm: source('careWasm'),
      contributeWasm: source('contributeWasm'),
      judgeWasm: source('judgeWasm'),
      splitWasm: source('splitWasm'),
    } satisfies SessionSettings,
    promised,
    isAllowed: () => line.ask('isAllowed'),
    consent: () => ({
      // Of the state nothing else is looked at.
      state: () => choices().state as never,
      allowed: (purpose) => choices().state.purposes[purpose]?.effective ?? false,
    }),
    bits: () => choices().bits,
    report: (error) => line.tell('report', faultOf(error)),
    changed: () => line.tell('changed'),
    moved: (change) => line.tell('moved', change),
    post: (message) => line.tell('post', message),
    witness: { read: () => line.ask('debits'), write: (debits) => line.ask('debit', debits) },
    saveEveryMs: SAVE_EVERY_MS,
  };
}
