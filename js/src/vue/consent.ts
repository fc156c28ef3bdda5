import { defineComponent, type PropType, type ShallowRef, shallowRef, watch } from 'vue';
import type { ConsentState, PurposeId } from '../consent/types.js';
import { useHomebody } from './provide.js';

/**
 * All purposes, now and after every change in every tab; null on a server and until the page has started.
 *
 * @example
 * const consent = useConsent();
 * const isPaused = computed(() => consent.value?.paused);
 */
export function useConsent(): Readonly<ShallowRef<ConsentState | null>> {
  const page = useHomebody();
  const state = shallowRef<ConsentState | null>(null);
  watch(
    page,
    (me, _, stopped) => {
      const look = (): void => void (state.value = me?.consent.state() ?? null);
      look();
      if (me) stopped(me.consent.subscribe(look));
    },
    { immediate: true },
  );
  return state;
}

/**
 * Renders its default slot only while the purpose is allowed, else the slot `fallback`: never on a server, not before the
 * yes, and no longer after the withdrawal. What a child started by itself it has to stop when it is unmounted.
 *
 * @example
 * <HbGate purpose="analytics"><Counter /><template #fallback>Visits are not counted.</template></HbGate>
 */
export const HbGate = defineComponent({
  name: 'HbGate',
  props: { purpose: { type: String as PropType<PurposeId>, required: true } },
  setup(props, { slots }) {
    const page = useHomebody();
    const state = useConsent();
    return () => {
      // The state is what makes Vue look again.
      const isAllowed = state.value !== null && page.value?.consent.allowed(props.purpose);
      return slots[isAllowed ? 'default' : 'fallback']?.();
    };
  },
});
