/** Typed listeners, nothing more. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Listens; the returned function stops it. */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells everybody; a listener that throws is the page's own error and does not stop the others. */
  emit<E extends keyof Events>(event: E, detail: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (detail: Events[E]) => void)(detail);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}
