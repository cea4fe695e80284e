/** The stages of an answer, in their order, and what each one's end means. */
export const turnStages = {
  speech_end: 'the person fell silent',
  capture_end: 'it was decided that the person had finished',
  words_final: 'what was said was known in words',
  request: 'the model was asked',
  first_audio: 'the first audio came from the provider',
  first_packet: 'the first packet of the answer was sent',
} as const satisfies Record<string, string>;
export type TurnStage = keyof typeof turnStages;
export const turnStageOrder = Object.keys(turnStages) as readonly TurnStage[];
