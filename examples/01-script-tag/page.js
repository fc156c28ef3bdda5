const me = await window.homebody.me;
const items = document.querySelector('#items');

window.homebody.onClick(me);
await me.rerank(items);
me.on('change', () => me.rerank(items, { force: true }));
