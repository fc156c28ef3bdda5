import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import { memberOf, type Path, SCHEMA, type Spec } from './schema.js';

/** The configuration as the form has it now. What the form has no field for stays as it was in the file. */
export class Draft {
  #config: ConsentConfig;
  readonly #listeners = new Set<() => void>();

  constructor(config: ConsentConfig) {
    this.#config = config;
  }

  /** Never changed in place: every change is another object. */
  get config(): ConsentConfig {
    return this.#config;
  }

  /** The value at a path. */
  get(path: Path): unknown {
    return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], this.#config);
  }

  /** Sets a value; `undefined` takes it out, and with it what would be left empty around it. */
  set(path: Path, value: unknown): void {
    this.replace(put(this.#config, path, value, SCHEMA) as ConsentConfig);
  }

  /** Takes another configuration. */
  replace(config: ConsentConfig): void {
    this.#config = config;
    for (const heard of [...this.#listeners]) heard();
  }

  /** Calls back on every change until the signal aborts. */
  listen(heard: () => void, signal?: AbortSignal): void {
    this.#listeners.add(heard);
    signal?.addEventListener('abort', () => this.#listeners.delete(heard), { once: true });
  }
}

function put(target: unknown, [key, ...rest]: Path, value: unknown, spec: Spec | undefined): unknown {
  if (key === undefined) return value;
  const next = put((target as Record<string | number, unknown> | undefined)?.[key], rest, value, spec && memberOf(spec, key));
  if (typeof key === 'number') {
    const list = Array.isArray(target) ? [...(target as unknown[])] : [];
    list.splice(key, 1, ...(next === undefined ? [] : [next]));
    return list.length === 0 && !spec?.minItems ? undefined : list;
  }
  const copy: Record<string, unknown> = { ...(target as object | undefined) };
  if (next === undefined) delete copy[key];
  else copy[key] = next;
  const isNeeded = spec?.required || spec?.minProperties;
  return Object.keys(copy).length === 0 && !isNeeded ? undefined : copy;
}
