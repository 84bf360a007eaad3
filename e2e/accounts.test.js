// Two accounts, one browser: nothing of one is left for the other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture, gate } from './support/people.js';

const set = fixture();

const WORDS = 'for Bob, but not yet';

/** @param {import('./support/people.js').Person} person */
async function signOut(person) {
  await person.page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await person.press('Sign out here');
  await person.page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

/** Ana in a room with Bob, whose account will be the next in her tab. */
async function pair() {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.visitor('Bob')];
  bob.seed = await set.server.account(bob.userId, { name: 'Bob', prime: true });
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  return { ana, bob, roomId };
}

/** @param {import('./support/people.js').Person} person @param {import('./support/people.js').Person} other */
async function become(person, other) {
  const { userId } = person;
  person.userId = other.userId;
  await person.signIn();
  person.userId = userId;
}

const kept = (/** @type {import('./support/people.js').Person} */ { page }) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]));

test('drafts and unfinished edits survive a reload and switching rooms', async () => {
  const { ana, roomId } = await pair();
  const other = await ana.seed.room('Attic');
  await ana.open(roomId);
  await ana.say('Nien');
  await ana.hears(['Nien']);
  await ana.messageBox.fill(WORDS);
  await ana.open(other);
  await ana.composes('');
  await ana.open(roomId);
  await ana.composes(WORDS);
  await ana.message('Nien').hover();
  await ana.press('Edit', ana.message('Nien'));
  await ana.messageBox.fill('Nine');
  await ana.open(roomId);
  await ana.sees('Editing your message');
  await ana.composes('Nine');
  await ana.messageBox.press('Enter');
  await ana.hears(['Nine']);
  await ana.composes(WORDS);
  await ana.messageBox.press('Enter');
  await ana.hears(['Nine', WORDS]);
  await ana.open(roomId);
  await ana.composes('');
});

test('drafts of one account are not shown to the next', async () => {
  const { ana, bob, roomId } = await pair();
  await ana.open(roomId);
  await ana.say('hello');
  await ana.hears(['hello']);
  await ana.messageBox.fill(WORDS);
  await ana.message('hello').hover();
  await ana.press('Edit', ana.message('hello'));
  await ana.messageBox.fill(`${WORDS}, edited`);
  await signOut(ana);
  assert.ok(!(await kept(ana)).includes(WORDS));
  await become(ana, bob);
  await ana.page.getByRole('link', { name: 'Den' }).click();
  await ana.hears(['hello']);
  await ana.composes('');
  assert.ok(!(await ana.page.content()).includes(WORDS));
});

test('an answer that comes after the sign-out changes nothing for the next account', async () => {
  const { ana, bob } = await pair();
  await ana.goto('/settings');
  const held = gate();
  await ana.page.route('**/api/me', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const response = await route.fetch();
    await held.opened;
    await route.fulfill({ response });
  });
  await ana.fill('Name', 'Anabel');
  await ana.press('Save');
  await signOut(ana);
  await become(ana, bob);
  const answered = ana.page.waitForResponse((response) => response.request().method() === 'PATCH');
  held.open();
  await answered;
  const places = ana.page.getByRole('navigation', { name: 'Places' });
  await places.getByText('Bob').waitFor();
  await ana.page.getByRole('link', { name: 'Coins' }).click();
  await ana.page.getByRole('heading', { name: 'Coins' }).waitFor();
  assert.equal(await ana.page.getByText(/Anabel|Saved/).count(), 0);
});

