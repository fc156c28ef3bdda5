const me = await window.homebody.me;
window.homebody.onClick(me);      // clicks on [data-hb-id]; nothing is recorded before consent
me.on('change', show);
await show();

async function show() {
  const ranked = await me.rank(undefined, { limit: 18 });
  document.querySelector('#items').replaceChildren(...ranked.map(card));
}

function card({ id, item, reasons }) {
  const row = document.createElement('li');
  row.dataset.hbId = id;
  const name = Object.assign(document.createElement('strong'), { textContent: item.title ?? id });
  const facts = [item.brand, item.price && `€${item.price}`, reasons[0]?.name && `because of ${reasons[0].name}`];
  row.append(name, Object.assign(document.createElement('small'), { textContent: facts.filter(Boolean).join(' · ') }));
  return row;
}
