import { type ShallowRef, shallowRef, watch } from 'vue';
import { draw } from '../binding.js';
import type { ExperimentOptions } from '../experiment.js';
import { useHomebody } from './provide.js';

/**
 * The variant of an experiment to show, as `me.experiment()` draws it: to render this is to be exposed, so use it where the
 * variants begin to differ. Null on a server, until the page has started and where it cannot start: show the first variant
 * then, or leave the place free. Whoever gives consent is drawn for at once, whoever takes it back gets the first variant.
 *
 * @example
 * const steps = useExperiment('checkout', ['three-steps', 'one-page']);
 * // <OnePage v-if="steps === 'one-page'" /><ThreeSteps v-else />
 */
export function useExperiment<V extends string>(name: string, variants: readonly V[], options?: ExperimentOptions): Readonly<ShallowRef<V | null>> {
  const page = useHomebody();
  const variant = shallowRef(null) as ShallowRef<V | null>;
  const begin = (me: typeof page.value, _: unknown, stopped: (stop: () => void) => void): void => {
    if (me) stopped(draw(me, name, variants, options, (drawn) => (variant.value = drawn)));
  };
  watch(page, begin, { immediate: true });
  return variant;
}