test('the screen is empty as soon as one has signed out, even while requests are in flight', async () => {
  const { ana, roomId } = await pair();
  const held = gate();
  await ana.page.route('**/screens/sign-in.js', async (route) => {
    await held.opened;
    await route.continue();
  });
  await ana.open(roomId);
  await ana.page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await ana.press('Sign out here');
  await ana.page.locator('hex-sidebar').waitFor({ state: 'detached' });
  await becomes(
    async () => [await ana.page.title(), await ana.page.locator('hex-shell').textContent()],
    ['Hexroom', ''],
  );
  held.open();
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('signing out forgets an invitation, and going back does not restore it', async () => {
  const { ana, bob, roomId } = await pair();
  await ana.open(roomId);
  const guest = await set.server.account(set.fresh('guest'), { prime: true });
  const room = await guest.room('Far away');
  const { token } = await guest.call('POST', `chatrooms/${room}/invitations`, { userId: ana.userId });
  await ana.goto(`/#/invite/${token}`);
  await ana.page.getByLabel('Invitation link', { exact: true }).waitFor();
  await signOut(ana);
  assert.ok(!(await kept(ana)).includes(token));
  await ana.page.goBack();
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(await ana.page.getByText('Den').count(), 0);
  await become(ana, bob);
  assert.ok(!(await ana.page.content()).includes(token));
});

test('where an account was when its session ended is for that account alone', async () => {
  const { ana, bob, roomId } = await pair();
  const home = async (/** @type {string} */ name) => {
    const places = ana.page.getByRole('navigation', { name: 'Places' });
    await places.getByText(name, { exact: true }).waitFor();
    return new URL(ana.page.url()).pathname;
  };
  const endElsewhere = async () => {
    await ana.open(roomId);
    const device = await ana.page.evaluate(() => localStorage.getItem('hexroom.device'));
    await ana.seed.call('DELETE', `sessions/${device}`);
    await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  };
  await endElsewhere();
  await become(ana, bob);
  assert.equal(await home('Bob'), '/');
  await signOut(ana);
  await ana.signIn();
  await home('Ana');

  await endElsewhere();
  await ana.signIn();
  await ana.page.getByRole('heading', { name: 'Den' }).waitFor();
  assert.equal(await home('Ana'), `/rooms/${roomId}`);
});

test('a sign-out while a dialog is open leaves no address behind', async () => {
  const { ana, bob, roomId } = await pair();
  await ana.goto('/');
  await signOut(ana);
  await ana.signIn();
  // Not by its address: the screen for signing in is still loaded then, and comes at once.
  await ana.page.locator('hex-sidebar').getByRole('link', { name: 'Den' }).click();
  await ana.press('Manage the room');
  await ana.dialog.waitFor();
  await ana.page.evaluate(() => {
    localStorage.removeItem('hexroom.session');
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  await ana.page.waitForURL((url) => url.pathname === '/sign-in');
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.ok(!(await kept(ana)).includes(roomId));
  await become(ana, bob);
  await ana.page.waitForURL((url) => url.pathname === '/');
});

test('notifications turned on by one account are off for the next', async () => {
  const { ana, bob } = await pair();
  await ana.context.grantPermissions(['notifications']);
  await ana.goto('/settings');
  await ana.press('Turn notifications on');
  await ana.sees('You are notified of new messages');
  await signOut(ana);
  await become(ana, bob);
  await ana.page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await ana.sees('Get notified of new messages');
});

test('signing out turns notifications off, even if none was ever shown', async () => {
  const { ana } = await pair();
  await ana.context.grantPermissions(['notifications']);
  await ana.goto('/settings');
  await ana.press('Turn notifications on');
  await ana.sees('You are notified of new messages');
  await ana.page.route('**/notifications.js', () => {});
  await ana.goto('/coins');
  await ana.sees('No transfers yet');
  await ana.page.evaluate(() => {
    localStorage.removeItem('hexroom.session');
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.ok(!(await kept(ana)).includes(ana.userId));
});

test('a page restored from the browser’s memory shows nothing of a session that has ended since', async () => {
  const { ana, roomId } = await pair();
  await ana.open(roomId);
  await ana.page.evaluate(() => {
    localStorage.removeItem('hexroom.session');
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('members of one name are told apart, and a new name is seen at once', async () => {
  const ana = await set.member('Ana', { prime: true });
  const [one, other] = [await set.member('Bob'), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  for (const bob of [one, other]) {
    await bob.seed.join(roomId);
    await bob.seed.say(roomId, `I am ${bob.userId}`);
  }
  await ana.open(roomId);
  const seats = ana.page.getByRole('list', { name: 'Seats' });
  for (const { userId } of [one, other]) {
    await ana.sees(`Bob (${userId})`, seats);
    await ana.sees(`Bob (${userId})`, ana.message(`I am ${userId}`));
  }
  await other.goto('/settings');
  await other.fill('Name', 'Robert');
  await other.press('Save');
  await ana.sees('Robert', seats);
  await ana.sees('Robert', ana.message(`I am ${other.userId}`));
  await becomes(() => ana.page.getByText(`Bob (${one.userId})`).count(), 0, 'there is only one Bob now');
  await ana.sees('Bob', seats);
});

test('an address works with what the sentence around it has added', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  for (const added of ['.', '%E3%80%82', '%23']) {
    await ana.goto(`/rooms/${roomId}${added}`);
    await ana.messageBox.waitFor();
    assert.equal(new URL(ana.page.url()).pathname, `/rooms/${roomId}`);
  }
  const cyd = await set.member('Cyd', { prime: true });
  const { token } = await ana.seed.call('POST', `chatrooms/${roomId}/invitations`, { userId: cyd.userId });
  for (const address of [`/#/invite/${token}.`, `/%23/invite/${token}`]) {
    await cyd.goto('/coins');
    await cyd.goto(address);
    await cyd.page.getByLabel('Invitation link').waitFor();
    assert.equal(await cyd.page.getByLabel('Invitation link').inputValue(), token);
    assert.ok(!cyd.page.url().includes(token), cyd.page.url());
    await cyd.page.evaluate(() => sessionStorage.clear());
  }
});
