/*
 * browser.mjs - Chromium's headless shell through playwright-core, and a page that notes everything
 * a page of ours must not do: say something on the console's error channel (every CSP message is
 * there), throw, fail a request, answer 4xx or 5xx, ask another origin.
 */
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));

export const WIDTHS = [1440, 360];

/* `remembers`: it keeps the pages one left as they were, as a browser at a desk does; the headless
 * shell does not. */
export function openBrowser({ remembers = false } = {}) {
    const { chromium } = require('playwright-core');
    return chromium.launch({
        executablePath: `/usr/bin/chromium${remembers ? '' : '-headless-shell'}`,
        ignoreDefaultArgs: remembers ? ['--disable-back-forward-cache'] : [],
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
            '--lang=zh-CN'],
    });
}

export function axeSource() {
    return require('axe-core').source;
}

/*
 * A fresh page of that width. `expected` holds statuses that are no fault (an error page that is
 * looked at on purpose); `scripts` false turns scripts off. `faults` fills while it is used.
 */
export async function openPage(browser, origin, width, { expected = [], scripts = true } = {}) {
    const phone = width < 768;
    const context = await browser.newContext({
        viewport: { width, height: phone ? 740 : 900 },
        isMobile: phone, hasTouch: phone, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
        reducedMotion: 'reduce', acceptDownloads: true, javaScriptEnabled: scripts,
    });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const faults = [];
    page.on('console', (message) => {
        const text = message.text();
        const isStatus = /^Failed to load resource: the server responded/.test(text);
        if (message.type() === 'error' && !isStatus || /Content Security Policy/.test(text))
            faults.push(`console: ${text}`);
    });
    page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
    page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(origin + '/') && !/^(data|blob|about):/.test(url))
            faults.push(`another origin: ${url}`);
    });
    page.on('requestfailed', (request) => {
        const reason = request.failure()?.errorText;
        /* A download, and a search overtaken by the next key, end like this. */
        if (reason !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} ${reason}`);
    });
    page.on('response', (response) => {
        if (response.status() >= 400 && !expected.includes(response.status()))
            faults.push(`answered ${response.status()}: ${response.url()}`);
    });
    return { page, faults, close: () => context.close() };
}
