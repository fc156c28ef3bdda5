import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { App } from './app.js';

/** The page as the server sends it: `shell` is `index.html` as Vite has built it. */
export function page(shell) {
  return shell.replace('<!-- app -->', () => renderToString(h(App)));
}
