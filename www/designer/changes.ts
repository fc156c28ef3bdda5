import { termsOf } from '../../js/dist/consent/terms.js';
import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';

/** What a configuration does to those who answered the one before. */
export interface Change {
  /** Purposes that mean something else now: whoever answered is asked again. */
  readonly again: readonly string[];
  /** Purposes that nobody was asked about. */
  readonly added: readonly string[];
  /** Purposes that are asked for no longer. */
  readonly gone: readonly string[];
  /** Whether anything differs at all. */
  readonly isOther: boolean;
}

/** Compares by the digests that kept choices name. */
export function changeOf(before: ConsentConfig, now: ConsentConfig): Change {
  const [old, current] = [digests(before), digests(now)];
  return {
    again: [...current].filter(([id, digest]) => old.has(id) && old.get(id) !== digest).map(([id]) => id),
    added: [...current.keys()].filter((id) => !old.has(id)),
    gone: [...old.keys()].filter((id) => !current.has(id)),
    isOther: JSON.stringify(before) !== JSON.stringify(now),
  };
}

/** The change in a sentence or two. */
export function tellChange({ again, added, gone, isOther }: Change): string {
  if (!isOther) return 'Nothing has changed.';
  const told = [
    again.length > 0 && `These purposes will be asked again: ${again.join(', ')}.`,
    added.length > 0 && `New, so everybody is asked: ${added.join(', ')}.`,
    gone.length > 0 && `No longer asked for: ${gone.join(', ')}.`,
  ].filter((each) => each !== false);
  return told.length > 0 ? told.join(' ') : 'Cosmetic: nobody is asked again.';
}

function digests(config: ConsentConfig): Map<string, string> {
  // Where somebody is changes how a purpose begins, and never what it is.
  return new Map(termsOf(config, '', false).purposes.map(({ id, digest }) => [id, digest]));
}
