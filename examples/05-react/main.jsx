import { createRoot } from 'react-dom/client';
import { Gate, HomebodyProvider, useHomebody, useRanked } from 'homebody/react';

const options = {
  server: '/reco',
  key: '6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=',
  consent: 'banner',
};

function Shelf() {
  const me = useHomebody();
  const ranked = useRanked('home', { limit: 18 });
  return (
    <ul className="items" id="items">
      {ranked.map(({ id, item, reasons }) => (
        <li key={id} data-hb-id={id}>
          <strong>{item.title}</strong>
          <small>{reasons.length > 0 ? `because of ${reasons[0].name}` : `${item.brand} · €${item.price}`}</small>
          <button type="button" onClick={() => me?.record({ kind: 'click', item: id })}>Look</button>
          <Gate purpose="personalize">
            <button type="button" onClick={() => me?.dismiss(id)}>Not for me</button>
          </Gate>
        </li>
      ))}
    </ul>
  );
}

createRoot(document.querySelector('#root')).render(
  <HomebodyProvider options={options}>
    <h1>Outdoor shop, in React</h1>
    <p>Look at a few things; send away what you do not want.</p>
    <Shelf />
    <footer><hb-privacy-link></hb-privacy-link></footer>
  </HomebodyProvider>,
);
