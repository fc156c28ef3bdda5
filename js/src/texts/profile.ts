import { profileFiles } from './files.js';
import type { ProfileTexts } from './profile-shape.js';
import ENGLISH from './profile/en.js';
import { type Told, told } from './told.js';

/** Everything about the profile for a BCP 47 tag: at once in English, else a promise. */
export function profileTexts(tag: string): Told<ProfileTexts> | Promise<Told<ProfileTexts>> {
  return told(tag, ENGLISH, profileFiles, (texts) => texts);
}
