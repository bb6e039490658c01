import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A log line as Loki would get it. */
export interface Received {
  readonly tenant: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339, with nine digits of a second. */
  readonly time: string;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Undoes Snappy's block format: literals and copies of what was already written. */
function uncompress(input: Buffer): Buffer {
  let position = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[position++];
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      break;
    }
  }
  const output = Buffer.alloc(length);
  let written = 0;
  const number = (bytes: number) => {
    const value = input.readUIntLE(position, bytes);
    position += bytes;
    return value;
  };
  while (position < input.length) {
    const tag = input[position++];
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const size = (short < 60 ? short : number(short - 59)) + 1;
      input.copy(output, written, position, position + size);
      position += size;
      written += size;
    } else {
      const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const offset = kind === 1 ? (tag >> 5) * 256 + number(1) : number(kind === 2 ? 2 : 4);
      for (let index = 0; index < size; index++, written++) {
        output[written] = output[written - offset];
      }
    }
  }
  return output;
}

/** Fields of a Protocol Buffers message by number: texts and messages as bytes, numbers as numbers. */
function fieldsOf(message: Buffer): { readonly number: number; readonly value: number | Buffer }[] {
  const fields: { number: number; value: number | Buffer }[] = [];
  let position = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[position++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  while (position < message.length) {
    const key = varint();
    if ((key & 7) === 2) {
      const size = varint();
      fields.push({ number: key >> 3, value: message.subarray(position, position + size) });
      position += size;
    } else {
      fields.push({ number: key >> 3, value: varint() });
    }
  }
  return fields;
}

const messages = (message: Buffer, number: number): Buffer[] =>
  fieldsOf(message).flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));

const text = (message: Buffer, number: number) => messages(message, number)[0]?.toString('utf8') ?? '';

const numeric = (message: Buffer, number: number) =>
  Number(fieldsOf(message).find((field) => field.number === number && !Buffer.isBuffer(field.value))?.value ?? 0);

/** `{a="b", c="d"}` as Alloy writes it: values with Go's escapes. */
const labelsOf = (selector: string): Record<string, string> =>
  Object.fromEntries([...selector.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(([, name, value]) => [name, JSON.parse(value)]));

function timeOf(timestamp: Buffer): string {
  const seconds = new Date(numeric(timestamp, 1) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(numeric(timestamp, 2)).padStart(9, '0')}Z`;
}

/** The entries of a push request, by `pkg/push/push.proto` of Loki 3. */
function entriesOf(request: Buffer, tenant: string | undefined): Received[] {
  return messages(request, 1).flatMap((stream) =>
    messages(stream, 2).map((entry) => ({
      tenant,
      labels: labelsOf(text(stream, 1)),
      time: timeOf(messages(entry, 1)[0]),
      line: text(entry, 2),
      metadata: Object.fromEntries(messages(entry, 3).map((pair) => [text(pair, 1), text(pair, 2)])),
    })),
  );
}

/** Takes what is pushed, as Loki does. */
export class LokiReceiver {
  static start(): Promise<LokiReceiver> {
    return new Promise((resolve) => {
      const receiver = new LokiReceiver();
      receiver.server.listen(0, '127.0.0.1', () => resolve(receiver));
    });
  }

  readonly received: Received[] = [];
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const tenant = request.headers['x-scope-orgid'];
      this.received.push(...entriesOf(uncompress(Buffer.concat(chunks)), Array.isArray(tenant) ? tenant.join() : tenant));
      response.writeHead(204).end();
    });
  });

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.closeAllConnections();
      this.server.close(() => resolve());
    });
  }
}
