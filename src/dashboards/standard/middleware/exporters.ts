import { group, operation } from '../../../query/expressions';
import { choice } from '../../chain';

/** The label that tells the targets of a job apart. */
export const I = 'instance';

/** A user's job says nothing else of its targets for certain. */
export const INSTANCE = choice(I, 'Instance', 'Exporters, or what they ask.');

/** Share of something in all of it, nothing where there is none. */
export const share = (part: string, all: string) => operation(part, '/', group(operation(all, '>', 0)));
