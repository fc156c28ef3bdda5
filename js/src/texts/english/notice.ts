/** English: what the first layer says. */
export const NOTICE = {
  'banner.label': 'Personal order',
  'banner.title': 'Shall this site sort things for you?',
  'banner.body':
    'If you agree, this device remembers what you look at here and sorts lists by it. That profile stays on your device; you can read, download and erase it at any time.',
  'banner.accept': 'Sort for me',
  'banner.reject': 'No, same for all',
  'banner.preferences': 'Choose',
  'banner.later': 'Decide later',
  'banner.policy': 'Privacy policy',
  'notice.title': 'This is switched on here',
  'notice.body':
    'The uses named here work with what you do on this site. You can turn them off now, with one press, or later at any time.',
  'notice.ok': 'Leave on',
  'notice.object': 'Turn off',
  'purposes.personalize.title': 'Personal order',
  'purposes.contribute.title': 'Improve the suggestions',
  'purposes.share.title': 'Share with this site',
  'purposes.measure.title': 'Measure what works',
  'signal.gpc': 'Your browser asks sites not to share (Global Privacy Control). That is honoured.',
} as const;
