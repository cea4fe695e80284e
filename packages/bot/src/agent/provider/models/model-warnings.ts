import type { ProviderId } from '../realtime-provider.ts';
import type { Model, ModelRole } from './model.ts';
import { modelOf } from './model-table.ts';

/** A model the settings use. */
export interface UsedModel {
  readonly provider: ProviderId;
  readonly role: ModelRole;
  readonly id: string;
}

/** What is wrong with a model in use; `message` says what to do. */
export interface ModelWarning extends UsedModel {
  readonly code: 'model_retired' | 'model_retiring' | 'model_wrong_role';
  readonly message: string;
  readonly shutdownDate: string | null;
  readonly replacement: string | null;
}

const dayMs = 86_400_000;
/** How long before its end a model is warned of. */
const noticeDays = 90;

/**
 * What the start should say of the models in use: retired ones, ones about to be, and ones that cannot do what they are used for. Models
 * that are not in the table are the operator's own business. Pure.
 * @param now epoch milliseconds
 */
export const modelWarnings = (used: readonly UsedModel[], now: number): readonly ModelWarning[] =>
  used.flatMap((one) => {
    const model = modelOf(one.provider, one.id);
    const found = model === null ? null : wrongWith(model, one.role, now);
    if (model === null || found === null) return [];
    const { shutdownDate, replacement } = model;
    return [{ ...one, ...found, shutdownDate, replacement }];
  });

const wrongWith = (model: Model, role: ModelRole, now: number): Pick<ModelWarning, 'code' | 'message'> | null => {
  const { id, roles, shutdownDate, replacement } = model;
  const instead = replacement === null ? 'the vendor names no successor' : `use ${replacement}`;
  if (!roles.includes(role)) {
    return {
      code: 'model_wrong_role',
      message: `${id} is not made for ${role.replace('_', ' ')}: choose another model`,
    };
  }
  if (shutdownDate === null) return null;
  const daysLeft = Math.ceil((Date.parse(`${shutdownDate}T00:00:00Z`) - now) / dayMs);
  if (daysLeft <= 0) return { code: 'model_retired', message: `${id} is retired since ${shutdownDate}: ${instead}` };
  if (daysLeft > noticeDays) return null;
  return { code: 'model_retiring', message: `${id} is retired on ${shutdownDate}, in ${daysLeft} days: ${instead}` };
};
