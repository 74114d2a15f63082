/* A reader's ways through the directory, with and without scripts, by keyboard and on a phone. */
import assert from 'node:assert/strict';
import { openPage } from './browser.mjs';

const DIRECTORY = '/yiyang/directory';

async function withoutScripts(context, server, width, work) {
    const opened = await openPage(context.browser, server.origin, width, { scripts: false });
    try {
        await work(opened.page);
        assert.deepEqual(opened.faults, []);
    } finally {
        await opened.close();
    }
}

export default [{
    name: 'a unit is found from the first page by links alone',
    widths: [1440, 360],
    run: async ({ context, server, width }) => withoutScripts(context, server, width, async (page) => {
        await page.goto(server.origin + '/');
        await page.getByRole('link', { name: /益阳/ }).click();
        await page.waitForURL('**' + DIRECTORY);
        const unit = page.getByRole('main').getByRole('link', { name: '市总工会' }).first();
        await unit.click();
        await page.waitForURL('**/organization/*');
        assert.match(await page.locator('h1').innerText(), /市总工会/);
    }),
}, {
    name: 'the first key reaches a link that skips to the content',
    run: async ({ page, server }) => {
        await page.goto(server.origin + DIRECTORY);
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        assert.equal(await focused.getAttribute('href'), '#main');
        await page.keyboard.press('Enter');
        assert.equal(new URL(page.url()).hash, '#main');
    },
}];
