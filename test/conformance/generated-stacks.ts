import { generatedStacks } from '../support/stack-arbitrary';

const SEED = 5;

/** Stacks that every level-1 check also sees. `PROOF_STACKS` says how many; the first are always the same. */
export const STACKS = generatedStacks(Number(process.env.PROOF_STACKS ?? 20), SEED).map((stack, index) => ({
  ...stack,
  name: `stack ${index}`,
}));
