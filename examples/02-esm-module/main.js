import { onClick, personalize } from '/homebody/index.js';
import { defineWhy, tellReasons } from '/homebody/elements/why.js';

const me = await personalize({
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consent: 'banner',
  onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
});

/** Kept by id: what is open in a card stays open when the card moves. */
const cards = new Map();

defineWhy();
onClick(me);
me.on('change', show);
await show();

async function show() {
  const ranked = await me.rank(undefined, { limit: 18 });
  tellReasons(ranked);
  document.querySelector('#items').replaceChildren(...ranked.map(({ id, item }) => cards.get(id) ?? card(id, item)));
}

function card(id, item) {
  const row = document.createElement('li');
  cards.set(id, row);
  row.dataset.hbId = id;
  const name = Object.assign(document.createElement('strong'), { textContent: item.title });
  const facts = Object.assign(document.createElement('small'), { textContent: `${item.brand} · €${item.price}` });
  const why = document.createElement('hb-why');
  why.setAttribute('item', id);
  row.append(name, facts, why);
  return row;
}
