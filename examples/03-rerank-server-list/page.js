const me = await window.homebody.me;
window.homebody.onClick(me);

// Not forced: a list that somebody is looking at keeps its order until the next page.
await order();
me.on('change', order);

async function order() {
  const told = [];
  for (const list of document.querySelectorAll('.items')) {
    const { applied, skipped } = await me.rerank(list);
    told.push(`${list.id}: ${applied ? 'ordered' : skipped}`);
  }
  document.querySelector('#told').textContent = told.join(', ');
}
