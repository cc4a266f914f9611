import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, launch } from './browser.mjs';

const { HALFTONE_URL: URL, HALFTONE_RUNS: RUNS } = process.env;
let browser;
let page;

before(async () => {
  browser = await launch();
  const context = await desktop(browser);
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
});

after(() => browser.close());

/** Tries what a page can do to reach others, and writes what came of each: its name and a word. */
const REPORT = `<!DOCTYPE html><title>tries</title><p id="out"></p><script>
const tries = {
  origin: () => self.origin,
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  fetch: async () => (await fetch('/halftone/api/v1/jobs')).status,
  script: () => new Promise((told) => {
    const script = document.createElement('script');
    script.onload = () => told('loaded');
    script.onerror = () => told('refused');
    script.src = '/halftone/console.js';
    document.head.append(script);
  }),
  events: () => new Promise((told) => {
    const source = new EventSource('/halftone/api/v1/events');
    source.onopen = () => told('open');
    source.onerror = () => { source.close(); told('refused'); };
  }),
  image: () => new Promise((told) => {
    const image = new Image();
    image.onload = () => told('loaded');
    image.onerror = () => told('refused');
    image.src = '/halftone/icon.svg';
  }),
  window: () => window.open('/halftone/'),
  opener: () => window.opener,
};
(async () => {
  const said = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try {
      said[name] = String(await attempt());
    } catch (error) {
      said[name] = error.name;
    }
  }
  document.getElementById('out').textContent = JSON.stringify(said);
  document.title = 'over';
})();
</script>`;

test('the scripts of a page of a run run, and reach nothing', async () => {
  const run = join(RUNS, '20261101-000000-evaluate');
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'run.json'), JSON.stringify({ kind: 'evaluate', state: 'done' }));
  writeFileSync(join(run, 'report.html'), REPORT);
  await page.goto(`${URL}#/runs`);
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Open the report of 20261101-000000-evaluate' }).click();
  const report = await opened;
  await report.waitForFunction(() => document.title === 'over');
  assert.deepEqual(JSON.parse(await report.locator('#out').textContent()), {
    origin: 'null', cookie: 'SecurityError', storage: 'SecurityError', fetch: 'TypeError', script: 'refused', events: 'refused', image: 'refused',
    window: 'null', opener: 'null',
  });
  await report.close();
});

test('what is chosen in a form is not exchanged when it goes', async () => {
  await page.goto(`${URL}#/start`);
  const shown = await page.evaluate(async () => {
    const { offer } = await import('./dom.js');
    const { offerModels } = await import('./views/fields.js');
    const model = (name, supported = true) => ({ name, supported, pipeline: 'P' });
    const [plugins, models] = [document.createElement('select'), document.createElement('select')];
    const words = (select) => [...select.options].map((option) => option.text + (option.disabled ? ' disabled' : '') + (option.selected ? ' chosen' : '')).join();
    const said = [];
    offer(plugins, ['a', 'b']);
    plugins.value = 'b';
    for (const names of [['a'], ['a', 'c'], ['a', 'b']]) {
      offer(plugins, names);
      said.push(words(plugins));
    }
    for (const all of [[model('x', false), model('y'), model('z')], [model('x'), model('z')], [model('x'), model('y', false)], [model('y')]]) {
      offerModels(models, { models: all });
      said.push(words(models));
    }
    return said;
  });
  assert.deepEqual(shown, ['a,b (gone) chosen', 'a,c,b (gone) chosen', 'a,b chosen', 'x (no plugin for P) disabled,y chosen,z',
    'x,z,y (gone) disabled chosen', 'x,y (no plugin for P) disabled chosen', 'y chosen']);
});

test('a console for reading only offers nothing to start', async () => {
  await page.route('**/api/v1/session', (route) => route.fulfill({ json: { tokenNeeded: false, version: '1', readOnly: true } }));
  await page.goto('about:blank');
  await page.goto(`${URL}#/start`);
  await page.getByText('this console is configured for reading only').waitFor();
  assert.equal(await page.locator('#submit').isDisabled(), true);
  await page.unroute('**/api/v1/session');
});

test('a page that nobody sees lets its connection go, and takes it up again', async () => {
  const context = await desktop(browser);
  const other = await context.newPage();
  await other.clock.install();
  const events = [];
  other.on('request', (request) => request.url().endsWith('/events') && events.push('opened'));
  other.on('requestfailed', (request) => request.url().endsWith('/events') && events.push('closed'));
  const hide = (hidden) => other.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { value: now, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await other.goto(`${URL}#/start`);
  await other.locator('[name=model] option').first().waitFor({ state: 'attached' });
  await hide(true);
  await other.clock.runFor(9_000);
  await hide(false);
  await hide(true);
  await other.clock.runFor(9_000);
  assert.deepEqual(events, ['opened']);
  await other.clock.runFor(2_000);
  assert.deepEqual(events, ['opened', 'closed']);
  const again = other.waitForRequest('**/events');
  await hide(false);
  await again;
  assert.equal(await other.locator('#connection').isVisible(), false);
  await context.close();
});

test('a job that this process does not know is looked for among the runs', async () => {
  await page.goto(`${URL}#/jobs/quantize-999`);
  await page.getByText('This process knows no such job.').getByRole('link', { name: 'runs' }).click();
  await page.locator('h1', { hasText: 'Runs' }).waitFor();
});
