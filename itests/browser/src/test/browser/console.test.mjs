import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Complaints, desktop, excess, launch, phone, violations } from './browser.mjs';

const { HALFTONE_URL: URL, HALFTONE_RUNS: RUNS, DEPLOY, PLUGIN, OUT } = process.env;
const VIEWS = ['start', 'start/generate', 'start/evaluate', 'jobs', 'runs', 'compare', 'plugins', 'doctor'];
const WAIT_MILLISECONDS = 60_000;
const JOB_MILLISECONDS = 150_000;
const complaints = new Complaints();
let browser;
let page;

before(async () => {
  browser = await launch();
  const context = await desktop(browser);
  complaints.watch(context);
  context.setDefaultTimeout(WAIT_MILLISECONDS);
  page = await context.newPage();
});

after(() => browser.close());

/** Loads the page anew with a view, and waits for what comes from the server. */
async function view(name, on = page) {
  await on.goto('about:blank');
  await on.goto(`${URL}#/${name}`);
  await on.locator('main h1').waitFor();
  if (name === 'doctor') {
    await on.locator('.findings dl').waitFor();
  }
  if (name === 'start') {
    await on.locator('.count-row').first().waitFor();
  }
}

function picture(name, on = page) {
  return on.screenshot({ path: join(OUT, `${name}.png`) });
}

/** The card of a job on the view that shows it, once it is in a state. */
async function jobIn(state) {
  const card = page.locator('article.job');
  await page.locator(`article.job[data-state="${state}"]`).waitFor({ timeout: JOB_MILLISECONDS });
  return card;
}

/** Presses Tab until the focus is on what is asked for, and gives what it passed. */
async function tabTo(selector) {
  const passed = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate((wanted) => {
      const element = document.activeElement;
      const seen = [element, element.nextElementSibling].filter(Boolean).some((each) => getComputedStyle(each).outlineStyle !== 'none');
      return { found: element.matches(wanted), name: element.name || element.id || element.textContent.trim(), seen };
    }, selector);
    passed.push(at.name);
    assert.ok(at.seen, `${at.name}: found the focus there without an outline; expected one`);
    if (at.found) {
      return passed;
    }
  }
  throw new assert.AssertionError({ message: `${selector}: found the focus on ${passed.join(', ')}; expected it there` });
}

test('every view is without complaints of the browser and of axe-core', async () => {
  for (const name of VIEWS) {
    await view(name);
    assert.deepEqual(await violations(page), [], name);
    assert.equal(await excess(page), 0, name);
  }
  assert.deepEqual(complaints.take(), []);
});

test('a form is filled and sent with the keyboard alone', async () => {
  await view('plugins');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'skip');
  await tabTo('a[href="#/start"]:not(.brand)');
  await page.keyboard.press('Enter');
  await page.locator('.count-row').first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  await tabTo('[name=model]');
  await page.keyboard.type('tiny-sdxl');
  await tabTo('[name=format]');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'int8');
  await tabTo('[name=quant-level]');
  assert.equal(await page.evaluate(() => document.activeElement.value), '3');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await tabTo('[name=calib-size]');
  await page.keyboard.type('8');
  await tabTo('[name=n-steps]');
  await page.keyboard.type('20');
  await tabTo('[name=batch-size]');
  await page.keyboard.type('1');
  await page.locator('#plan-summary', { hasText: '38 conv, 34 linear, 0 attention' }).waitFor();
  await picture('console-form');
  const command = (await page.locator('#command').textContent()).trim();
  writeFileSync(join(OUT, 'command.txt'), command);
  assert.match(command, /^halftone quantize --model tiny-sdxl --format int8 --quant-level 2 .*--calib-size 8 --n-steps 20 --batch-size 1/);
  const passed = await tabTo('#submit');
  assert.ok(passed.includes('prompts'), passed.join());
  await page.keyboard.press('Enter');
  await page.locator('article.job').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
});

