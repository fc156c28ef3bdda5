// A page in React that uses the whole binding: on the server it is rendered, in the browser it takes that over.
import { createElement as h, useState } from 'react';
import { Gate, HomebodyProvider, useConsent, useExperiment, useHomebody, useRanked } from 'homebody/react';

/** Everything on one page. `options` are made anew by every render, as people write them. */
export function App({ options, own }) {
  return h(HomebodyProvider, { options: { ...options } }, h(Said), h(Shelf), h(Own, { own }), h(Counted), h(Tried));
}

/** What is known of the page and the visitor. */
function Said() {
  const me = useHomebody();
  const consent = useConsent();
  const said = consent ? `${consent.purposes.personalize.status} ${consent.paused}` : 'nothing yet';
  return h('p', { id: 'said', 'data-started': String(me !== null) }, said);
}

/** A list of the published pool, of which more can be shown. */
function Shelf() {
  const me = useHomebody();
  const [limit, setLimit] = useState(8);
  const ranked = useRanked('home', { limit });
  const row = ({ id, item }) => h('li', { key: id, 'data-id': id, onClick: () => me.record({ kind: 'click', item: id }) }, String(item.title));
  return h('section', null, h('ul', { id: 'shelf' }, ranked.map(row)), h('button', { id: 'more', onClick: () => setLimit(16) }, 'more'));
}

/** A list of the page's own candidates, whose prices change while their ids stay. */
function Own({ own }) {
  const [price, setPrice] = useState(1);
  const ranked = useRanked(own.map((id) => ({ id, price })));
  const row = ({ id, item, personalized }) => h('li', { key: id, 'data-id': id, 'data-personal': String(personalized) }, item.price);
  return h('section', null, h('ol', { id: 'own' }, ranked.map(row)), h('button', { id: 'dearer', onClick: () => setPrice(price + 1) }, 'dearer'));
}

/** A part of the page of which there are two, nearly all of them the second, and another experiment at a press. */
function Tried() {
  const [name, setName] = useState('steps');
  const variant = useExperiment(name, ['three', 'one'], { weights: [1, 1e9] });
  return h('p', { id: 'tried', onClick: () => setName('other') }, `${name} ${variant ?? 'unknown'}`);
}

/** A part of the page that has to wait for its purpose. */
function Counted() {
  return h(Gate, { purpose: 'analytics', fallback: h('p', { id: 'uncounted' }, 'not counted') }, h('p', { id: 'counted' }, 'counted'));
}
