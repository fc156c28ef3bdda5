// The comparison of consent managers: the rows that promise a time.
import { testRows } from './consent-rows.mjs';

testRows({ timed: true });
