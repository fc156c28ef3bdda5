import { kit } from '../notice/preferences.js';

/** A switch with a name and sentences about it. */
export function toggle(
  name: string,
  about: readonly (string | undefined)[],
  isOn: boolean,
  key: string,
  on: () => void,
): HTMLElement {
  const [row, input] = kit.switchRow(`${key}-name`, name, isOn, ...about);
  input.dataset['key'] = key;
  input.addEventListener('change', on);
  return row;
}
