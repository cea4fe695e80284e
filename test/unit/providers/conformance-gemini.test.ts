import { conformance } from '../../providers/conformance/conformance.ts';
import { geminiRig } from '../../providers/gemini/gemini-rig.ts';

conformance('Gemini', geminiRig);
