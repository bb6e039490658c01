import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { goDuration } from '../../src/kubernetes/text';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import {
  binarySize,
  commonArguments,
  countProblems,
  durationProblems,
  endpointProblems,
  lookupAddress,
} from '../../src/thanos/thanos-process';
import { ThanosStoreGateway } from '../../src/thanos/thanos-store-gateway';
import { synthesize } from '../support/constructs';
import { BUCKET } from './bucket';

const external = (host: string, port = 10901) => Endpoint.external({ host, port, protocol: EndpointProtocol.GRPC });

describe('what every Thanos process has', () => {
  it('are arguments', () => {
    expect(commonArguments('store', { grpc: true })).toEqual([
      'store',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--grpc-address=:10901',
    ]);
    expect(commonArguments('compact', { grpc: false })).toEqual([
      'compact',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
    ]);
  });

  it('are sizes and durations', () => {
    expect([Size.mebibytes(250), Size.gibibytes(1), Size.kibibytes(1500)].map(binarySize)).toEqual(['250MiB', '1GiB', '1500KiB']);
    expect(
      [Duration.days(2), Duration.minutes(30), Duration.seconds(90), Duration.millis(1500), Duration.seconds(0.0001)].map(
        goDuration,
      ),
    ).toEqual(['48h', '30m', '90s', '1500ms', '0.1ms']);
  });

  it('are addresses that are looked up again', () => {
    synthesize((chart) => {
      const { grpc } = new ThanosStoreGateway(chart, 'store', { objectStorage: BUCKET });
      const name = '_grpc._tcp.monitoring-thanos-store.monitoring.svc.cluster.local';
      expect(lookupAddress(grpc, 'dnssrv+')).toBe(`dnssrv+${name}`);
      expect(lookupAddress(grpc, 'dnssrvnoa+')).toBe(`dnssrvnoa+${name}`);
    });
    expect(lookupAddress(external('thanos.example.com'), 'dnssrv+')).toBe('dns+thanos.example.com:10901');
    expect(lookupAddress(external('192.0.2.1'), 'dnssrv+')).toBe('192.0.2.1:10901');
  });
});

describe('checks', () => {
  it('refuse endpoints that cannot be called', () => {
    const allowed = [EndpointProtocol.GRPC];
    expect(endpointProblems('e', external('a.example.com'), allowed)).toEqual([]);
    expect(endpointProblems('e', external('a.example.com', 65536), allowed)).toEqual([
      'e has the port 65536; allowed are 1 to 65535: correct it',
    ]);
    for (const host of ['dns://a', 'a b', '$(X)', '', 'a..b', '-a', 'a\nb']) {
      expect(endpointProblems('e', external(host), allowed)).toEqual([
        `e has the host ${JSON.stringify(host)}; allowed is a host name or an IPv4 address: remove scheme, port and path`,
      ]);
    }
    expect(endpointProblems('e', Endpoint.external({ host: 'a', port: 1 }), allowed)).toEqual([
      'e is a:1, which speaks http; allowed is grpc: give the endpoint named `grpc` of the component',
    ]);
    expect(endpointProblems('e', external('a'), [EndpointProtocol.HTTP, EndpointProtocol.HTTPS])).toEqual([
      'e is a:10901, which speaks grpc; allowed is http or https: give another endpoint',
    ]);
  });

  it('refuse numbers and times that are none', () => {
    expect(countProblems({ a: 1, b: 0, c: 1.5, d: Number.NaN })).toEqual([
      'b is 0; allowed are whole numbers from 1: correct it',
      'c is 1.5; allowed are whole numbers from 1: correct it',
      'd is NaN; allowed are whole numbers from 1: correct it',
    ]);
    expect(
      durationProblems({ a: Duration.millis(1), b: Duration.seconds(0), c: Duration.seconds(0.0001), d: Duration.days(3651) }),
    ).toEqual([
      'b is 0h; allowed are whole milliseconds, from 1 to 10 years: correct it',
      'c is 0.1ms; allowed are whole milliseconds, from 1 to 10 years: correct it',
      'd is 87624h; allowed are whole milliseconds, from 1 to 10 years: correct it',
    ]);
  });
});
