import type { StandardBoard } from '../../standard-board';
import { alloyCluster } from './cluster';
import { alloyPipelines } from './pipelines';
import { alloyResources } from './resources';

/** Boards about Alloy. */
export const ALLOY_BOARDS: readonly StandardBoard[] = [alloyResources, alloyPipelines, alloyCluster];
