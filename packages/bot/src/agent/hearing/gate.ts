/** How loud a piece has to be to count as speech: both, as fractions of full scale. */
export interface MicGate {
  readonly peak: number;
  readonly rms: number;
}

/** By the setting `agent.micSensitivity`. */
export const micGates = {
  sensitive: { peak: 0.014, rms: 0.001 },
  normal: { peak: 0.018, rms: 0.0015 },
  strict: { peak: 0.06, rms: 0.008 },
} as const satisfies Record<string, MicGate>;
export type MicSensitivity = keyof typeof micGates;

/** Whether a piece of a capture is above the gate. Pure. */
export const isLoud = ({ peak, rms }: MicGate, gate: MicGate): boolean => peak >= gate.peak && rms >= gate.rms;
