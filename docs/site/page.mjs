import { pathOf, REPOSITORY } from './contents.mjs';
import { relativeTo } from './links.mjs';
import { escaped } from './markdown.mjs';

/** Without scripts, and nothing from elsewhere. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

/** The whole page around a text's HTML. `sections` is the navigation, `headings` the text's own. */
export function page({ source, title, html, headings, sections }) {
  const to = (path) => relativeTo(source, path);
  const all = sections.flatMap(({ pages }) => pages);
  const here = all.findIndex((each) => each.source === source);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}${title === 'Homebody' ? '' : ' · Homebody'}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('site.css')}">
</head>
<body>
<header><a class="skip" href="#text">Skip to the text</a><a class="brand" href="${to('index.html')}">Homebody</a><span class="motto">recommendations that never leave home</span><a class="to-contents" href="#contents">Contents</a><a class="source" href="${REPOSITORY}">Source</a></header>
<div class="columns">
<main id="text" tabindex="-1">
${html.replace('</h1>', `</h1>\n${ownContents(headings)}`)}
${neighbours(all[here - 1], all[here + 1], to)}
</main>
<nav id="contents" aria-label="Documentation">
${sections.map((section) => sectionOf(section, source, to)).join('\n')}
</nav>
</div>
<footer>MIT or Apache-2.0. This site runs no script, sets no cookie and asks no other server for anything.</footer>
</body>
</html>
`;
}

/** A text of several parts names them first. */
function ownContents(headings) {
  const parts = headings.filter(({ depth }) => depth === 2);
  if (parts.length < 3) return '';
  const links = parts.map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`);
  return `<nav class="parts" aria-label="On this page"><ul>${links.join('')}</ul></nav>`;
}

function sectionOf({ title, pages }, source, to) {
  const links = pages.map((each) => {
    const current = each.source === source ? ' aria-current="page"' : '';
    return `<li><a href="${to(pathOf(each.source))}"${current}>${escaped(each.name)}</a></li>`;
  });
  return `<h2>${title}</h2>\n<ul>${links.join('')}</ul>`;
}

function neighbours(before, after, to) {
  const link = (each, rel, label) => (each ? `<a rel="${rel}" href="${to(pathOf(each.source))}"><small>${label}</small> ${escaped(each.name)}</a>` : '<span></span>');
  return `<nav class="turn" aria-label="Pages before and after">${link(before, 'prev', 'Before')}${link(after, 'next', 'Next')}</nav>`;
}
