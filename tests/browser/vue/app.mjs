// A page in Vue that uses the whole binding: on the server it is rendered, in the browser it takes that over.
import { defineComponent, h, ref } from 'vue';
import { HbGate, provideHomebody, useConsent, useExperiment, useHomebody, useRanked } from 'homebody/vue';

/** What is known of the page and the visitor. */
const Said = defineComponent({
  setup() {
    const [page, consent] = [useHomebody(), useConsent()];
    const said = () => (consent.value ? `${consent.value.purposes.personalize.status} ${consent.value.paused}` : 'nothing yet');
    return () => h('p', { id: 'said', 'data-started': String(page.value !== null) }, said());
  },
});

/** A list of the published pool, of which more can be shown. */
const Shelf = defineComponent({
  setup() {
    const page = useHomebody();
    const limit = ref(8);
    const ranked = useRanked('home', () => ({ limit: limit.value }));
    const row = ({ id, item }) => h('li', { key: id, 'data-id': id, onClick: () => page.value.record({ kind: 'click', item: id }) }, String(item.title));
    return () => h('section', [h('ul', { id: 'shelf' }, ranked.value.map(row)), h('button', { id: 'more', onClick: () => (limit.value = 16) }, 'more')]);
  },
});

/** A list of the page's own candidates, whose prices change while their ids stay. */
const Own = defineComponent({
  props: { own: { type: Array, required: true } },
  setup(props) {
    const price = ref(1);
    const ranked = useRanked(() => props.own.map((id) => ({ id, price: price.value })));
    const row = ({ id, item, personalized }) => h('li', { key: id, 'data-id': id, 'data-personal': String(personalized) }, item.price);
    return () => h('section', [h('ol', { id: 'own' }, ranked.value.map(row)), h('button', { id: 'dearer', onClick: () => (price.value += 1) }, 'dearer')]);
  },
});

/** A part of the page of which there are two, nearly all of them the second. */
const Tried = defineComponent({
  setup() {
    const variant = useExperiment('steps', ['three', 'one'], { weights: [1, 1e9] });
    return () => h('p', { id: 'tried' }, `steps ${variant.value ?? 'unknown'}`);
  },
});

/** A part of the page that has to wait for its purpose. */
const Counted = () => h(HbGate, { purpose: 'analytics' }, { default: () => h('p', { id: 'counted' }, 'counted'), fallback: () => h('p', { id: 'uncounted' }, 'not counted') });

/** Everything on one page. */
export const App = defineComponent({
  props: { options: { type: Object, required: true }, own: { type: Array, required: true } },
  setup(props) {
    provideHomebody(props.options);
    return () => h('div', [h(Said), h(Shelf), h(Own, { own: props.own }), h(Counted), h(Tried)]);
  },
});
