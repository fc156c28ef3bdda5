import { onClick, personalize } from '/homebody/index.js';

const me = await personalize({
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consentConfig: '/consent.json',
  // A static host cannot tell where a visitor is; without a region the strictest law holds.
  region: 'DE',
  onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
});

document.querySelector('#panel').addEventListener('click', () => me.consent.open('panel'));
onClick(me);
void count();
me.on('change', show);
await show();

/** Counts while the purpose is allowed, again after every new yes. */
async function count() {
  const [items, output] = ['#items', '#count'].map((each) => document.querySelector(each));
  for (;;) {
    const { revoked } = await me.consent.when('analytics');
    let clicks = 0;
    output.textContent = '0';
    items.addEventListener('click', () => (output.textContent = String((clicks += 1))), { signal: revoked });
    await new Promise((ended) => revoked.addEventListener('abort', ended));
    output.textContent = 'not allowed';
  }
}

async function show() {
  const ranked = await me.rank(undefined, { limit: 18 });
  document.querySelector('#items').replaceChildren(...ranked.map(({ id, item }) => {
    const row = document.createElement('li');
    row.dataset.hbId = id;
    row.textContent = item.title;
    return row;
  }));
}
