import { conformance } from '../../providers/conformance/conformance.ts';
import { elevenLabsRig } from '../../providers/elevenlabs/elevenlabs-rig.ts';

conformance('ElevenLabs', elevenLabsRig);
