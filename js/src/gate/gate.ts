import type { ConsentControl, ConsentState, PurposeState } from '../consent/types.js';
import type { ConsentConfig } from '../generated/ConsentConfig.js';
import { sweep } from './sweep.js';

/** As `isOver` of the machine of consent, which is in another part; and what ran out. */
const ENDED: readonly unknown[] = ['refused', 'withdrawn', 'invalidated', 'expired'];
const MARKED = 'template[data-purpose]';

/**
 * Holds back markup until its purpose is allowed: the content of `<template data-purpose="analytics">` is put behind the
 * template with the yes, scripts and all, and taken away again with the no; then what the configuration names under
 * `clear` is deleted, also when consent ended between two pages. Templates that are added later count, too. The returned
 * function stops it. `begun` is where the purposes stood when the page began: a banner that shows since then asks anew, and
 * hides what ran out.
 *
 * A script that ran has run: what it left in memory stays until the page does.
 */
export function gate(
  consent: ConsentControl,
  { purposes }: Pick<ConsentConfig, 'purposes'>,
  begun: ConsentState = consent.state(),
): () => void {
  const shown = new Map<Element, ChildNode[]>();
  const swept = new Set<string>();

  const look = (): void => {
    for (const template of document.querySelectorAll<HTMLTemplateElement>(MARKED)) {
      if (!shown.has(template) && consent.allowed(template.dataset['purpose'] ?? '')) shown.set(template, show(template));
    }
  };
  const changed = (state: ConsentState): void => {
    for (const [template, nodes] of shown) {
      if (consent.allowed((template as HTMLElement).dataset['purpose'] ?? '')) continue;
      shown.delete(template);
      for (const node of nodes) node.remove();
    }
    for (const [id, { clear }] of Object.entries(purposes)) {
      if (consent.allowed(id)) swept.delete(id);
      else if (!swept.has(id) && isEnded(state.purposes[id])) void sweep((swept.add(id), clear));
    }
    look();
  };

  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  const unsubscribe = consent.subscribe(changed);
  changed(begun);
  changed(consent.state());
  return () => {
    observer.disconnect();
    unsubscribe();
  };
}

/**
 * Whether somebody or something has ended it, on this page or since the last one: a no, the years, the browser's signal. Not
 * a pause, a notice that changed, nor a platform that is still loading: those freeze.
 */
function isEnded({ status, via }: Partial<PurposeState> = {}): boolean {
  return ENDED.includes(status) || via === 'gpc' || via === 'expiry';
}

/** Puts what a template holds behind it. Cloned scripts run; those with an address when it has come, in no fixed order. */
function show(template: HTMLTemplateElement): ChildNode[] {
  const content = document.importNode(template.content, true);
  const nodes = [...content.childNodes];
  template.after(content);
  return nodes;
}
