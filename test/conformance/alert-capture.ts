import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What came in: an HTTP request, or a mail with its envelope in place of the path. */
export interface Message {
  readonly path: string;
  readonly body: string;
  readonly authorization?: string;
}

export interface Capture {
  readonly port: number;
  readonly messages: Message[];
  stop(): void;
}

async function listening(server: Server, messages: Message[]): Promise<Capture> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, messages, stop: () => server.close() };
}

/** Takes every request and says that all is well, in JSON, as the services do. */
export function captureHttp(): Promise<Capture> {
  const messages: Message[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      messages.push({ path: `${request.url}`, body, authorization: request.headers.authorization });
      response.setHeader('Content-Type', 'application/json');
      response.end('{"ok": true, "status": "success", "result": {"message_id": 1, "chat": {"id": -1}}}');
    });
  });
  return listening(server, messages);
}

/** A mail server that takes every user and every mail. */
export function captureMail(): Promise<Capture> {
  const messages: Message[] = [];
  return listening(
    createServer((socket) => converse(socket, messages)),
    messages,
  );
}

function converse(socket: Socket, messages: Message[]): void {
  let [unread, envelope, authorization, body] = ['', '', '', ''];
  let inside = false;
  const say = (text: string) => socket.write(`${text}\r\n`);
  const take = (line: string): void => {
    if (inside) {
      inside = line !== '.';
      body += inside ? `${line}\n` : '';
      if (!inside) {
        messages.push({ path: envelope.trim(), body, authorization });
        say('250 taken');
      }
      return;
    }
    const [, verb, rest] = /^(\w+)\s*(.*)$/.exec(line) ?? [];
    if (verb === 'EHLO') {
      say('250-localhost');
      say('250 AUTH PLAIN');
    } else if (verb === 'AUTH') {
      authorization = Buffer.from(rest.split(' ')[1], 'base64').toString().replaceAll('\0', ' ').trim();
      say('235 welcome');
    } else if (verb === 'DATA') {
      inside = true;
      say('354 go on');
    } else if (verb === 'QUIT') {
      socket.end('221 bye\r\n');
    } else {
      envelope += `${rest} `;
      say('250 ok');
    }
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const lines = `${unread}${chunk}`.split('\r\n');
    unread = lines.pop() ?? '';
    lines.forEach(take);
  });
  say('220 localhost');
}
