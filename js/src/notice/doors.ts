import type { ConsentSurface, NoticeContext } from '../consent/types.js';
import type * as onboarding from '../elements/onboarding.js';
import type * as panel from '../elements/panel.js';

// These parts come after this one, and bring nothing that is here already: elements, colours, the texts' machinery.

/** Shows the choice by purpose, fetched on first need. */
export async function showPreferences(context: NoticeContext): Promise<ConsentSurface> {
  return (await loadPreferences()).showPreferences(context);
}

/** Opens the panel, which stands on what the preferences are made of. */
export async function openPanel(...all: Parameters<typeof panel.openPanel>): Promise<panel.HbPrivacyPanel> {
  return (await loadPreferences()).openPanel(...all);
}

/** Shows the way back to the choices, fetched on first need. */
export async function showLink(context: NoticeContext): Promise<void> {
  const part = await import(/* webpackChunkName: "homebody.link" */ './link.js');
  part.showLink(context);
}

/** Shows the questions for newcomers, fetched on first need. */
export async function showOnboarding(
  ...all: Parameters<typeof onboarding.showOnboarding>
): Promise<onboarding.HbOnboarding | null> {
  const part = await import(/* webpackChunkName: "homebody.onboarding" */ '../elements/onboarding.js');
  return part.showOnboarding(...all);
}

const loadPreferences = () => import(/* webpackChunkName: "homebody.preferences" */ './preferences.js');
