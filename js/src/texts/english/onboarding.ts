import type { OnboardingTexts } from '../profile-shape.js';

/** What the questions say. */
export const ONBOARDING: OnboardingTexts = {
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
