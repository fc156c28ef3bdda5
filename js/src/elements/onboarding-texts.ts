import { ONBOARDING } from '../texts/english/onboarding.js';
import { profileFiles } from '../texts/files.js';
import type { OnboardingTexts } from '../texts/profile-shape.js';
import { kit } from '../notice/banner.js';
import type { Told } from '../texts/told.js';

export type { OnboardingTexts } from '../texts/profile-shape.js';

/** What the questions say for a BCP 47 tag, with the site's own on top: at once in English, else a promise. */
export function onboardingTexts(
  tag: string,
  own?: Partial<OnboardingTexts>,
): Told<OnboardingTexts> | Promise<Told<OnboardingTexts>> {
  return kit.told(tag, ONBOARDING, profileFiles, ({ onboarding }) => onboarding, own);
}
