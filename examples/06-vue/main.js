import { HbGate, provideHomebody, useHomebody, useRanked } from 'homebody/vue';
import { createApp, h } from 'vue';

const options = {
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consent: 'banner',
};

const button = (text, onClick) => h('button', { type: 'button', onClick }, text);

const Shelf = {
  setup() {
    const me = useHomebody();
    const ranked = useRanked('home', { limit: 18 });
    const row = ({ id, item, reasons }) =>
      h('li', { key: id, 'data-hb-id': id }, [
        h('strong', item.title),
        h('small', reasons.length > 0 ? `because of ${reasons[0].name}` : `${item.brand} · €${item.price}`),
        button('Look', () => me.value?.record({ kind: 'click', item: id })),
        h(HbGate, { purpose: 'personalize' }, () => button('Not for me', () => me.value?.dismiss(id))),
      ]);
    return () => h('ul', { class: 'items', id: 'items' }, ranked.value.map(row));
  },
};

const Shop = {
  setup() {
    provideHomebody(options);
    return () => [
      h('h1', 'Outdoor shop, in Vue'),
      h('p', 'Look at a few things; send away what you do not want.'),
      h(Shelf),
      h('footer', [h('hb-privacy-link')]),
    ];
  },
};

createApp(Shop).mount('#root');