test('a job shows its progress, rate, time left and latents, and ends', async () => {
  await page.locator('.pace', { hasText: /calibrate · \d+ of 160 step · [\d.]+ (s\/)?step(\/s)? · \d+:\d\d left/ }).waitFor({ timeout: JOB_MILLISECONDS });
  const preview = page.locator('.preview');
  await preview.waitFor({ timeout: JOB_MILLISECONDS });
  await page.waitForFunction(() => document.querySelector('.preview').naturalWidth > 0);
  assert.match(await preview.getAttribute('alt'), /^Latents of the picture/);
  assert.equal(await page.locator('#running').textContent(), '1 running');
  assert.deepEqual(await violations(page), []);
  await picture('console-job');
  const card = await jobIn('done');
  assert.equal(await preview.isVisible(), false);
  await card.getByRole('link', { name: 'Open the run' }).click();
  await page.locator('table.listing').getByRole('link', { name: 'checkpoint.safetensors', exact: true }).waitFor();
  writeFileSync(join(OUT, 'checkpoint.txt'), join(RUNS, await page.locator('h1').textContent(), 'checkpoint.safetensors'));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(complaints.take(), []);
});

test('times, sizes, rates and commands are written as the shell writes them', async () => {
  const written = await page.evaluate(async () => {
    const { bytes, clock, command, percent, rate } = await import('./format.js');
    return [clock(59.6), clock(3599), clock(3600), bytes(1), bytes(999), bytes(6_400_000), percent(0.9996), percent(1), percent(0.5),
      rate(10, 4, 'step'), rate(1, 4, 'step'), rate(0, 4, 'step'),
      command('generate', { model: 'tiny-sdxl', prompt: ["it's a fox", 'b'], 'tiled-vae': true, compress: false }).join(' ')];
  });
  assert.deepEqual(written, ['1:00', '59:59', '1:00:00', '1 byte', '999 bytes', '6.4 MB', '99.9 %', '100 %', '50 %', '2.5 step/s', '4.0 s/step', '',
    "halftone generate --model tiny-sdxl --prompt 'it'\\''s a fox' --prompt b --tiled-vae"]);
});

test('a plan that is refused says why', async () => {
  await view('start');
  await page.getByLabel('4', { exact: true }).check();
  await page.locator('#plan.refused .failure').waitFor();
  assert.match(await page.locator('#plan .failure').textContent(), /int8.*expected/);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(complaints.take(), []);
});

test('a plugin that is dropped in appears in the form without a reload, and goes when it is deleted', async () => {
  await view('start');
  await page.evaluate(() => {
    globalThis.sameDocument = true;
  });
  await page.getByLabel('Pipeline').selectOption('tiny-sdxl');
  await page.getByLabel('Prompts', { exact: true }).fill('7');
  copyFileSync(PLUGIN, join(DEPLOY, 'convolutions.jar'));
  await page.locator('[name=policy] option[value=convolutions]').waitFor({ state: 'attached' });
  await page.getByLabel('Level policy').selectOption('convolutions');
  await page.locator('#plan-summary', { hasText: '51 conv, 0 linear, 0 attention' }).waitFor();
  assert.equal(await page.getByLabel('Prompts', { exact: true }).inputValue(), '7');
  await page.getByRole('link', { name: 'Plugins' }).click();
  const came = page.locator('[data-kind=policy] [data-plugin=convolutions]');
  await came.waitFor();
  assert.equal(await came.textContent(), 'convolutionsitests.convolutions 1.2.3');
  assert.deepEqual(await violations(page), []);
  await picture('console-plugins');
  rmSync(join(DEPLOY, 'convolutions.jar'));
  await came.waitFor({ state: 'detached' });
  assert.match(await page.locator('.changes').textContent(), /gone policy convolutions/);
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
  assert.deepEqual(complaints.take(), []);
});

