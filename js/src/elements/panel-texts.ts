import type { Purpose } from '../types.js';

/** Everything the panel says. `{…}` is filled in. */
export interface PanelTexts {
  title: string;
  lead: string;
  close: string;
  choices: string;
  purposes: Readonly<Record<Purpose, { name: string; about: string }>>;
  neutral: string;
  neutralAbout: string;
  gpc: string;
  known: string;
  summary: string;
  nothingKnown: string;
  noConsent: string;
  topics: string;
  mute: string;
  muted: string;
  disliked: string;
  unmute: string;
  items: string;
  more: string;
  forget: string;
  forgotten: string;
  refused: string;
  undo: string;
  undone: string;
  searches: string;
  surveys: string;
  answers: string;
  segment: string;
  audit: string;
  rights: string;
  download: string;
  downloaded: string;
  erase: string;
  eraseAbout: string;
  eraseConfirm: string;
  eraseNow: string;
  keep: string;
  erased: string;
  wiped: Readonly<Record<string, string>>;
  failed: string;
  saved: string;
  policy: string;
  kinds: Readonly<Record<string, string>>;
}

const ENGLISH: PanelTexts = {
  title: 'What this site thinks',
  lead: 'All of it is kept on this device, encrypted. The list is put in order here, too.',
  close: 'Close',
  choices: 'Your choices',
  purposes: {
    personalize: {
      name: 'Personal order',
      about: 'Remembers here what you look at. Turning it off erases what is known.',
    },
    contribute: {
      name: 'Help improve the suggestions',
      about: 'Adds noisy numbers to totals; no list of what you did is sent.',
    },
    share: { name: 'Share with this site', about: 'Sends what you agree to, and only that.' },
    measure: { name: 'Measure what works', about: 'Counts, without an identifier, whether suggestions help.' },
  },
  neutral: 'Show the same order as everybody',
  neutralAbout: 'What is known stays here but is not used.',
  gpc: 'Your browser asks sites not to share (Global Privacy Control). That is honoured.',
  known: 'What is known',
  summary: '{interactions} notes on {items} items, since {since}.',
  nothingKnown: 'Nothing yet. What you look at from now on will appear here.',
  noConsent: 'Nothing. Without your consent nothing is noted.',
  topics: 'Topics',
  mute: 'Ignore',
  muted: 'ignored',
  disliked: 'less of it',
  unmute: 'Use again',
  items: 'Looked at',
  more: 'Show all {count}',
  forget: 'Forget',
  forgotten: '{name} is forgotten.',
  refused: 'Not interested',
  undo: 'Undo',
  undone: '{name} may be suggested again.',
  searches: 'Searched for',
  surveys: 'Answered',
  answers: 'You have answered {count} questions about what you like.',
  segment: 'Sorted for you as: {name}.',
  audit: '{count} suggestions were seen; they covered {coverage} % of all topics, and {known} % of them were topics you like.',
  rights: 'Your data',
  download: 'Download everything',
  downloaded: 'Your data was saved as a file.',
  erase: 'Erase everything',
  eraseAbout: 'Deletes what is known and your choices from this device. There is no other copy.',
  eraseConfirm: 'Erase everything now? This cannot be undone.',
  eraseNow: 'Yes, erase',
  keep: 'Keep it',
  erased: 'Erased in {ms} ms: {wiped}. Nothing is left.',
  wiped: { memory: 'memory', shard: 'key', database: 'database', choice: 'your choices' },
  failed: 'That did not work: {reason}',
  saved: 'Saved.',
  policy: 'Privacy policy',
  kinds: {
    view: 'seen',
    impression: 'shown',
    click: 'opened',
    dwell: 'read',
    scroll: 'scrolled',
    search: 'searched',
    cart_add: 'added',
    cart_remove: 'taken out',
    wishlist: 'wished for',
    checkout: 'at checkout',
    purchase: 'bought',
    rating: 'rated',
    thumbs_up: 'liked',
    thumbs_down: 'disliked',
    survey: 'answered',
    share: 'shared',
    dismiss: 'less like this',
    undo: 'taken back',
    hint: 'told by the site',
  },
};

