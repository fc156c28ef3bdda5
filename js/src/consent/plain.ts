import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { ConsentLink } from '../generated/ConsentLink.js';
import { deriveKey } from '../ids.js';
import type { Settings } from '../options.js';
import { signalFloor } from './gpc.js';
import type { Term, Terms } from './terms.js';
import type { ConsentControl, ConsentSource } from './types.js';

/** What is asked on this page. */
export interface Asked {
  readonly config: ConsentConfig;
  /** What that means for a visitor, with or without Global Privacy Control. */
  readonly terms: (gpc: boolean) => Terms;
  /** SHA-256 of the published notice, when the server has it. */
  readonly notice?: string;
  /** The revision that choices of the first form name for the same question. */
  readonly legacy?: string;
  /** The consent platform that decides, read as the configuration says. */
  readonly platform?: ConsentSource | undefined;
  /** The variant that this page shows. */
  readonly arm?: string | undefined;
  /** The link that the law of the region wants. */
  readonly link?: ConsentLink | undefined;
  /** Begins what goes with the configuration: counting decisions, holding back the site's own tags. */
  readonly attend?: (consent: ConsentControl) => void;
}

/** What is asked by a page that has no configuration: its purposes, everywhere, in its own words where it has some. */
export function plain({ purposes, noticeRevision, policyUrl, texts, language }: Settings): Asked {
  const tag = language || globalThis.document?.documentElement.lang || globalThis.navigator?.language || 'en';
  const words = Object.entries(texts ?? {}).map(([key, text]) => [`banner.${key}`, text]);
  const legacy = hex(`${noticeRevision}|${purposes.join()}`, 8);
  const term = (id: string, gpc: boolean): Term => ({
    id,
    mode: 'ask',
    signal: gpc ? signalFloor(id) : undefined,
    digest: hex(`${noticeRevision}|${id}`, 6),
  });
  return {
    config: {
      version: 1,
      id: 'page',
      controller: { name: '', contact: '', policyUrl: policyUrl ?? '', authority: '' },
      rights: [],
      purposes: Object.fromEntries(purposes.map((id) => [id, {}])),
      texts: { [tag]: Object.fromEntries(words) },
    },
    terms: (gpc) => ({
      revision: legacy,
      region: '',
      gpc,
      purposes: purposes.map((id) => term(id, gpc)),
      expireAfterDays: 365,
      reaskAfterDays: 180,
    }),
    legacy,
  };
}

function hex(text: string, digits: number): string {
  return deriveKey(0, text).toString(16).padStart(8, '0').slice(0, digits);
}
