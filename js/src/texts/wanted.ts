/**
 * BCP 47 tag of the language somebody wants: the one that is set, else the page's, else the browser's; English where there
 * is neither, on a server. For what is bundled with the question alone: shared with other files, it would be a module of its
 * own, which costs what the budget has not.
 */
export function wantedLanguage(set?: string): string {
  return set || globalThis.document?.documentElement.lang || globalThis.navigator?.language || 'en';
}
