/* The wizard as a clerk walks it: upload, check beside the document, correct in place, import. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const samples = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../samples');
const DIRECTORIES = { 1440: 'yunhe', 360: 'yunhe-phone' };

async function upload(page, origin, sample) {
    await page.goto(`${origin}/import`);
    await page.setInputFiles('input[type=file]', path.join(samples, sample));
    await page.getByRole('button', { name: '上传并读取' }).click();
    await page.waitForURL('**/import/*');
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

export default [{
    name: 'a document becomes a directory in three steps',
    widths: [1440, 360],
    run: async ({ page, server, width }) => {
        const slug = DIRECTORIES[width];
        await upload(page, server.origin, 'yunhe-2023-7.txt');
        assert.match(await page.locator('h1').innerText(), /云协发〔2023〕7号/);
        assert.ok(await fits(page), 'the page is wider than the screen');

        /* The body and the address are proposed; the clerk types a better address. */
        const facts = page.locator('#facts');
        assert.equal(await facts.locator('[name=body_name]').inputValue(), '政协云河市委员会');
        await facts.locator('[name=body_id]').fill(slug);
        await facts.locator('[name=id]').fill(`${slug}-2023-7`);
        await facts.getByRole('button', { name: '保存' }).click();
        await page.waitForURL('**#facts');
        assert.equal(await page.locator('#facts [name=body_id]').inputValue(), slug);

        await page.getByRole('link', { name: '下一步：导入' }).click();
        await page.waitForURL('**/preview');
        assert.ok(await fits(page), 'the preview is wider than the screen');
        await page.getByRole('button', { name: /导入到/ }).click();
        await page.waitForURL(`**/${slug}/document/*`);
        await page.goto(`${server.origin}/${slug}/directory?on=2023-06-01`);
        assert.ok(await page.getByRole('main').getByText('提案和联络委员会').first().isVisible());
    },
}, {
    name: 'a document of a body that is there goes to that body',
    run: async ({ page, server }) => {
        const text = readFileSync(path.join(samples, 'yunhe-2023-7.txt'), 'utf8');
        await page.goto(`${server.origin}/import`);
        await page.setInputFiles('input[type=file]', {
            name: 'again.txt', mimeType: 'text/plain',
            buffer: Buffer.from(text.replaceAll('云河', '益阳')),
        });
        await page.getByRole('button', { name: '上传并读取' }).click();
        await page.waitForURL('**/import/*');
        assert.equal(await page.locator('#facts [name=body_id]').inputValue(), 'yiyang');
    },
}, {
    name: 'a refused correction says what is wrong and keeps what was typed',
    expected: [422],
    run: async ({ page, server }) => {
        await upload(page, server.origin, 'yunhe-2023-7.txt');
        const facts = page.locator('#facts');
        await facts.locator('[name=body_id]').fill('云河');
        await facts.locator('[name=title]').fill('改过的标题');
        await facts.getByRole('button', { name: '保存' }).click();
        await page.locator('#facts [role=alert]').waitFor();
        assert.match(await page.locator('#facts [role=alert]').innerText(), /小写字母/);
        assert.equal(await page.locator('#facts [name=title]').inputValue(), '改过的标题');
        assert.equal(await page.locator('#facts [name=body_id]').inputValue(), '云河');
    },
}, {
    name: 'a correction can be taken back',
    run: async ({ page, server }) => {
        await upload(page, server.origin, 'yunhe-2023-7.txt');
        const groups = page.locator('.linked');
        const before = await groups.count();
        await groups.first().getByText('更正').click();
        await groups.first().getByRole('button', { name: '删去这一组' }).click();
        await page.waitForLoadState();
        assert.equal(await groups.count(), before - 1);
        await page.getByRole('button', { name: '撤销上一处更正' }).click();
        await page.waitForLoadState();
        assert.equal(await groups.count(), before);
    },
}];
