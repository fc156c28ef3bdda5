import type { PageContext, Policy } from '../policy.js';

/** Numbers and names in the order in which `sdk-wasm/src/settings.rs` reads them. */
const NUMBERS = [
  'alpha',
  'diversity',
  'maxSimilarity',
  'calibration',
  'explorationStrength',
  'freshShare',
  'freshImpressions',
  'cartBoost',
  'cartIdleMinutes',
  'impressionDiscount',
  'impressionRecoveryHours',
  'maxPerCategory',
  'maxPerBrand',
  'serendipitySlots',
] as const satisfies readonly (keyof Policy)[];
const EXPLORATIONS: readonly unknown[] = ['none', 'thompson', 'lints'];
const CARTS: readonly unknown[] = ['exclude', 'abandoned', 'always'];
const DEVICES: readonly unknown[] = [null, 'desktop', 'phone', 'tablet'];
const REFERRERS: readonly unknown[] = [null, 'direct', 'search', 'social', 'mail', 'ad', 'internal', 'other'];

/** The choices of one ranking as the numbers the module takes; `NaN` (and a code no list has) means "not given". */
export function packSettings(policy: Partial<Policy>, page: PageContext): Float32Array {
  return Float32Array.of(
    DEVICES.indexOf(page.device),
    number(page.viewport),
    number(page.hour),
    number(page.weekday),
    REFERRERS.indexOf(page.referrer),
    ...NUMBERS.map((name) => number(policy[name])),
    EXPLORATIONS.indexOf(policy.exploration),
    CARTS.indexOf(policy.cart),
  );
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
