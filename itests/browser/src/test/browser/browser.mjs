import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP = { viewport: { width: 1240, height: 860 }, locale: 'en-GB' };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'en-GB' };

/** What has a browser to say against what it was shown: errors on its console, failed requests, exceptions, refused content. */
export class Complaints {
  #list = [];

  /** Listens to a page, and to those that it opens. */
  watch(context) {
    context.on('page', (page) => this.#listen(page));
    context.pages().forEach((page) => this.#listen(page));
  }

  #listen(page) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#list.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => this.#list.push(`exception: ${error.stack}`));
    page.on('requestfailed', (request) => {
      // a page that is left ends its own requests
      if (request.failure().errorText !== 'net::ERR_ABORTED') {
        this.#list.push(`failed: ${request.url()}: ${request.failure().errorText}`);
      }
    });
  }

  /** What was said since it was asked last. */
  take() {
    return this.#list.splice(0);
  }
}

/** A browser without a window, that asks nobody on the network for anything. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--force-color-profile=srgb', '--font-render-hinting=none'],
  });
}

/** A window as on a desk, light. */
export function desktop(browser) {
  return browser.newContext(DESKTOP);
}

/** A window as on a phone, dark. */
export function phone(browser) {
  return browser.newContext(PHONE);
}

/** What axe-core finds on a page: rule, help and element of each violation. */
export async function violations(page) {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help}: ${node.html.slice(0, 200)}: ${node.failureSummary}`));
}

/** How far a page is wider than its window, in pixels. */
export function excess(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
