export { defineList, HbList, type ListShown } from './element.js';
export { pages, type PagesOptions } from './pages.js';
export { sessionSeed } from './seed.js';