test('an evaluation is started, and its report opened, without complaints', async () => {
  await view('start/evaluate');
  await page.getByLabel('Pipeline').selectOption('tiny-sdxl');
  await page.getByLabel('int8 level 3').uncheck();
  await page.getByLabel('int8 level 1').check();
  await page.getByLabel('Prompts', { exact: true }).fill('a large red circle on the left of a blue background');
  await page.getByLabel('Steps', { exact: true }).fill('6');
  await page.getByLabel('Calibration prompts').fill('1');
  await page.getByLabel('Calibration steps').fill('4');
  await page.getByRole('button', { name: 'Evaluate' }).click();
  const card = await jobIn('done');
  const opened = page.context().waitForEvent('page');
  await card.getByRole('link', { name: 'Open the report' }).click();
  const report = await opened;
  await read(report);
  assert.deepEqual(complaints.take(), []);
  await report.goto(pathToFileURL(join(RUNS, decodeURIComponent(new globalThis.URL(report.url()).pathname.split('/runs/')[1]))).href);
  await read(report);
  assert.deepEqual(complaints.take(), [], 'from a file');
  await report.close();
});

/** Looks at a report and compares two pictures in it. */
async function read(report) {
  await report.locator('#pictures').waitFor();
  assert.deepEqual(await violations(report), []);
  await report.getByRole('button', { name: 'Compare int8:1 with full precision' }).first().click();
  await report.locator('dialog[open] #frame.slider').waitFor();
  await report.getByLabel('How much of A is seen').press('ArrowRight');
  assert.equal(await report.locator('#frame').evaluate((frame) => frame.style.getPropertyValue('--split')), '51%');
  assert.deepEqual(await violations(report), []);
  await report.getByRole('button', { name: 'Close' }).click();
  const narrow = report.viewportSize();
  await report.setViewportSize({ width: 390, height: 844 });
  assert.equal(await excess(report), 0);
  await report.setViewportSize(narrow);
}

test('two pictures are compared with the slider, by flipping, side by side, and by their difference', async () => {
  await view('runs');
  await page.getByRole('link', { name: /^Compare pictures of / }).first().click();
  const frame = page.locator('#frame');
  await page.locator('#figures', { hasText: /PSNR \d+\.\d\d dB; largest difference \d+ of 255/ }).waitFor();
  await page.getByLabel('How much of A is seen').press('End');
  assert.equal(await frame.evaluate((element) => element.style.getPropertyValue('--split')), '100%');
  await page.getByLabel('How much of A is seen').press('Home');
  assert.equal(await frame.evaluate((element) => getComputedStyle(element.querySelector('#image-a')).clipPath), 'inset(0px 100% 0px 0px)');
  await page.getByLabel('How much of A is seen').fill('28');
  await page.locator('h1').focus();
  await picture('console-compare');
  assert.deepEqual(await violations(page), []);
  await page.getByRole('radio', { name: 'flip' }).check();
  const seen = (id) => page.locator(id).evaluate((element) => getComputedStyle(element).visibility);
  assert.deepEqual([await seen('#image-a'), await seen('#image-b')], ['hidden', 'visible']);
  await page.getByRole('button', { name: 'Flip' }).press('Enter');
  assert.deepEqual([await seen('#image-a'), await seen('#image-b')], ['visible', 'hidden']);
  await page.getByRole('radio', { name: 'side by side' }).check();
  const [a, b] = [await page.locator('#image-a').boundingBox(), await page.locator('#image-b').boundingBox()];
  assert.ok(a.x + a.width <= b.x, `A ends at ${a.x + a.width}, B begins at ${b.x}`);
  await page.getByRole('radio', { name: 'difference' }).check();
  assert.ok(await page.locator('#map').evaluate((map) => {
    const { data } = map.getContext('2d').getImageData(0, 0, map.width, map.height);
    return data.some((value, index) => index % 4 < 3 && value > 0);
  }), 'found a black map; expected a difference');
  const [first, second] = [await page.locator('#side-a').inputValue(), await page.locator('#side-b').inputValue()];
  assert.notEqual(first, second);
  await page.getByRole('button', { name: 'Swap' }).click();
  assert.equal(await page.locator('#side-a').inputValue(), second);
  await page.locator('#side-b').selectOption(second);
  await page.locator('#figures', { hasText: 'The two are equal, pixel by pixel.' }).waitFor();
  assert.deepEqual(complaints.take(), []);
});

