import { special } from '../../bench/alignment/scenarios.ts';
import { testLosses, testScenarios } from './together.ts';

// The least and the most; what lies between them stands in `alignment.slow.test.ts`.
testLosses([0, 0.05]);
testScenarios(special(5));
