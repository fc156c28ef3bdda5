import { HomebodyError } from '../errors.js';
import type { ExperimentOptions, Exposure } from '../experiment.js';
import { deriveKey } from '../ids.js';
import { exposures, keepExposures } from './exposures.js';
import type { Session } from './session.js';
import { alone } from './tabs.js';

export { exposures, exposureTo } from './exposures.js';

const DAY_MS = 86_400_000;
const MAX_VARIANTS = 16;
/** As tasks name experiments: `is_id` of `core/protocol/src/task/check`. */
const NAME = /^[a-z\d-]{1,64}$/;

/**
 * The variant that this visitor is shown, and from then on always: drawn from the device's own secret. The first time is
 * kept, with the rest and encrypted as it is. Null where nothing can be kept: then nobody takes part.
 */
export async function experiment(
  session: Pick<Session, 'contributing'>,
  name: string,
  variants: readonly string[],
  options?: ExperimentOptions,
): Promise<string | null> {
  const weights = options?.weights ?? variants.map(() => 1);
  check(name, variants, weights);
  const { parts } = session.contributing;
  if (!parts) return null;
  const { drawer, secret, context } = parts;
  const known = of(name, variants, await exposures(drawer));
  if (known) return known.variant;
  const place = drawn(secret, name, weights);
  const variant = variants[place]!;
  // Nobody waits for the disk: whoever is gone before it is written is exposed on the next page.
  const keep = async (): Promise<void> => {
    const kept = await exposures(drawer); // Another tab may have been here.
    if (of(name, variants, kept)) return;
    const atMs = Date.now();
    const exposure = { experiment: name, variant, place, atMs, untilMs: atMs + context.promised.days * DAY_MS };
    await keepExposures(drawer, [...kept.filter(({ experiment }) => experiment !== name), exposure]);
  };
  alone(keep).catch(context.report);
  return variant;
}

/** The place of the variant that a secret draws: the same for the same weights, and as often as they say. */
export function drawn(secret: number, name: string, weights: readonly number[]): number {
  const point = (deriveKey(secret, `experiment ${name}`) / 2 ** 32) * sum(weights);
  let passed = 0;
  return weights.findIndex((weight) => (passed += weight) > point);
}

function sum(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** What is kept of an experiment; a variant that is no more is drawn for anew. */
function of(name: string, variants: readonly string[], kept: readonly Exposure[]): Exposure | undefined {
  return kept.find(({ experiment, variant }) => experiment === name && variants.includes(variant));
}

function check(name: string, variants: readonly string[], weights: readonly number[]): void {
  const wrong = (what: string) => new HomebodyError('options', `experiment \`${name}\`: ${what}`);
  if (!NAME.test(name)) throw wrong('its name is 1 to 64 of `a-z`, `0-9` and `-`');
  const isList = Array.isArray(variants) && variants.length >= 2 && variants.length <= MAX_VARIANTS;
  if (!isList || new Set(variants).size < variants.length || !variants.every((variant) => variant && typeof variant === 'string')) {
    throw wrong('it has 2 to 16 variants, each with a name of its own');
  }
  const areWeights = weights.length === variants.length && weights.every((weight) => weight >= 0);
  if (!areWeights || !(sum(weights) > 0 && sum(weights) < Infinity)) throw wrong('each variant has a weight of 0 or more, and one above 0');
}
