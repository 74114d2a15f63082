/* The way back: after a change in place the page is the current one, not the one that was left. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { addClerk, LOGIN, PASSWORD } from './account.mjs';
import { openBrowser, openPage } from './browser.mjs';
import { recordOf } from './pages.mjs';
import { makeDatabase, startServer } from './server.mjs';

const SAMPLE = fileURLToPath(new URL('../../samples/yunhe-2023-7.txt', import.meta.url));

/* Whoever comes after at the same desk presses the way back. */
async function afterSignOut({ context }) {
    const database = await makeDatabase(context);
    const file = `${database.folder}/duikou.db`;
    await addClerk({ ...context, database });
    const server = await startServer({ ...context, database: { file } }, ['--now=']);
    const browser = await openBrowser({ remembers: true });
    try {
        const { page, faults } = await openPage(browser, server.origin, 1440);
        await page.goto(`${server.origin}/sign-in`);
        await page.fill('#login', LOGIN);
        await page.fill('#password', PASSWORD);
        await page.click('main button');
        await page.waitForURL('**/directory');
        await page.goto(`${server.origin}/yiyang/organization`);
        await page.goto(`${server.origin}/yiyang/directory`);
        await page.getByRole('button', { name: '退出' }).click();
        await page.waitForURL('**/sign-in');
        for (let steps = 0; steps < 3; steps++) {
            await page.goBack({ waitUntil: 'load' });
            assert.match(page.url(), /\/sign-in/, 'a page of the one who left is shown');
            assert.doesNotMatch(await page.textContent('body'), /市教育局/);
        }
        return faults;
    } finally {
        await browser.close();
        await server.stop();
        await database.drop();
    }
}

export default [{
    name: 'back after signing out shows nothing of whoever left', alone: true, run: afterSignOut,
}, {
    name: 'back from a hit shows what was searched for',
    widths: [1440, 360],
    run: async ({ page, server }) => {
        await page.goto(`${server.origin}/yiyang/search`);
        await page.locator('#search-q').fill('工会');
        await page.waitForURL(/q=/);
        const hit = page.locator('#found .hits a').first();
        const name = await hit.innerText();
        await hit.click();
        await page.waitForURL('**/organization/*');
        await page.goBack();
        await page.waitForURL(/search\?q=/);
        assert.equal(await page.locator('#found .hits a').first().innerText(), name);
        assert.equal(await page.locator('#search-q').inputValue(), '工会');
    },
}, {
    name: 'back after a change in place shows the changed page',
    run: async ({ page, server }) => {
        await page.goto(`${server.origin}/import`);
        await page.setInputFiles('input[type=file]', SAMPLE);
        await page.getByRole('button', { name: '上传并读取' }).click();
        await page.waitForURL('**/import/*');
        const groups = page.locator('.linked');
        const before = await groups.count();
        await groups.first().getByText('更正').click();
        await groups.first().getByRole('button', { name: '删去这一组' }).click();
        await page.getByRole('button', { name: '撤销上一处更正' }).waitFor();
        assert.equal(await groups.count(), before - 1);
        await page.getByRole('link', { name: '下一步：导入' }).click();
        await page.waitForURL('**/preview');
        await page.goBack();
        await page.waitForURL(/import\/\w+(#.*)?$/);
        assert.equal(await groups.count(), before - 1);
    },
}, {
    name: 'back after a record was saved shows it as saved',
    run: async ({ page, server }) => {
        const path = await recordOf('/yiyang/organization', 30)(server);
        await page.goto(`${server.origin}${path}`);
        await page.goto(`${server.origin}${path}/edit`);
        await page.locator('#f-note').fill('返回时也能看到的备注');
        await page.locator('.form button:not([type=button])').first().click();
        await page.waitForURL((url) => !url.pathname.endsWith('/edit'));
        await page.goto(`${server.origin}/yiyang/directory`);
        await page.goBack();
        await page.waitForURL(`**${path}`);
        assert.ok(await page.getByText('返回时也能看到的备注').first().isVisible());
        await page.goBack();
        assert.equal(await page.locator('#f-note').inputValue(), '返回时也能看到的备注');
    },
}];
