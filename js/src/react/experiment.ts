import { useEffect, useState } from 'react';
import { draw } from '../binding.js';
import type { ExperimentOptions } from '../experiment.js';
import { jsonOf } from '../json.js';
import { useHomebody } from './provider.js';

/**
 * The variant of an experiment to show, as `me.experiment()` draws it: to render this is to be exposed, so use it where the
 * variants begin to differ. Null on a server, until the page has started and where it cannot start: show the first variant
 * then, or leave the place free. Whoever gives consent is drawn for at once, whoever takes it back gets the first variant.
 * Names and options may be written where the hook is called: what counts is what they say.
 *
 * @example
 * const steps = useExperiment('checkout', ['three-steps', 'one-page']) ?? 'three-steps';
 * return steps === 'one-page' ? <OnePage /> : <ThreeSteps />;
 */
export function useExperiment<V extends string>(name: string, variants: readonly V[], options?: ExperimentOptions): V | null {
  const me = useHomebody();
  const [drawn, keep] = useState<{ of: string; variant: V }>();
  const of = jsonOf([name, variants, options]);
  useEffect(() => (me ? draw(me, name, variants, options, (variant) => keep({ of, variant })) : undefined), [me, of]);
  return drawn?.of === of ? drawn.variant : null;
}
