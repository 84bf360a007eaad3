// What somebody has written and not sent, by account and room: it survives a reload and is removed when they sign out.

import { hasStrings } from '../storage.js';

/** @import { SafeStorage } from '../storage.js' */
/** @import { MessageRef } from '../types.d.ts' */

/**
 * @typedef {object} Draft
 * @property {string} text of a new message
 * @property {MessageRef} [replyTo] what the new message replies to
 * @property {{messageId: string, text: string}} [edit] of a message that is being changed
 */

export class Drafts {
  #storage;
  #prefix;

  /** @param {{storage: SafeStorage, userId: string}} options */
  constructor({ storage, userId }) {
    this.#storage = storage;
    this.#prefix = `hexroom.draft.${userId}.`;
  }

  /** @param {string} roomId @returns {Draft} */
  of(roomId) {
    return this.#storage.getJson(this.#prefix + roomId, isDraft) ?? { text: '' };
  }

  /** @param {string} roomId @param {Draft} draft */
  keep(roomId, draft) {
    if (draft.text === '' && !draft.edit && !draft.replyTo) this.#storage.removeItem(this.#prefix + roomId);
    else this.#storage.setItem(this.#prefix + roomId, JSON.stringify(draft));
  }

  forget() {
    for (const key of this.#storage.keys(this.#prefix)) {
      // A user id may go on with a dot where another one ends; a room id has none.
      if (!key.slice(this.#prefix.length).includes('.')) this.#storage.removeItem(key);
    }
  }
}

/** @param {any} value @returns {value is Draft} */
function isDraft(value) {
  return (
    hasStrings(value, 'text') &&
    (value.edit === undefined || hasStrings(value.edit, 'messageId', 'text')) &&
    isPlace(value.replyTo)
  );
}

/** Whether this says where a message stands, or nothing. @param {any} value @returns {value is MessageRef | undefined} */
export function isPlace(value) {
  return value === undefined || (hasStrings(value, 'messageId') && typeof value.seq === 'number');
}
