import { onClick, onImpression, personalize } from '/homebody/index.js';

const me = await personalize({
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consent: 'banner',
  onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
});
const [items, known, undo] = ['items', 'known', 'undo'].map((id) => document.getElementById(id));

/** What a card offers, beside the looks at it that are seen by themselves. */
const VERBS = {
  'I like it': (id) => me.like(id),
  'Into the basket': (id) => me.record({ kind: 'cart_add', item: id }),
  'Not for me': refuse,
};
/** Kept by id, so that the focus stays on a button whose card moves. */
const cards = new Map();
let refused;

onClick(me, { root: items, selector: 'strong', attribute: 'data-id' }); // the title alone: the buttons say more
onImpression(me, { root: items });
undo.addEventListener('click', () => {
  me.undo(refused);
  undo.disabled = true;
});
me.on('change', show);
await show();

async function show() {
  const ranked = await me.rank(undefined, { limit: 9 });
  items.replaceChildren(...ranked.map(({ id, item }) => cards.get(id) ?? card(id, item)));
  const profile = await me.profile();
  const tastes = profile?.facets ?? [];
  known.replaceChildren(...tastes.map(({ kind, name, strength }) => element('li', `${kind} ${name}: ${strength.toFixed(1)}`)));
}

function refuse(id) {
  undo.disabled = !me.dismiss(id);
  refused = id;
}

function card(id, item) {
  const row = element('li');
  row.dataset.hbId = id;
  const title = element('strong', item.title);
  title.dataset.id = id;
  const buttons = Object.entries(VERBS).map(([words, verb]) => {
    const button = element('button', words);
    button.type = 'button';
    button.addEventListener('click', () => verb(id));
    return button;
  });
  row.append(title, ...buttons);
  cards.set(id, row);
  return row;
}

function element(name, textContent = '') {
  return Object.assign(document.createElement(name), { textContent });
}
