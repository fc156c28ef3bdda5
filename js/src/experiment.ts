/** Which variant of which experiment a page shows. */
export interface ExperimentView {
  /** Name of the experiment. */
  experiment: string;
  /** Name of the variant. */
  variant: string;
}

/** The first time that this visitor was shown an experiment, as the device keeps it; times are unix milliseconds. */
export interface Exposure {
  readonly experiment: string;
  readonly variant: string;
  /** The variant's place among all, as tasks know it. */
  readonly place: number;
  readonly atMs: number;
  /** No longer than the visitor was told that anything is kept. */
  readonly untilMs: number;
}

/** How an experiment is drawn. */
export interface ExperimentOptions {
  /** The share of each variant in proportion to the others: `[9, 1]` shows the second to one in ten. Default: equal ones. */
  weights?: readonly number[];
}

/** Who draws, and who is told; of the page's own types nothing is named here, as this file is part of the public ones. */
interface Page {
  readonly session: { call(verb: 'experiment', given: [string, readonly string[], ExperimentOptions | undefined]): Promise<unknown> } | undefined;
  readonly events: { emit(event: 'experiment', view: ExperimentView): void };
}

/** The variant to show on a page with a session; the first one where nothing can be kept. Tells whoever listens. */
export async function show<V extends string>(
  { session, events }: Page,
  experiment: string,
  variants: readonly V[],
  options?: ExperimentOptions,
): Promise<V> {
  const variant = (await session?.call('experiment', [experiment, variants, options])) as V | null | undefined;
  if (!variant) return variants[0]!;
  events.emit('experiment', { experiment, variant });
  return variant;
}
