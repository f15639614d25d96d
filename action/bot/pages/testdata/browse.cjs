// Goes through the pages in Chromium as somebody does who has no mouse, and has axe-core
// look at each. Standard input holds {peers, chromium, url, cookies, paths, pictures} as
// JSON; what is wrong is written to standard output, a line each.
const {createRequire} = require('node:module');
const {readFileSync, mkdtempSync, rmSync} = require('node:fs');
const {join} = require('node:path');
const given = JSON.parse(readFileSync(0, 'utf8'));
const need = createRequire(given.peers + '/');
const {chromium} = need('playwright-core');
const axe = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');

const wrong = (where, what) => console.log(`${where}: ${what}`);

// What a keyboard has to reach, in order: of a group of radio buttons one.
const reachable = () => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), [tabindex="0"]')]
  .filter(e => e.type !== 'radio' || e.checked)
  .map(e => { e.dataset.stop ??= String(document.querySelectorAll('[data-stop]').length); return e.dataset.stop; });

// What has the focus, and whether one sees that.
const focused = () => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    stop: e.dataset.stop, text: (e.getAttribute('aria-label') || e.textContent || e.name || '').trim().slice(0, 40), tag: e.tagName.toLowerCase(),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== style.backgroundColor,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
};

// tab presses Tab until the focus is where want says, or there is nowhere left to go.
async function tab(page, want) {
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    if (want(at)) return at;
  }
  return null;
}

async function walk(page, where) {
  const stops = await page.evaluate(reachable), visited = [];
  for (let i = 0; i <= stops.length; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    if (at.tag === 'body' || at.stop === visited[0]) break;
    visited.push(at.stop);
    if (!at.ring) wrong(where, `no ring around ${at.tag} "${at.text}" when it has the focus`);
    if (!at.seen) wrong(where, `${at.tag} "${at.text}" has the focus where nobody sees it`);
  }
  if (visited.join() !== stops.join()) wrong(where, `Tab stops at ${visited}, and there are ${stops}`);
  const back = [...visited].reverse();
  await page.keyboard.press('Shift+Tab');
  for (let i = 0; i < 2 && (await page.evaluate(focused)).stop !== back[0]; i++) await page.keyboard.press('Shift+Tab'); // past the window's own
  for (const stop of back) {
    const at = await page.evaluate(focused);
    if (at.stop !== stop) { wrong(where, `on the way back the focus is at ${at.tag} "${at.text}", and not at ${stop}`); break; }
    await page.keyboard.press('Shift+Tab');
  }
}

async function skip(page, where) {
  await page.reload();
  await page.keyboard.press('Tab');
  const link = await page.evaluate(focused);
  if (link.text !== 'Skip to the content' || !link.seen) wrong(where, `the first stop is ${link.tag} "${link.text}"`);
  await page.keyboard.press('Enter');
  if (await page.evaluate(() => document.activeElement.id) !== 'main') wrong(where, 'the link to skip leads elsewhere');
  await page.keyboard.press('Tab');
  if (!await page.evaluate(() => { const main = document.getElementById('main'); return main.contains(document.activeElement) || !main.querySelector('a[href], button, [tabindex="0"]'); })) wrong(where, 'the stop behind it is not in the content');
}

async function look(page, where) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document));
  for (const v of result.violations) wrong(where, `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(' ')}`);
  if (result.passes.length < 10 || !result.passes.some(p => p.id === 'color-contrast')) wrong(where, `only ${result.passes.length} rules looked at it`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) wrong(where, `it is ${wide} pixels wider than the window`);
}

// scroll has a table that is wider than a phone move under the arrow keys.
async function scroll(page, where) {
  await page.reload();
  const region = await page.evaluate(() => { const e = [...document.querySelectorAll('[tabindex="0"]')].find(e => e.scrollWidth > e.clientWidth); return e && e.getAttribute('aria-label'); });
  if (!region) return;
  await tab(page, at => at.tag === 'div' && at.text === region);
  await page.keyboard.press('ArrowRight');
  try { await page.waitForFunction(() => document.activeElement.scrollLeft > 0, null, {timeout: 60000}); } catch { wrong(where, `"${region}" does not scroll by keys`); }
}

// work does by keyboard alone all that can be done.
async function work(page) {
  const press = async (what, path, want) => {
    if (!await tab(page, want)) return wrong(path, `Tab never comes to ${what}`);
    const gone = page.waitForNavigation();
    await page.keyboard.press('Enter');
    await gone;
  };
  await page.goto(given.url + '/');
  await tab(page, at => at.tag === 'input');
  await page.keyboard.type('orders');
  let gone = page.waitForNavigation();
  await page.keyboard.press('Enter');
  await gone;
  if (!page.url().endsWith('/?q=orders')) wrong('/', `Enter in the search leads to ${page.url()}`);
  await press('the port', '/', at => at.text === 'contracts/orders');
  await tab(page, at => at.text.startsWith('base '));
  await page.keyboard.press('ArrowUp');
  const chosen = await page.evaluate(() => document.activeElement.checked && document.activeElement.name);
  if (chosen !== 'base') wrong('port', 'the arrow keys choose no revision');
  await press('the button', 'port', at => at.text === 'Show side by side');
  if (!page.url().includes('/compare/acme/checkout?')) wrong('port', `the form leads to ${page.url()}`);
  await press('the deliveries', 'compare', at => at.text === 'Deliveries');
  await press('a dead letter', '/deliveries', at => at.text.startsWith('Send again'));
  const text = await page.evaluate(() => document.getElementById('main').innerText);
  if (!/Dead letters\s+None\./.test(text) || text.includes('Send again')) wrong('/deliveries', `after the letter is sent again it says ${text}`);
  await press('the way out', '/deliveries', at => at.text === 'Log out');
  if (!(await page.content()).includes('logged out')) wrong('/logout', 'nobody is logged out');
}

(async () => {
  const profile = mkdtempSync(join(require('node:os').tmpdir(), 'chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: given.chromium, headless: true, viewport: null,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const page = browser.pages()[0] ?? await browser.newPage();
    page.setDefaultTimeout(120000);
    await browser.addCookies(given.cookies.map(c => ({...c, url: given.url})));
    for (const [kind, size] of [['desktop', {width: 1280, height: 800}], ['phone', {width: 360, height: 740}]]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({colorScheme});
        for (const path of given.paths) {
          const where = `${path} (${kind}, ${colorScheme})`;
          await page.goto(given.url + path);
          await look(page, where);
          if (given.pictures) await page.screenshot({path: join(given.pictures, `${kind}-${colorScheme}-${path.replace(/[^a-z0-9]+/gi, '_').slice(0, 40)}.png`), fullPage: true});
          await walk(page, where);
          if (colorScheme === 'light') await skip(page, where);
          if (kind === 'phone' && colorScheme === 'light') await scroll(page, where);
        }
      }
    }
    await page.setViewportSize({width: 1280, height: 800});
    await work(page);
  } finally {
    await browser.close();
    rmSync(profile, {recursive: true, force: true});
  }
})();
