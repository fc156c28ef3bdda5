import type { NoticeContext } from '../consent/types.js';
import { Base, define, rootOf, withBody } from './dom.js';
import { NOTICE_CSS } from './style.js';
import { dress } from './tokens.js';

/**
 * `<hb-consent>`: what asks. Holds the banner, the preferences, or both, and goes when both have gone. Parts: `banner`,
 * `title`, `body`, `purposes`, `note`, `choice` (accept, reject and what stands for them: there is no part for one of
 * them alone), `quiet` (what else can be pressed), `policy`, `dialog`, `purpose`, `switch`, `details`, `close`.
 */
export class HbConsent extends Base {}

/** Puts something into the page's `<hb-consent>`, which stands first in `body`: keyboards and readers meet it first. */
export function enter(
  { config: { theme } }: NoticeContext,
  content: HTMLElement,
  entered: (host: Element) => void,
  css = NOTICE_CSS,
): void {
  withBody(() => {
    define('hb-consent', HbConsent);
    const host = document.querySelector('hb-consent') ?? document.createElement('hb-consent');
    const root = rootOf(host);
    // What dresses a dialog dresses the banner under it, too.
    if (!root.querySelector('dialog')) dress(root, css, theme);
    // One banner, one dialog: what another copy of the package put there makes room.
    root.querySelector(content.localName)?.remove();
    root.append(content);
    if (!host.isConnected) document.body.prepend(host);
    entered(host);
  });
}

/** Takes it away again. */
export function leave(content: HTMLElement): void {
  const root = content.getRootNode();
  content.remove();
  if (root instanceof ShadowRoot && !root.firstElementChild) root.host.remove();
}
