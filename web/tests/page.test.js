import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const ROOT = new URL('../', import.meta.url);
const PAGE = await read('index.html');

/** So much may be fetched before the first view stands, compressed as the server does it. */
const FIRST_VIEW_BYTES = 60 * 1024;
const COMPRESSION = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** @param {string} path */
function read(path) {
  return readFile(new URL(path, ROOT), 'utf8');
}

/**
 * A module and all that it imports at once.
 * @param {string} path
 * @param {Set<string>} [known]
 */
async function withImports(path, known = new Set()) {
  if (known.has(path)) return known;
  known.add(path);
  const source = await read(path);
  for (const [, target] of source.matchAll(/^(?:import|export) (?:[^;]*? from )?'(\.[^']+)';/gm)) {
    await withImports(new URL(target, new URL(path, ROOT)).href.slice(ROOT.href.length), known);
  }
  return known;
}

/** A module as the server sends it: without the lines that are nothing but comments. @param {string} source */
function withoutComments(source) {
  return source.replace(/^ *\/\*(?:(?!\*\/)[\s\S])*\*\/$|^ *\/\/.*$/gm, (comment) =>
    comment.replace(/.+/g, ''),
  );
}

/** What the page names. @param {RegExp} pattern */
const named = (pattern) => [...PAGE.matchAll(pattern)].map((match) => match[1]);

test('the page preloads every module that is imported at start', async () => {
  const imported = await withImports('src/main.js');
  imported.delete('src/main.js');
  assert.deepEqual(named(/rel="modulepreload" href="\/assets\/([^"]+)"/g).sort(), [...imported].sort());
});

test('every module is imported at start, by one that is, or on demand, so that an outage spoils none', async () => {
  const declared = await read('src/modules.d.ts');
  const known = await withImports('src/main.js');
  for (const [, path] of declared.matchAll(/^ {2}'([^']+)'/gm)) await withImports(`src/${path}`, known);
  for (const path of await readdir(new URL('src', ROOT), { recursive: true })) {
    if (!path.endsWith('.js') || PAGE.includes(`<script src="/assets/src/${path}">`)) continue;
    assert.ok(known.has(`src/${path}`), `nobody imports ${path}`);
    const code = withoutComments(await read(`src/${path}`)).replace(/\/\*.*?\*\//g, '');
    const imports = code.match(/\bimport\(/g) ?? [];
    assert.equal(imports.length, path === 'on-demand.js' ? 1 : 0, `${path} imports something by itself`);
  }
});

test('what is loaded on demand is loaded ahead, or part of every view of those who are signed in', async () => {
  const declared = [...(await read('src/modules.d.ts')).matchAll(/^ {2}'([^']+)'/gm)].map(([, path]) => path);
  const source = await read('src/prefetch.js');
  const ahead = [...source.slice(0, source.indexOf('];')).matchAll(/^ {2}'([^']+)',$/gm)].map(
    ([, path]) => path,
  );
  // Few messages have code in them, and it is read without colours too.
  const notAhead = ['vendor/lowlight.js'];
  assert.deepEqual([...ahead, ...notAhead, 'signed-in.js', 'state/home.js'].sort(), declared.sort());
});

test('the page names every style sheet, and only existing ones', async () => {
  const sheets = (await readdir(new URL('styles', ROOT))).map((name) => `styles/${name}`);
  const later = [...(await read('src/on-demand.js')).matchAll(/'\.\.\/(styles\/[^']+)'/g)].map(
    ([, path]) => path,
  );
  assert.deepEqual([...later, ...named(/rel="stylesheet" href="\/assets\/([^"]+)"/g)].sort(), sheets.sort());
  for (const path of named(/(?:href|src)="\/assets\/([^"]+)"/g))
    assert.ok((await read(path)).length > 0, path);
});

test('nothing is loaded from elsewhere, and nothing is inline', () => {
  assert.ok(!PAGE.includes('://'));
  assert.ok(!/<style|style=|<script>|\son\w+=/.test(PAGE), PAGE);
});

test('every icon that is used exists', async () => {
  const sprite = await read('images/icons.svg');
  for (const path of await readdir(new URL('src', ROOT), { recursive: true })) {
    if (!path.endsWith('.js')) continue;
    for (const [, name] of (await read(`src/${path}`)).matchAll(/\bicon\('(\w+)'\)/g)) {
      assert.ok(sprite.includes(`<symbol id="${name}"`), `${name}, in ${path}`);
    }
  }
});

test('no text of a module goes over several lines, where the server could take it for a comment', async () => {
  for (const path of await readdir(new URL('src', ROOT), { recursive: true })) {
    if (!path.endsWith('.js') || path.startsWith('vendor')) continue;
    for (const [place, line] of withoutComments(await read(`src/${path}`))
      .split('\n')
      .entries()) {
      const code = line.replace(/\/(?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\n])+\//g, '');
      assert.equal((code.match(/`/g) ?? []).length % 2, 0, `${path}:${place + 1}`);
    }
  }
});

test('the first view is small, signed out and signed in', async () => {
  const always = [
    'index.html',
    'images/icons.svg',
    'images/favicon.svg',
    'manifest.webmanifest',
    'src/theme.js',
    'src/supported.js',
  ];
  const sheets = named(/rel="stylesheet" href="\/assets\/([^"]+)"/g);
  const inside = ['src/signed-in.js', 'src/state/home.js'];
  const welcome = ['styles/screens.css'];
  for (const [later, styles] of [
    [['src/screens/sign-in.js'], welcome],
    [['src/screens/start.js', ...inside], welcome],
    [['src/screens/room.js', 'src/components/members.js', ...inside], []],
  ]) {
    const modules = new Set(await withImports('src/main.js'));
    for (const path of later) await withImports(path, modules);
    const files = await Promise.all([...always, ...sheets, ...styles].map(read));
    for (const path of modules) files.push(withoutComments(await read(path)));
    const bytes = files.reduce((sum, file) => sum + brotliCompressSync(file, COMPRESSION).length, 0);
    assert.ok(
      files.length > 20 && bytes < FIRST_VIEW_BYTES,
      `${later[0]}: ${files.length} files, ${bytes} bytes`,
    );
  }
});
