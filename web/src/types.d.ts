// What the server answers, as described at /api/openapi.json.

export interface Account {
  userId: string;
  name: string;
  phone: string;
  deviceId: string;
  availCoins: number;
  prime: boolean;
  primeUntil?: string;
  freeJoinUsed: boolean;
  // What joining a room costs that the account has never joined.
  nextJoin: Price;
  admin: boolean;
  memberSince: string;
  secondFactor: boolean;
}

export interface Price {
  // Why: returning, prime, first_join or further_join.
  terms: string;
  fee: number;
  // What a free member pays for each room after the first.
  furtherFee: number;
}

export interface Tokens {
  accessToken: string;
  accessTokenExpiresAt: string;
  refreshToken: string;
  refreshTokenExpiresAt: string;
}

export type SignedIn = Tokens & { account: Account };

export interface Profile {
  userId: string;
  name: string;
  prime: boolean;
  memberSince: string;
  friendship: 'self' | 'none' | 'requested' | 'requested_by_them' | 'friends';
}

export interface Room {
  roomId: string;
  name: string;
  topic?: string;
  ownerId: string;
  seats: number;
  seatsTaken: number;
  locked: boolean;
  createdAt: string;
  epoch: string;
  headSeq: number;
  readSeq: number;
  unread: number;
  unreadMentions: number;
  lastEventAt: string;
  lastMessage?: LastMessage;
}

// The newest message that is not deleted, of which the excerpt has 140 characters at most.
export interface LastMessage {
  seq: number;
  senderId: string;
  senderName?: string;
  excerpt: string;
  at: string;
}

export interface Member {
  userId: string;
  name: string;
  prime: boolean;
  owner: boolean;
  online: boolean;
  joinedAt: string;
  readSeq: number;
}

export interface Ban {
  userId: string;
  name: string;
  bannedAt: string;
}

export type RoomDetail = Room & { members: Member[] };

export interface Receipt {
  roomId: string;
  fee: number;
  availCoins: number;
  alreadyMember: boolean;
}

export interface Message {
  messageId: string;
  roomId: string;
  seq: number;
  senderId: string;
  clientMessageId: string;
  body: string | null;
  sentAt: string;
  revision: number;
  editedAt?: string;
  deleted: boolean;
  replyTo?: MessageRef;
  // Whom the text mentions, and whether all members, but never the author.
  mentions: string[];
  everyone: boolean;
  // The emoji that came first is first, and in each the member who came first.
  reactions: Reaction[];
}

// Where a message stands in its room.
export interface MessageRef {
  messageId: string;
  seq: number;
}

export interface Reaction {
  emoji: string;
  userIds: string[];
}

export interface History {
  items: Message[];
  hasMore: boolean;
  // Whether there are more before and after these, if they were asked for around an event.
  hasOlder?: boolean;
  hasNewer?: boolean;
}

// A message that was found, and where in its body: `[start, length]` in characters.
export interface Found {
  message: Message;
  roomName: string;
  ranges: [number, number][];
}

export interface List<T> {
  items: T[];
  nextCursor?: string;
}

export interface Invitation {
  invitationId: string;
  roomId: string;
  inviteeId: string;
  status: 'open' | 'used' | 'revoked' | 'expired';
  createdAt: string;
  expiresAt: string;
}

export interface FriendRequest {
  friendRequestId: string;
  from: string;
  to: string;
  status: string;
  createdAt: string;
}

export interface Transfer {
  transferId: string;
  amount: number;
  balance: number;
  reason: 'registration' | 'grant' | 'join_fee';
  roomId?: string;
  at: string;
}

export interface DeviceSession {
  deviceId: string;
  createdAt: string;
  lastSeenAt: string;
  current: boolean;
}

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export interface Problem {
  code: string;
  detail: string;
  status?: number;
  requestId?: string;
  required?: number;
  available?: number;
  shortfall?: number;
  seats?: number;
  quota?: string;
  limit?: number;
  errors?: FieldProblem[];
}

// What an event of kind `room_changed` changed.
export interface RoomChange {
  name?: string;
  // Empty where it was removed.
  topic?: string;
  locked?: boolean;
  ownerId?: string;
  passwordChanged?: boolean;
}

// What a room's owner can change.
export type RoomUpdate = Omit<RoomChange, 'passwordChanged'> & { password?: string };

// One durable change in a room.
export type RoomEvent = { roomId: string; seq: number; actor: string; at: string } & (
  | { kind: 'message_posted' | 'message_edited' | 'message_deleted'; data: Message }
  | { kind: 'member_joined' | 'member_left'; data: { userId: string } }
  | { kind: 'member_removed'; data: { userId: string; banned: boolean } }
  | { kind: 'room_changed'; data: RoomChange }
  | { kind: 'room_closed'; data: Record<string, never> }
  | { kind: 'reaction_added' | 'reaction_removed'; data: { messageId: string; emoji: string } }
);

export interface ResumePoint {
  roomId: string;
  epoch: string;
  seq: number;
}

export interface Ack {
  roomId: string;
  seq: number;
  messageId: string | null;
  duplicate: boolean;
}

// A message that has been typed and is not yet known to be in its room's log.
export interface Unsent {
  clientMessageId: string;
  roomId: string;
  body: string;
  replyTo?: MessageRef;
  typedAt: number;
  // Why the server refused it; it stays until its author tries again or discards it.
  problem?: Problem;
}
