export { useConsent } from './consent.js';
export { useExperiment } from './experiment.js';
export { Gate, type GateProps } from './gate.js';
export { type OnboardingHook, useOnboarding } from './onboarding.js';
export { HomebodyProvider, type HomebodyProviderProps, useHomebody } from './provider.js';
export { useRanked } from './ranked.js';
