// What a site with React writes to have c15t's banner; the options come from the page.
import { ConsentBanner, ConsentDialog, ConsentManagerProvider, useConsentManager } from '@c15t/react';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

/** Hands the manager to the page, as a component of the site would use it. */
function Handle() {
  window.manager = useConsentManager();
  return null;
}

const parts = [ConsentBanner, ConsentDialog, Handle].map((part) => createElement(part, { key: part.name }));
const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(createElement(ConsentManagerProvider, { options: window.c15tOptions }, ...parts));
