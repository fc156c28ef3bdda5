import type { PageContext, Policy } from '../policy.js';
import type { Table } from '../table.js';
import type { WasmInput } from '../types.js';
import type { RankModule } from './wasm.js';

type Annexed = typeof import('./annexed.js');

/** Sections that only the annex can read: `TAGS` in core/protocol/src/table/extras.rs. */
const TAGS = ['PLCY', 'RULE', 'ARMS', 'LINP', 'SEGM', 'INTN', 'QUES', 'TREE', 'DUPL', 'DIVB', 'JUDG'];
const RETRY_AFTER_MS = 30_000;

/**
 * The second half of the ranking module: rules, exploration, models, caps. Loaded for the first pool or call that asks
 * for any of it; pages that never do are spared its weight.
 */
export class Annex {
  readonly #glue: Promise<RankModule>;
  readonly #input: WasmInput | undefined;
  #loading: Promise<void> | undefined;
  #attach = (): void => undefined;
  #annexed: Annexed | undefined;

  constructor(glue: Promise<RankModule>, input: WasmInput | undefined) {
    this.#glue = glue;
    this.#input = input;
  }

  /** Whether the module can do without it no longer. */
  isNeeded(table: Table | undefined, policy: Partial<Policy> = {}): boolean {
    return TAGS.some((tag) => table?.has(tag)) || Object.keys(policy).length > 0;
  }

  /** Loads it once; what failed is tried again after half a minute, by whoever asks then. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((thrown: unknown) => {
      setTimeout(() => (this.#loading = undefined), RETRY_AFTER_MS);
      throw thrown;
    });
    return this.#loading;
  }

  /** The module was made new and knows nothing of its annex. */
  renew(): void {
    this.#attach();
  }

  /** The circumstances of the page, which nothing but the annex asks about. */
  page(given: PageContext | undefined): PageContext {
    return this.#annexed?.pageContext(given) ?? {};
  }

  async #load(): Promise<void> {
    const annexed = await import(/* webpackChunkName: "homebody.annex" */ './annexed.js');
    const [glue, module] = await Promise.all([this.#glue, annexed.compileAnnex(this.#input)]);
    this.#attach = () => annexed.attach(glue, module);
    this.#attach();
    this.#annexed = annexed;
  }
}
