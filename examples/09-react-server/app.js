import { createElement as h, useEffect, useRef, useState } from 'react';
import { HomebodyProvider, useHomebody, useRanked } from 'homebody/react';
import { fresh, like } from './products.js';

const options = {
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consent: 'banner',
};

/** The page; the first render is the same on the server and in the browser. */
export function App() {
  return h(HomebodyProvider, { options },
    h('h1', null, 'Outdoor shop, by React on a server'),
    h('p', null, 'Both lists come with the page. The second is in your order before you get there.'),
    h('h2', null, 'New this week'),
    h('ul', { className: 'items', id: 'new' }, fresh.map((product) => h(Card, { key: product.id, product }))),
    h('div', { className: 'tall' }),
    h('h2', null, 'You may like'),
    h(Shelf),
    h('footer', null, h('hb-privacy-link')),
  );
}

function Shelf() {
  const [list, shown] = useUnseen(useRanked(like));
  return h('ul', { className: 'items', id: 'like', ref: list }, shown.map(({ id, item }) => h(Card, { key: id, product: item })));
}

function Card({ product: { id, title, about } }) {
  const me = useHomebody();
  return h('li', { 'data-hb-id': id },
    h('strong', null, title),
    h('small', null, about),
    h('button', { type: 'button', onClick: () => me?.record({ kind: 'click', item: id }) }, 'Look'),
  );
}

/** An order, taken over while nobody sees the list it is for: nothing moves under a visitor's eyes. */
function useUnseen(order) {
  const list = useRef(null);
  const [isSeen, see] = useState(true);
  const [shown, show] = useState(order);
  useEffect(() => {
    const sight = new IntersectionObserver(([entry]) => see(entry.isIntersecting));
    sight.observe(list.current);
    return () => sight.disconnect();
  }, []);
  useEffect(() => {
    if (!isSeen) show(order);
  }, [order, isSeen]);
  return [list, shown];
}
