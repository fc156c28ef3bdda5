// Markdown as pages want it: headings that can be linked to, addresses of the site, tables and code that scroll by themselves.
import { Marked } from 'marked';

/** The anchor of a heading, as GitHub makes it, so that links hold in both places. */
export function slugOf(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
}

/** Title and headings of a text, each with its anchor. */
export function outline(text) {
  const seen = new Map();
  const headings = new Marked().lexer(text).filter(({ type }) => type === 'heading').map(({ depth, text: raw }) => {
    // Tags are no words, but code that looks like one is.
    const plain = raw.replace(/`([^`]*)`|<[^>]*>|\*\*|\[([^\]]*)\]\([^)]*\)/g, '$1$2');
    const slug = slugOf(plain);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return { depth, text: plain, id: count ? `${slug}-${count}` : slug };
  });
  return { title: headings[0]?.text ?? '', headings };
}

/** HTML of a text. `address(href)` gives the address in the site for one in the source. */
export function render(text, address) {
  const ids = outline(text).headings.map(({ id }) => id);
  const marked = new Marked({
    walkTokens(token) {
      if (token.type === 'link' || token.type === 'image') token.href = address(token.href);
    },
    renderer: {
      heading({ tokens, depth }) {
        const id = ids.shift();
        const mark = depth > 1 ? ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>` : '';
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${mark}</h${depth}>\n`;
      },
      code({ text: code, lang }) {
        const language = (lang ?? '').split(' ')[0];
        return `<pre tabindex="0"${language ? ` data-language="${language}"` : ''}><code>${escaped(code)}</code></pre>\n`;
      },
      image({ href, text: alt }) {
        return `<img src="${href}" alt="${escaped(alt)}" loading="lazy">`;
      },
    },
  });
  let tables = 0;
  return marked.parse(text)
    .replace(/<table>/g, () => `<div class="table" tabindex="0" role="region" aria-label="Table ${(tables += 1)}"><table>`)
    .replace(/<\/table>/g, '</table></div>')
    // A head without words heads nothing.
    .replace(/<th><\/th>/g, '<td></td>');
}

/** Text as HTML shows it. */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
