import { testLosses } from './together.ts';

testLosses([0.005, 0.02]);
