import { inject, type InjectionKey, onMounted, provide, type ShallowRef, shallowRef } from 'vue';
import { startOnce } from '../binding.js';
import type { Personalizer, PersonalizeOptions } from '../types.js';

const PAGE: InjectionKey<ShallowRef<Personalizer | null>> = Symbol('homebody');

/**
 * Starts `personalize()` once for the page, when the component is mounted and never on a server, and gives it to the
 * composables of every component below. Those render at once. Options no page can work with are
 * told to `onError`, else reported like an uncaught error; the page stays in everybody's order.
 *
 * @example
 * // In the setup of the outermost component:
 * import { provideHomebody } from 'homebody/vue';
 *
 * provideHomebody({ server: 'https://reco.shop.example', key: 'fNk2…', consentConfig: 'server' });
 */
export function provideHomebody(options: PersonalizeOptions): Readonly<ShallowRef<Personalizer | null>> {
  const page = shallowRef<Personalizer | null>(null);
  provide(PAGE, page);
  onMounted(async () => {
    page.value = await startOnce(options);
  });
  return page;
}

/** The page's `Personalizer`; null on a server, until it has started, and without `provideHomebody` in a component above. */
export function useHomebody(): Readonly<ShallowRef<Personalizer | null>> {
  return inject(PAGE, () => shallowRef(null), true);
}
