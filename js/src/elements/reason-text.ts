import type { ReasonKind } from '../reasons.js';
import { REASONS } from '../texts/english/reasons.js';
import type { ReasonTexts } from '../texts/profile-shape.js';
import type { Reason } from '../types.js';

/** How reasons are told. */
export interface ReasonWording {
  /** What the button says that shows them. Default: "Why this?". */
  ask?: string;
  /** Replaces single sentences. Default: English. */
  texts?: Partial<ReasonTexts>;
  /** The name to show, when a better one is known than the published one. */
  name?: (reason: Reason) => string | undefined;
}

const NAMED: ReadonlySet<ReasonKind> = new Set(['collaborative', 'content', 'category', 'brand', 'tag']);

/** One reason as a sentence for people; `undefined` (an item in neutral order) has its own. */
export function reasonText(reason: Reason | undefined, wording: ReasonWording = {}): string {
  const texts = { ...REASONS, ...wording.texts };
  if (!reason) return texts.neutral;
  const name = wording.name?.(reason) ?? reason.name;
  if (reason.kind === 'rule' && name) return `${texts.rule} (${name})`;
  if (!NAMED.has(reason.kind)) return texts[reason.kind];
  return name ? texts[reason.kind].replace('{name}', () => name) : texts.unnamed;
}
