// A small shop for the tests of signals: a list and item pages on routes of one document, order and item pages as documents
// of their own, a shelf in a shadow root, and what must be left alone. `log` in the page has what was recorded.

/** Letters that stand for items in the journey's file. */
export const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'z'];

/** The pages, for `front.pages`; `ids` are the items' ids by letter. */
export function pages({ origin, key, site }, ids) {
  const html = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${STYLE}</head>
<body><button id="agree">yes</button>${body}
<script type="module">${script({ origin, key, site, ids })}</script></body></html>`;
  const spa = html(`
<form id="search" data-hb-search action="/t/shop"><input name="getAttribute"><input id="secret" type="password" name="word"><input id="query" name="q" data-hb-query><button>Find</button></form>
<main></main>`);
  const order = html(`<main><ul data-hb-order="10045"><li data-hb-id="${ids.a}" data-hb-present="purchase" data-hb-value="2">A</li>
<li data-hb-id="${ids.d}" data-hb-present="purchase">D</li></ul><a id="to-item" href="/t/item">An item</a></main>`);
  const item = html(`<main data-hb-page="${ids.d}"><a id="to-end" href="/t/end">Away</a><div class="tall"></div></main>`);
  return new Map([
    ...['/t/shop', '/t/checkout', ...LETTERS.map((letter) => `/t/shop/${ids[letter]}`)].map((path) => [path, spa]),
    ['/t/order', order],
    ['/t/item', item],
    ['/t/end', html('<main></main>')],
  ]);
}

const STYLE = `<style>
body { margin: 0; font: 16px/1.2 sans-serif } li, section, form { display: block; padding: 4px; margin: 0 }
.far { margin-top: 4000px } .tall { height: 3000px }
</style>`;

/** The page's own script; the function bodies run in the browser. */
function script(shop) {
  return `const shop = ${JSON.stringify(shop)};\n(${run})(shop);`;
}

async function run({ origin, key, site, ids }) {
  const hb = await import('/pkg/index.js');
  const letters = new Map(Object.entries(ids).map(([letter, id]) => [id, letter]));
  const kept = JSON.parse(sessionStorage.getItem('log') ?? '[]');
  const note = (entry) => {
    kept.push(entry);
    sessionStorage.setItem('log', JSON.stringify(kept));
  };
  window.hb = hb;
  window.errors = [];
  window.me = await hb.personalize({ server: origin, key, site, consent: 'manual', onError: ({ code, message }) => errors.push(`${code} ${message}`) });
  window.log = () => kept;
  let open = null;
  // What the signals see: the real verbs, with a note of every interaction that was not dropped.
  window.watched = {
    consent: me.consent,
    report: me.report,
    record(interaction) {
      const { kind, item, value = 1 } = interaction;
      const taken = me.record(interaction);
      if (taken) note({ kind, item: letters.get(item) ?? item, value });
      return taken;
    },
    attend(attention) {
      me.attend(attention);
      if (!me.consent.allowed('personalize')) return;
      const ends = attention.type === 'close' || attention.type === 'open';
      if (ends && open) note({ kind: 'dwell', item: letters.get(open) ?? open, value: null });
      if (ends) open = attention.item ?? null;
    },
  };
  hb.autocapture(watched);
  /** Active milliseconds that the device has booked so far. */
  window.active = async () => (me.consent.allowed('personalize') ? (await me.exportData()).rhythm[5] : 0);

  const main = document.querySelector('main');
  const card = (letter) => `<li id="card-${letter}" data-hb-id="${ids[letter]}"><button class="title">Item ${letter}</button>
    <button class="wish" data-hb-action="wishlist">wish</button><button class="less" data-hb-action="dismiss">less</button>
    <button class="undo" data-hb-action="undo">undo</button></li>`;
  customElements.define('x-shelf', class extends HTMLElement {
    connectedCallback() {
      this.attachShadow({ mode: 'open' }).innerHTML = `<ul>${card('d')}${card('e')}</ul>`;
      this.shadowRoot.addEventListener('click', choose);
    }
  });
  const routes = {
    list: () => `<ul>${card('a')}${card('b')}${card('c')}</ul><x-shelf></x-shelf>
      <ul data-hb-ignore>${card('f')}</ul><button id="to-checkout">checkout</button><ul class="far">${card('z')}</ul>`,
    checkout: () => `<section data-hb-present="checkout" data-hb-value="1"><button id="pay" data-hb-action="checkout" data-hb-value="2">pay</button>
      <a id="to-order" href="/t/order">order</a></section>`,
    item: (id) => `<article data-hb-page="${id}"><button id="add" data-hb-action="cart_add" data-hb-value="2">add</button>
      <button id="remove" data-hb-action="cart_remove">remove</button><button id="share" data-hb-action="share">share</button>
      <label><input id="stars" type="radio" data-hb-action="rating" data-hb-value="4">four</label><button id="good" data-hb-action="thumbs_up">good</button>
      <p data-hb-question="found-it"><button id="found" data-hb-action="survey" data-hb-value="1">found it</button></p>
      <button id="back">back</button><div class="tall"></div></article>`,
  };
  function draw() {
    const [, , page, id] = location.pathname.split('/');
    if (page === 'shop') main.innerHTML = id ? routes.item(id) : routes.list();
    if (page === 'checkout') main.innerHTML = routes.checkout();
    scrollTo(0, 0);
  }
  // The address first, the page a moment later: as routers do that fetch before they draw.
  const go = (path) => {
    history.pushState(null, '', path);
    setTimeout(draw, 50);
  };
  function choose(event) {
    const title = event.target.closest?.('.title');
    if (title) go(`/t/shop/${title.closest('[data-hb-id]').dataset.hbId}`);
  }
  document.querySelector('#search')?.addEventListener('submit', (event) => event.preventDefault());
  document.querySelector('#agree').addEventListener('click', () => me.consent.set({ personalize: true }));
  main.addEventListener('click', (event) => {
    choose(event);
    if (event.target.id === 'back') history.back();
    if (event.target.id === 'to-checkout') go('/t/checkout');
  });
  addEventListener('popstate', () => setTimeout(draw, 50));
  draw();
  window.begun = true;
}
