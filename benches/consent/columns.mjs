// The managers that are compared, in the order of the columns; ours is the last.
import { c15t } from './managers/c15t.mjs';
import { homebody } from './managers/homebody.mjs';
import { klaro } from './managers/klaro.mjs';
import { orejime } from './managers/orejime.mjs';
import { osano } from './managers/osano.mjs';
import { tarteaucitron } from './managers/tarteaucitron.mjs';
import { vanillaCookieconsent } from './managers/vanilla-cookieconsent.mjs';

export const OURS = homebody;
export const COLUMNS = [vanillaCookieconsent, klaro, orejime, tarteaucitron, osano, c15t, OURS];
