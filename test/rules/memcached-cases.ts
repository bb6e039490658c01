import { placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('memcached');
const PLACE = placeOf('memcached');
const UP = own('memcached_up');
const MAX = own('memcached_max_connections');
const CURRENT = own('memcached_current_connections');

const cache = (hits: string, misses: string, evictions: string) => ({
  [own('memcached_commands_total', { command: 'get', status: 'hit' })]: hits,
  [own('memcached_commands_total', { command: 'get', status: 'miss' })]: misses,
  [own('memcached_items_evicted_total')]: evictions,
});

export const MEMCACHED_CASES: Cases = {
  MemcachedDown: {
    fires: { series: { [UP]: '1x5 0x40' }, at: '35m', alerts: [PLACE] },
    silent: { series: { [UP]: '1x5 0x10 1x40' }, at: '35m' },
  },
  MemcachedConnectionLimitApproaching: {
    fires: [
      { series: { [CURRENT]: '900x40', [MAX]: '1024x40' }, at: '30m', alerts: [{ ...PLACE, severity: 'warning' }] },
      {
        series: { [CURRENT]: '1000x40', [MAX]: '1024x40' },
        at: '30m',
        alerts: [
          { ...PLACE, severity: 'warning' },
          { ...PLACE, severity: 'critical' },
        ],
      },
    ],
    silent: { series: { [CURRENT]: '700x40', [MAX]: '1024x40' }, at: '30m' },
  },
  MemcachedConnectionsRejected: rises(own, 'memcached_connections_rejected_total', '40m', PLACE),
  MemcachedOutOfMemoryErrors: rises(own, 'memcached_slab_items_outofmemory_total', '40m', PLACE, { slab: '5' }),
  MemcachedTooSmall: {
    fires: { series: cache('0+60x200', '0+1000x200', '0+100x200'), at: '150m', alerts: [PLACE] },
    silent: [
      // Full, as a cache should be, and useful.
      { series: cache('0+1000x200', '0+1000x200', '0+100x200'), at: '150m' },
      // Room is left: what is asked for was never there.
      { series: cache('0+60x200', '0+1000x200', '0x200'), at: '150m' },
      // Hardly asked.
      { series: cache('0x200', '0+10x200', '0+100x200'), at: '150m' },
    ],
  },
};
