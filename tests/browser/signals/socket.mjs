// A WebSocket for talking to a browser by JSON messages: commands with an answer, and events. Node 20 has none of its own.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

/** Connects; `send(method, params, extra)` answers the result, `on(event)` calls back with parameters. */
export async function connect(address) {
  const { socket, head } = await upgrade(address);
  const waiting = new Map();
  const listeners = [];
  let last = 0;
  const receive = (text) => {
    const { id, result, error, method, params } = JSON.parse(text);
    for (const [name, listener] of listeners) if (name === method) listener(params);
    if (!waiting.has(id)) return;
    const { resolve, reject, asked } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(`${asked}: ${JSON.stringify(error)}`));
    else resolve(result);
  };
  readFrames(socket, head, receive);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const { reject, asked } of waiting.values()) reject(new Error(`${asked}: the browser is gone`));
  });
  return {
    send(method, params = {}, extra = {}) {
      const id = ++last;
      socket.write(frame(JSON.stringify({ id, method, params, ...extra })));
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject, asked: method }));
    },
    on: (name, listener) => void listeners.push([name, listener]),
    close: () => socket.destroy(),
  };
}

function upgrade(address) {
  const { hostname, port, pathname } = new URL(address);
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64') };
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, path: pathname, headers });
    asked.once('upgrade', (_, socket, head) => resolve({ socket, head }));
    asked.once('response', ({ statusCode }) => reject(new Error(`${address} answered ${statusCode}`)));
    asked.once('error', reject);
    asked.end();
  });
}

/** A text frame, masked as a client's has to be (RFC 6455, 5.2). */
function frame(text) {
  const body = Buffer.from(text);
  const long = body.length > 65_535;
  const header = Buffer.alloc(body.length < 126 ? 2 : long ? 10 : 4);
  header[0] = 0x81;
  header[1] = 0x80 | (body.length < 126 ? body.length : long ? 127 : 126);
  if (long) header.writeBigUInt64BE(BigInt(body.length), 2);
  else if (header.length === 4) header.writeUInt16BE(body.length, 2);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, body.map((byte, at) => byte ^ mask[at % 4])]);
}

/** Browsers send text frames without a mask, in parts when they are long; nothing else matters here. */
function readFrames(socket, head, receive) {
  let bytes = head;
  let parts = [];
  const read = () => {
    for (;;) {
      if (bytes.length < 2) return;
      const short = bytes[1] & 0x7f;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length < start) return;
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
      if (bytes.length < start + length) return;
      const [first] = bytes;
      if ((first & 0x0f) < 3) parts.push(bytes.subarray(start, start + length));
      bytes = bytes.subarray(start + length);
      if (!(first & 0x80) || (first & 0x0f) > 2) continue;
      const text = Buffer.concat(parts).toString();
      parts = [];
      receive(text);
    }
  };
  socket.on('data', (part) => {
    bytes = Buffer.concat([bytes, part]);
    read();
  });
  read();
}
