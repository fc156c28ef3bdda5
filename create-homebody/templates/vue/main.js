import { createApp, h } from 'vue';
import { provideHomebody, useHomebody, useRanked } from 'homebody/vue';

const options = {
  server: '{{server}}',
  key: '{{key}}',
  consent: 'banner',
  onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
};

const Shelf = {
  setup() {
    const me = useHomebody();
    const ranked = useRanked('home', { limit: 18 });
    const row = ({ id, item, reasons }) =>
      h('li', { key: id, 'data-hb-id': id }, [
        h('strong', item.title ?? id),
        h('small', [item.brand, reasons[0]?.name && `because of ${reasons[0].name}`].filter(Boolean).join(' · ')),
        h('button', { type: 'button', onClick: () => me.value?.record({ kind: 'click', item: id }) }, 'Look'),
      ]);
    return () => h('ul', { class: 'items', id: 'items' }, ranked.value.map(row));
  },
};

const Shop = {
  setup() {
    provideHomebody(options);
    return () => [
      h('h1', '{{name}}'),
      h('p', 'Say yes below, look at a few things, and watch the list.'),
      h(Shelf),
      h('footer', [h('hb-privacy-link')]),
    ];
  },
};

createApp(Shop).mount('#root');
