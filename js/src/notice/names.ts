import type { NoticeContext, PurposeId } from '../consent/types.js';
import type { Words } from './words.js';

/** Key of a purpose's texts. */
export function keyOf({ config }: NoticeContext, purpose: PurposeId): string {
  return config.purposes[purpose]?.text ?? `purposes.${purpose}`;
}

/** What a purpose is called; its id where nobody gave it a name. */
export function titleOf(context: NoticeContext, { say }: Words, purpose: PurposeId): string {
  return say(`${keyOf(context, purpose)}.title`) || purpose;
}

/** Names as a list of the language. */
export function listed(lang: string, names: readonly string[]): string {
  return new Intl.ListFormat(lang).format(names);
}
