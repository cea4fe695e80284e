/** Why the arguments of a command cannot be used; `option` is the name of the one concerned. */
export type ArgumentProblem =
  | { readonly code: 'missing'; readonly option: string; readonly says: string }
  | {
      readonly code: 'not_a_choice';
      readonly option: string;
      readonly value: string;
      readonly choices: readonly string[];
      readonly nearest: string | null;
    }
  | {
      readonly code: 'not_a_number';
      readonly option: string;
      readonly value: string;
      readonly min: number;
      readonly max: number;
    }
  | { readonly code: 'wrong_form'; readonly option: string; readonly value: string; readonly like: string }
  | { readonly code: 'too_long'; readonly option: string; readonly length: number; readonly max: number }
  | { readonly code: 'not_a_person'; readonly option: string; readonly value: string }
  | { readonly code: 'left_over'; readonly value: string };
