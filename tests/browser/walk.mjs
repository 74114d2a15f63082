/*
 * walk.mjs - what every page is held to, at every width: its status, no message of browser.mjs's
 * kinds, nothing wider than the window, nothing serious found by axe. Keeps a picture of it.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { axeSource, openPage } from './browser.mjs';

/* The widest things first, so that the cause stands on top. */
function findOverflow(width) {
    /* A phone zooms out from what is too wide: its clientWidth then grows with the content. */
    const room = Math.min(document.documentElement.clientWidth, width);
    if (document.documentElement.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll('body *')]
        .map((node) => ({ node, right: node.getBoundingClientRect().right }))
        .filter(({ right }) => right > room + 1)
        .sort((a, b) => b.right - a.right).slice(0, 5);
    return [`wider than the window: ${document.documentElement.scrollWidth} > ${room} px`,
        ...wide.map(({ node, right }) => `  ${node.localName}.${node.className} ends at ${right}`)];
}

async function findBarriers(page) {
    await page.evaluate(axeSource());
    const { violations } = await page.evaluate(() => window.axe.run(document, {
        preload: false, resultTypes: ['violations'] }));
    return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, impact, help, nodes }) => nodes.slice(0, 3).map((node) =>
            `axe ${id} (${impact}): ${help}: ${node.html.slice(0, 160)}`));
}

/* Faults of the page as it stands, whatever led to it. */
export async function inspectHere(page) {
    await page.evaluate(() => document.fonts.ready.then(() => true));
    const { width } = page.viewportSize();
    return [...await page.evaluate(findOverflow, width), ...await findBarriers(page)];
}

/*
 * Faults of { name, path, status, see } at that width; `path` may be a function of the server
 * that finds it; `see` a selector that must be visible.
 */
export async function inspect({ browser, shots }, server, { name, path: where, status = 200, see },
    width) {
    const target = typeof where === 'function' ? await where(server) : where;
    const opened = await openPage(browser, server.origin, width, { expected: [status] });
    try {
        const { page, faults } = opened;
        const answer = await page.goto(server.origin + target, { waitUntil: 'load' });
        if (answer.status() !== status) faults.push(`${target} answered ${answer.status()}`);
        if (see && !(await page.locator(see).first().isVisible())) faults.push(`no ${see} is seen`);
        faults.push(...await inspectHere(page));
        if (shots) {
            await mkdir(shots, { recursive: true });
            await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
        }
        return faults;
    } finally {
        await opened.close();
    }
}
