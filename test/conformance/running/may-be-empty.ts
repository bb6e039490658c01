/**
 * Panels that may be without data on a cluster where all is well, by dashboard and title, each with the reason. Every other
 * panel must have data. `*` stands for any dashboard or any text.
 */
export interface MayBeEmpty {
  readonly dashboard: string;
  readonly panel: string;
  readonly reason: string;
}

export const MAY_BE_EMPTY: readonly MayBeEmpty[] = [
  { dashboard: '*', panel: 'Killed for memory', reason: 'no container was killed for memory' },
  { dashboard: '*', panel: 'Restarts by container', reason: 'no container of the application was restarted' },
  { dashboard: '*', panel: 'Last ends by reason', reason: 'no container of the application has ended' },
  { dashboard: '*', panel: 'Waiting containers by reason', reason: 'no container of the application waits' },
];

/** In a user namespace there are no control groups (`../cluster/user-namespace`), so nobody knows what a container takes. */
export const isUnmeasured = (query: string): boolean =>
  Boolean(process.env.USER_NAMESPACE) && /\bcontainer_(?:cpu|fs|memory|network)_/.test(query);

const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

export const mayBeEmpty = (dashboard: string, panel: string): MayBeEmpty | undefined =>
  MAY_BE_EMPTY.find((entry) => matches(entry.dashboard, dashboard) && matches(entry.panel, panel));
