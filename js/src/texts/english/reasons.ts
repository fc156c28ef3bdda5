import type { ReasonTexts } from '../profile-shape.js';

/** The sentences reasons are told in. */
export const REASONS: ReasonTexts = {
  none: 'Picked for variety',
  collaborative: 'Because you looked at {name}',
  content: 'Similar to {name}',
  category: 'You like {name}',
  brand: 'More from {name}',
  tag: 'You like {name}',
  popular: 'Popular right now',
  trending: 'Getting popular',
  fresh: 'New here',
  rule: 'Recommended by this site',
  cart: 'Goes with your cart',
  explore: 'To try something new',
  serendipity: 'Something different for once',
  model: 'Likely to suit you',
  unnamed: 'Because of what you looked at',
  rest: 'Other things',
  neutral: 'Same place for everybody',
};
