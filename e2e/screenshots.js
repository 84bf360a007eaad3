// Takes the screenshots in docs/images: the main screens, light and dark, on a desk and on a phone.

import { mkdir, writeFile } from 'node:fs/promises';
import { Fixture } from './support/people.js';

const IMAGES = new URL('../docs/images/', import.meta.url);
const MOST_BYTES = 150 * 1024;

const DESK = { viewport: { width: 1200, height: 800 } };
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

const TALK = [
  ['bo', 'Saturday at nine, by the north wall?'],
  ['ana', 'Nine it is. I bring the long rope, and the route is here: https://example.org/topo/7'],
  ['cyd', 'I have never led that one 😬'],
  ['bo', 'You will love it. First pitch is easy, and the view from the ledge is worth every move.'],
  ['ana', 'Who drives?'],
  ['cyd', 'I do. Room for three, and for the dog 🐕'],
  ['bo', 'Then I bring coffee.'],
];

async function populate() {
  const { server } = set;
  const people = {
    ana: await server.account('ana', { name: 'Ana Reuter', coins: 500, prime: true }),
    bo: await server.account('bo.marlow', { name: 'Bo Marlow', coins: 350 }),
    cyd: await server.account('cyd', { name: 'Cyd Okafor', prime: true }),
    dee: await server.account('dee', { name: 'Dee Lind' }),
  };
  const [climbing, kitchen, chess] = [
    await people.ana.room('Climbing'),
    await people.ana.room('Kitchen table'),
    await people.cyd.room('Chess, slowly'),
  ];
  await people.ana.join(chess);
  await people.bo.join(climbing);
  await people.bo.join(kitchen);
  for (const person of [people.cyd, people.dee]) await person.join(climbing);
  await people.dee.call('POST', 'friend-requests', { userId: 'ana' });
  const { friendRequestId } = await people.ana.call('POST', 'friend-requests', { userId: 'cyd' });
  await people.cyd.call('POST', `friend-requests/${friendRequestId}/accept`);
  for (const [who, text] of TALK) await people[/** @type {keyof typeof people} */ (who)].say(climbing, text);
  for (const person of [people.bo, people.cyd])
    await person.call('PUT', `chatrooms/${climbing}/read`, { seq: 1_000 });
  for (const text of ['Soup is ready', 'And there is bread']) await people.bo.say(kitchen, text);
}

/** @param {import('./support/people.js').Person} person @param {string} name */
async function picture({ page, context }, name) {
  // A bare machine shows its last resort of a font; people's own devices have better ones.
  await page.addStyleTag({ content: 'body { font-family: Inter; }' });
  const devtools = await context.newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 88 });
  const image = Buffer.from(data, 'base64');
  if (image.length > MOST_BYTES) throw new Error(`${name} has ${image.length} bytes`);
  await writeFile(new URL(`${name}.webp`, IMAGES), image);
  console.log(`docs/images/${name}.webp: ${image.length} bytes`);
}

/**
 * @param {string} userId
 * @param {import('playwright-core').BrowserContextOptions} options
 */
async function signedIn(userId, options) {
  const person = await set.visitor(userId, { bypassCSP: true, ...options });
  person.userId = userId;
  await person.page.goto('/');
  await person.sees('Welcome back.');
  await person.signIn();
  return person;
}

/** @param {'light' | 'dark'} colorScheme */
async function onADesk(colorScheme) {
  const ana = await signedIn('ana', { ...DESK, colorScheme });
  await ana.page.getByRole('link', { name: 'Climbing' }).click();
  await ana.sees('Seen by', ana.message('Who drives?'));
  await picture(ana, `room-${colorScheme}`);
  await ana.context.close();
}

/** @param {'light' | 'dark'} colorScheme */
async function onAPhone(colorScheme) {
  const ana = await signedIn('ana', { ...PHONE, colorScheme });
  await ana.page.getByRole('link', { name: 'Kitchen table' }).getByText('2 unread messages').waitFor();
  await picture(ana, `phone-rooms-${colorScheme}`);
  await ana.page.getByRole('link', { name: 'Climbing' }).tap();
  await ana.sees('Seen by', ana.message('Who drives?'));
  await picture(ana, `phone-room-${colorScheme}`);
  await ana.context.close();
}

async function invitation() {
  const ana = await signedIn('ana', { ...DESK, colorScheme: 'light' });
  await ana.page.getByRole('link', { name: 'Climbing' }).click();
  await ana.press('Invite');
  await ana.fill('User id', 'cyd', ana.dialog);
  await ana.press('Create invitation', ana.dialog);
  await ana.sees('Give this link to Cyd Okafor.', ana.dialog);
  await picture(ana, 'invite-light');
  await ana.context.close();
}

async function price() {
  const bo = await signedIn('bo.marlow', { ...DESK, colorScheme: 'dark' });
  await bo.page.goto('/join');
  await bo.sees('This will cost 150 coins');
  await picture(bo, 'join-dark');
  await bo.context.close();
}

async function coins() {
  const bo = await signedIn('bo.marlow', { ...PHONE, colorScheme: 'light' });
  await bo.page.goto('/coins');
  await bo.sees('Joined Kitchen table');
  await picture(bo, 'phone-coins-light');
  await bo.context.close();
}

await mkdir(IMAGES, { recursive: true });
const set = new Fixture();
await set.open();
try {
  await populate();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await onADesk(colorScheme);
    await onAPhone(colorScheme);
  }
  await invitation();
  await price();
  await coins();
} finally {
  await set.close();
}