test('a job is cancelled', async () => {
  await view('start/generate');
  await page.getByLabel('Steps').fill('500');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('.pace', { hasText: /\d+ of 500/ }).waitFor({ timeout: JOB_MILLISECONDS });
  await page.locator('.preview').waitFor();
  await page.getByRole('button', { name: /^Cancel / }).click();
  await jobIn('cancelled');
  assert.equal(await page.getByRole('button', { name: /^Cancel / }).isVisible(), false);
  await page.getByRole('link', { name: 'Open the run' }).waitFor();
  await page.getByRole('link', { name: 'All jobs' }).click();
  await page.locator('article.job[data-state=cancelled]').waitFor();
  await picture('console-jobs');
  assert.deepEqual(complaints.take(), []);
});

test('a job that is refused leaves the form as it is and says why', async () => {
  await view('start/generate');
  await page.getByLabel('Prompts').fill('something');
  await page.getByLabel('Guidance').fill('-3');
  await page.getByLabel('Seed').fill('12');
  await page.getByLabel('Pictures of each').evaluate((field) => field.removeAttribute('min'));
  await page.getByLabel('Pictures of each').fill('0');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('#refused .failure', { hasText: 'expected' }).waitFor();
  assert.equal(await page.getByLabel('Seed').inputValue(), '12');
  assert.deepEqual(await violations(page), []);
  const said = complaints.take();
  assert.equal(said.length, 1, said.join('\n'));
  assert.match(said[0], /status of 400/);
});

test('a token is asked for where one is needed', async () => {
  const context = await desktop(browser);
  complaints.watch(context);
  let shown = '';
  // a server with a token, as far as the page sees one
  await context.route('**/api/v1/**', async (route) => {
    const request = route.request();
    if (request.url().endsWith('/session')) {
      await route.fulfill({ json: { tokenNeeded: true, version: '1', readOnly: false } });
    } else if (request.url().endsWith('/login')) {
      shown = request.postDataJSON().token;
      await route.fulfill(shown === 'the right one' ? { json: { tokenNeeded: true } } : { status: 401, json: { error: 'token: found another; expected the configured one' } });
    } else if (shown === 'the right one') {
      await route.continue();
    } else {
      await route.fulfill({ status: 401, json: { error: 'token: found none; expected the configured one' } });
    }
  });
  const other = await context.newPage();
  await other.goto(`${URL}#/jobs`);
  const token = other.getByLabel('Token');
  await token.fill('a wrong one');
  assert.deepEqual(await violations(other), []);
  await token.press('Enter');
  await other.locator('.failure', { hasText: 'expected the configured one' }).waitFor();
  await token.fill('the right one');
  await token.press('Enter');
  await other.locator('article.job').first().waitFor();
  await context.close();
  assert.deepEqual(complaints.take().filter((each) => !each.includes('status of 401')), []);
});

test('every view fits a phone and is as legible in the dark', async () => {
  const context = await phone(browser);
  complaints.watch(context);
  const small = await context.newPage();
  for (const name of [...VIEWS, 'runs']) {
    await view(name, small);
    if (name === 'compare') {
      await small.locator('#figures', { hasText: 'PSNR' }).waitFor();
    }
    assert.deepEqual(await violations(small), [], name);
    assert.equal(await excess(small), 0, name);
    if (name === 'compare' || name === 'jobs') {
      await picture(`console-phone-${name}`, small);
    }
  }
  assert.deepEqual(complaints.take(), []);
  await context.close();
});
