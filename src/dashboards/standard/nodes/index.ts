import type { StandardBoard } from '../../standard-board';
import { nodeFull } from './full';
import { nodes } from './nodes';
import { useCluster, useNode } from './use';

/** Boards about nodes. */
export const NODE_BOARDS: readonly StandardBoard[] = [nodes, useNode, useCluster, nodeFull];
