export { HbGate, useConsent } from './consent.js';
export { useExperiment } from './experiment.js';
export { type OnboardingComposable, useOnboarding } from './onboarding.js';
export { provideHomebody, useHomebody } from './provide.js';
export { useRanked } from './ranked.js';
