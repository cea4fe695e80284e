import { type Denial, deny } from '../../policy/denial.ts';
import type { VoiceChannelView } from '../discord-port.ts';

/** A refusal found only on the way: the requester is gone, the slot, the indicator. */
export class JoinRefused extends Error {
  readonly denial: Denial;

  constructor(denial: Denial) {
    super(denial.reason);
    this.name = 'JoinRefused';
    this.denial = denial;
  }
}

/** Neither the nickname nor the status could be set, whatever the permissions said before. */
export const noIndicator = (target: VoiceChannelView): Denial =>
  deny('no_recording_indicator', {
    targetVoiceChannelId: target.id,
    missingPermissions: target.type === 'voice' ? ['ChangeNickname', 'SetVoiceChannelStatus'] : ['ChangeNickname'],
  });