const GERMAN: PanelTexts = {
  title: 'Was diese Seite denkt',
  lead: 'Alles davon liegt verschlüsselt auf diesem Gerät. Auch sortiert wird nur hier.',
  close: 'Schließen',
  choices: 'Ihre Wahl',
  purposes: {
    personalize: {
      name: 'Eigene Reihenfolge',
      about: 'Merkt sich hier, was Sie ansehen. Ausschalten löscht, was bekannt ist.',
    },
    contribute: {
      name: 'Vorschläge verbessern helfen',
      about: 'Trägt verrauschte Zahlen zu Summen bei; was Sie taten, wird nicht gesendet.',
    },
    share: { name: 'Mit dieser Seite teilen', about: 'Sendet, wozu Sie Ja sagen, und nur das.' },
    measure: { name: 'Messen, was hilft', about: 'Zählt ohne Kennung, ob die Vorschläge nützen.' },
  },
  neutral: 'Dieselbe Reihenfolge wie für alle',
  neutralAbout: 'Was bekannt ist, bleibt hier, wird aber nicht benutzt.',
  gpc: 'Ihr Browser bittet darum, nichts zu teilen (Global Privacy Control). Das wird beachtet.',
  known: 'Was bekannt ist',
  summary: '{interactions} Notizen zu {items} Artikeln, seit {since}.',
  nothingKnown: 'Noch nichts. Was Sie ab jetzt ansehen, steht dann hier.',
  noConsent: 'Nichts. Ohne Ihre Zustimmung wird nichts notiert.',
  topics: 'Themen',
  mute: 'Nicht beachten',
  muted: 'nicht beachtet',
  disliked: 'weniger davon',
  unmute: 'Wieder beachten',
  items: 'Angesehen',
  more: 'Alle {count} zeigen',
  forget: 'Vergessen',
  forgotten: '{name} ist vergessen.',
  refused: 'Kein Interesse',
  undo: 'Zurücknehmen',
  undone: '{name} darf wieder vorgeschlagen werden.',
  searches: 'Gesucht',
  surveys: 'Beantwortet',
  answers: 'Sie haben {count} Fragen dazu beantwortet, was Sie mögen.',
  segment: 'Für Sie sortiert als: {name}.',
  audit: '{count} Vorschläge wurden gesehen; sie deckten {coverage} % aller Themen ab, und {known} % davon waren Themen, die Sie mögen.',
  rights: 'Ihre Daten',
  download: 'Alles herunterladen',
  downloaded: 'Ihre Daten sind als Datei gespeichert.',
  erase: 'Alles löschen',
  eraseAbout: 'Löscht, was bekannt ist, und Ihre Wahl von diesem Gerät. Eine andere Kopie gibt es nicht.',
  eraseConfirm: 'Jetzt alles löschen? Das lässt sich nicht zurücknehmen.',
  eraseNow: 'Ja, löschen',
  keep: 'Behalten',
  erased: 'Gelöscht in {ms} ms: {wiped}. Nichts ist übrig.',
  wiped: { memory: 'Arbeitsspeicher', shard: 'Schlüssel', database: 'Datenbank', choice: 'Ihre Wahl' },
  failed: 'Das ging nicht: {reason}',
  saved: 'Gespeichert.',
  policy: 'Datenschutz',
  kinds: {
    view: 'gesehen',
    impression: 'gezeigt',
    click: 'geöffnet',
    dwell: 'gelesen',
    scroll: 'durchgeblättert',
    search: 'gesucht',
    cart_add: 'hinzugefügt',
    cart_remove: 'herausgenommen',
    wishlist: 'gewünscht',
    checkout: 'an der Kasse',
    purchase: 'gekauft',
    rating: 'bewertet',
    thumbs_up: 'gefällt',
    thumbs_down: 'gefällt nicht',
    survey: 'beantwortet',
    share: 'geteilt',
    dismiss: 'weniger davon',
    undo: 'zurückgenommen',
    hint: 'von der Seite gesagt',
  },
};

/** The texts in a language (English when we do not have it), with the site's own on top. */
export function panelTexts(language: string, own: Partial<PanelTexts> = {}): PanelTexts {
  return { ...(/^de\b/i.test(language) ? GERMAN : ENGLISH), ...own };
}

/** Fills the `{…}` of a text. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
