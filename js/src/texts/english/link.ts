/** English: what the way back says. */
export const LINK = {
  'link.settings': 'Privacy settings',
  'link.choices': 'Your Privacy Choices',
} as const;
