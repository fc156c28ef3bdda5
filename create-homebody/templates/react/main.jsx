import { createRoot } from 'react-dom/client';
import { HomebodyProvider, useHomebody, useRanked } from 'homebody/react';

const options = {
  server: '{{server}}',
  key: '{{key}}',
  consent: 'banner',
  onError: (error) => console.warn(`homebody: ${error.message}. ${error.hint}`),
};

function Shelf() {
  const me = useHomebody();
  const ranked = useRanked('home', { limit: 18 });
  return (
    <ul className="items" id="items">
      {ranked.map(({ id, item, reasons }) => (
        <li key={id} data-hb-id={id}>
          <strong>{item.title ?? id}</strong>
          <small>{[item.brand, reasons[0]?.name && `because of ${reasons[0].name}`].filter(Boolean).join(' · ')}</small>
          <button type="button" onClick={() => me?.record({ kind: 'click', item: id })}>Look</button>
        </li>
      ))}
    </ul>
  );
}

createRoot(document.querySelector('#root')).render(
  <HomebodyProvider options={options}>
    <h1>{{name}}</h1>
    <p>Say yes below, look at a few things, and watch the list.</p>
    <Shelf />
    <footer><hb-privacy-link></hb-privacy-link></footer>
  </HomebodyProvider>,
);
