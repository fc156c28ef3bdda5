/** Everything the questions say besides themselves. */
export interface OnboardingTexts {
  title: string;
  about: string;
  lead: string;
  yes: string;
  no: string;
  skip: string;
  skipAll: string;
  done: string;
  skipped: string;
}

const ENGLISH: OnboardingTexts = {
  title: 'What do you like?',
  about: 'A few questions, so that the list is yours from the start. Your answers stay on this device.',
  lead: 'Do you like this?',
  yes: 'Yes',
  no: 'No',
  skip: 'Skip',
  skipAll: 'No questions, please',
  done: 'Thank you. The list heeds your answers now.',
  skipped: 'All right, no questions.',
};

const GERMAN: OnboardingTexts = {
  title: 'Was mögen Sie?',
  about: 'Ein paar Fragen, damit die Liste von Anfang an Ihre ist. Ihre Antworten bleiben auf diesem Gerät.',
  lead: 'Mögen Sie das?',
  yes: 'Ja',
  no: 'Nein',
  skip: 'Überspringen',
  skipAll: 'Bitte keine Fragen',
  done: 'Danke. Die Liste richtet sich jetzt nach Ihren Antworten.',
  skipped: 'Gut, keine Fragen.',
};

/** The texts in a language (English when we do not have it), with the site's own on top. */
export function onboardingTexts(language: string, own: Partial<OnboardingTexts> = {}): OnboardingTexts {
  return { ...(/^de\b/i.test(language) ? GERMAN : ENGLISH), ...own };
}
