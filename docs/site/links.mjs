// Every link of the sources, taken to where it leads in the site; one that leads nowhere is a fault.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pathOf, REPOSITORY } from './contents.mjs';
import { outline } from './markdown.mjs';

const ASSET = /\.(jpg|png|svg|webp|json)$/;

/**
 * Resolves links of `pages` (a map from source to text). `assets` collects the files that pages show, `faults` what is
 * broken.
 */
export function resolver(root, pages) {
  const anchors = new Map();
  const assets = new Set();
  const faults = [];

  function hasAnchor(source, anchor) {
    if (!anchors.has(source)) anchors.set(source, new Set(outline(pages.get(source)).headings.map(({ id }) => id)));
    return anchors.get(source).has(anchor);
  }

  /** The address, from the page of `source`, of what its text calls `href`. */
  function address(source, href) {
    if (/^[a-z][a-z+.-]*:/i.test(href)) return href;
    const [path, anchor] = href.split('#');
    const target = path === '' ? source : posix.normalize(posix.join(dirname(source), path)).replace(/\/$/, '');
    const found = [target, `${target}/README.md`].find((each) => pages.has(each));
    if (found) {
      if (anchor && !hasAnchor(found, anchor)) faults.push(`${source}: ${href} (no such heading)`);
      return (path === '' ? '' : relativeTo(source, pathOf(found))) + (anchor ? `#${anchor}` : '');
    }
    const file = join(root, target);
    if (target.startsWith('..') || !existsSync(file)) {
      faults.push(`${source}: ${href} (no such file)`);
      return href;
    }
    if (ASSET.test(target) && target.startsWith('docs/')) {
      assets.add(target);
      return relativeTo(source, target.replace(/^docs\//, ''));
    }
    const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
    return `${REPOSITORY}/${kind}/main/${target}${anchor ? `#${anchor}` : ''}`;
  }
  return { address, assets, faults };
}

/** The address of a path of the site from a source's page. */
export function relativeTo(source, path) {
  return posix.relative(dirname(pathOf(source)), path);
}
