/** The pages, in the order of the navigation. A page is a Markdown file of the repository, or one that `reference.mjs` makes. */
export const CONTENTS = [
  { title: 'Start', pages: ['docs/index.md', 'docs/guide/start.md', 'docs/guide/how-it-works.md'] },
  { title: 'Guide', pages: ['docs/guide/consent.md', 'docs/guide/signals.md', 'docs/signals.md', 'docs/feeds.md', 'docs/guide/lists.md', 'docs/lists.md', 'docs/frameworks.md', 'docs/rules.md', 'docs/files.md', 'docs/server.md', 'docs/collect.md', 'docs/lab.md'] },
  { title: 'Recipes', pages: ['docs/recipes/plain.md', 'docs/recipes/vite.md', 'docs/recipes/nextjs.md', 'docs/recipes/wordpress.md', 'docs/recipes/shopify.md', 'docs/recipes/offline.md', 'docs/recipes/experiment.md'] },
  { title: 'Consent', pages: ['docs/consent-config.md', 'docs/consent-sources.md', 'docs/consent-designer.md', 'docs/law.md', 'docs/consent-comparison.md'] },
  { title: 'Examples', pages: ['examples/README.md'], folders: 'examples' },
  { title: 'Measured', pages: ['docs/performance.md', 'docs/privacy.md', 'docs/ranking.md', 'benches/results.md'] },
  { title: 'Reference', pages: [], reference: true },
  { title: 'Project', pages: ['docs/decisions.md'] },
];

/** Where files that are no pages are shown. */
export const REPOSITORY = 'https://github.com/homebody-rs/homebody';

/** Where a source's page lies in the site. */
export function pathOf(source) {
  return source.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');
}
