const me = await window.homebody.me;
const show = () => me.rerank(document.querySelector('#items'), { force: true });

window.homebody.onClick(me);
me.on('change', show);
await show();
