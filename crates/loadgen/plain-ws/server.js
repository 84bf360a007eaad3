#!/usr/bin/env node
// What Hexroom is compared with: a chat server as it is commonly written, on Express, ws and mysql2. Each message
// is a row that is inserted and committed by itself, and is sent on once it is.
//
// It is started as Hexroom is, with the settings `DB_*`, and speaks as much of its protocol as the load generator
// needs. It checks next to nothing: accounts and seats are only in memory, nobody is refused, no message is looked
// up to see whether it is a repeated one, nobody is resumed. All of that is in its favour.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import mysql from 'mysql2/promise';
import { WebSocketServer } from 'ws';

if (process.argv[2] !== 'serve') {
  // Nobody need be made an admin: everybody may do everything.
  process.exit();
}

/** How many messages are inserted at the same time. */
const CONNECTIONS = 32;

const EPOCH = randomUUID();
const FOR_EVER = '2999-12-31T00:00:00.000Z';

const { DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME } = process.env;
const database = mysql.createPool({
  host: DB_HOST,
  port: Number(DB_PORT),
  user: DB_USER,
  password: DB_PASSWORD,
  database: DB_NAME,
  connectionLimit: CONNECTIONS,
});
await database.query(`
  CREATE TABLE messages (
    message_id BIGINT PRIMARY KEY AUTO_INCREMENT,
    room_id CHAR(36) NOT NULL,
    sender_id VARCHAR(32) NOT NULL,
    client_message_id VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    sent_at DATETIME(3) NOT NULL,
    KEY (room_id, message_id)
  ) ENGINE = InnoDB`);

/** Who a token stands for. @type {Map<string, string>} */
const users = new Map();
/** @type {Map<string, {roomId: string, headSeq: number, members: Set<string>, sockets: Set<import('ws').WebSocket>}>} */
const rooms = new Map();

const account = (userId) => ({
  userId,
  name: userId,
  phone: '+4915112345',
  deviceId: 'loadgen',
  availCoins: 0,
  prime: true,
  freeJoinUsed: false,
  nextJoin: { terms: 'prime', fee: 0, furtherFee: 0 },
  admin: true,
  secondFactor: false,
  memberSince: new Date(),
});

function tokens(userId) {
  const accessToken = randomUUID();
  users.set(accessToken, userId);
  return {
    accessToken,
    accessTokenExpiresAt: FOR_EVER,
    refreshToken: accessToken,
    refreshTokenExpiresAt: FOR_EVER,
  };
}

const userOf = (request) => users.get(request.headers.authorization?.replace('Bearer ', ''));

const app = express().use(express.json());
app.post('/api/register', ({ body: { userId } }, response) => {
  response.status(201).json({ account: account(userId), ...tokens(userId) });
});
app.post('/api/token/refresh', ({ body: { refreshToken } }, response) => {
  response.json(tokens(users.get(refreshToken)));
});
app.put('/api/admin/users/:userId/prime', ({ params: { userId } }, response) => {
  response.json({ userId, prime: true });
});
app.post('/api/chatrooms', (request, response) => {
  const [roomId, ownerId] = [randomUUID(), userOf(request)];
  rooms.set(roomId, { roomId, headSeq: 0, members: new Set([ownerId]), sockets: new Set() });
  const counts = { seats: 6, seatsTaken: 1, headSeq: 0, readSeq: 0, unread: 0 };
  const room = {
    roomId,
    name: request.body.name,
    ownerId,
    locked: false,
    createdAt: new Date(),
    epoch: EPOCH,
  };
  response.status(201).json({ ...room, ...counts, members: [] });
});
app.post('/api/joinroom', (request, response) => {
  const { roomId } = request.body;
  rooms.get(roomId).members.add(userOf(request));
  response.json({ roomId, fee: 0, availCoins: 0, alreadyMember: false });
});
app.get('/api/chatrooms/:roomId/messages', async ({ params: { roomId }, query }, response) => {
  const { before = Number.MAX_SAFE_INTEGER, after, limit } = query;
  const [window, place] = after
    ? ['> ? ORDER BY message_id', after]
    : ['< ? ORDER BY message_id DESC', before];
  const [items] = await database.execute(
    `SELECT message_id AS messageId, message_id AS seq, sender_id AS senderId, client_message_id AS clientMessageId,
      body, sent_at AS sentAt FROM messages WHERE room_id = ? AND message_id ${window} LIMIT ?`,
    [roomId, place, limit],
  );
  items.sort((one, other) => one.seq - other.seq);
  response.json({ items, hasMore: items.length === Number(limit) });
});

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: '/api/ws', handleProtocols: () => 'hexroom.v1' });
sockets.on('connection', (socket) => {
  let userId;
  socket.on('message', async (text) => {
    const frame = JSON.parse(text);
    if (frame.type === 'hello') {
      userId = users.get(frame.token);
      welcome(socket, userId);
    } else if (frame.type === 'send') {
      await post(socket, userId, frame);
    }
  });
});

function welcome(socket, userId) {
  const entered = [...rooms.values()].filter((room) => room.members.has(userId));
  for (const room of entered) {
    room.sockets.add(socket);
    socket.on('close', () => room.sockets.delete(socket));
  }
  const standings = entered.map(({ roomId, headSeq }) => ({ roomId, epoch: EPOCH, headSeq }));
  socket.send(JSON.stringify({ type: 'welcome', rooms: standings }));
}

async function post(socket, senderId, { id, roomId, clientMessageId, body }) {
  const sentAt = new Date();
  const [{ insertId }] = await database.execute(
    'INSERT INTO messages (room_id, sender_id, client_message_id, body, sent_at) VALUES (?, ?, ?, ?, ?)',
    [roomId, senderId, clientMessageId, body, sentAt],
  );
  const room = rooms.get(roomId);
  // Its place in the live order; in the table the order is that of the inserts, which may be another.
  const seq = ++room.headSeq;
  const message = { messageId: insertId, roomId, seq, senderId, clientMessageId, body, sentAt };
  const data = { ...message, revision: 0, deleted: false };
  socket.send(JSON.stringify({ type: 'ack', id, roomId, seq, messageId: insertId, duplicate: false }));
  const event = JSON.stringify({
    type: 'event',
    roomId,
    seq,
    kind: 'message_posted',
    actor: senderId,
    at: sentAt,
    data,
  });
  for (const member of room.sockets) {
    member.send(event);
  }
}

server.listen(0, '127.0.0.1', () => {
  console.log(`Plain ws is ready at http://127.0.0.1:${server.address().port}`);
});
