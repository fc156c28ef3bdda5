import type { ConsentControl, NoticeContext } from '../consent/types.js';
import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { Personalizer } from '../types.js';
import type { PanelTexts } from './panel-texts.js';

/** What the panel needs of a `Personalizer`. */
export type PanelHost = Pick<
  Personalizer,
  'audit' | 'display' | 'erase' | 'exportData' | 'favour' | 'forget' | 'mute' | 'neutral' | 'on' | 'profile' | 'segment' | 'undo'
> &
  Partial<Pick<Personalizer, 'contributions'>> & { readonly consent: ConsentControl };

/** How the panel speaks. */
export interface PanelSettings {
  /** BCP 47 tag. Default: the page's `lang`, then English. */
  language?: string;
  /** Replaces single texts. */
  texts?: Partial<PanelTexts>;
  /** Address of the privacy policy, where there is no configuration that says it. */
  policyUrl?: string;
  /** Address of the Homebody server, whose public account is linked to as `server` + `/transparency`. */
  server?: string;
  /** What the site asks, for its own purposes, words and colours. */
  config?: ConsentConfig;
  /** The name people know an item by. Default: the published title, then the id. */
  nameOf?: (id: string) => string | undefined;
}

/** What the words of the notice are made from; a site without a configuration has the built-in ones. */
export function noticeOf({ consent }: PanelHost, { config, language, policyUrl = '' }: PanelSettings): NoticeContext {
  const controller = { name: '', contact: '', policyUrl, authority: '' };
  const none = { version: 1, id: 'none', controller, rights: [], purposes: {} };
  return { consent, config: config ?? none, report: ignore, shown: ignore, ...(language && { language }) };
}

function ignore(): void {}
