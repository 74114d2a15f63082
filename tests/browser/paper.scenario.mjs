/* What is printed: the content alone, and all of it, on the width of an A4 page. */
import assert from 'node:assert/strict';
import { recordOf } from './pages.mjs';

/* 210 mm less the margins of the style sheet, at 96 px an inch. */
const PAPER_PX = Math.floor((210 - 2 * 18) / 25.4 * 96);

/* Rows that are not shown, and cells that stick out of the paper or hide a part of their text. */
const lost = (page) => page.evaluate(() => {
    const faults = [];
    for (const row of document.querySelectorAll('main table tbody tr')) {
        const box = row.getBoundingClientRect();
        if (box.height === 0) faults.push(`hidden: ${row.textContent}`);
        for (const cell of row.cells) {
            const at = cell.getBoundingClientRect();
            if (at.right > window.innerWidth + 1) faults.push(`beyond the paper: ${cell.textContent}`);
            const clips = getComputedStyle(cell).overflowX !== 'visible';
            if (clips && cell.scrollWidth > cell.clientWidth) faults.push(`cut: ${cell.textContent}`);
        }
    }
    return faults;
});

const PAPERS = [
    ...['nanbu', 'ordos', 'yiyang', 'ziyang'].map((body) => `/${body}/directory`),
    '/yiyang/directory/units', '/yiyang/directory/matrix', '/yiyang/organization', '/yiyang/duty',
    recordOf('/yiyang/document'), recordOf('/yiyang/organization', 20), '/yiyang/roster',
];

export default [{
    name: 'a printed page has no frame and its tables whole',
    run: async ({ page, server }) => {
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width: PAPER_PX, height: 1000 });
        for (const paper of PAPERS) {
            const path = typeof paper === 'function' ? await paper(server) : paper;
            await page.goto(server.origin + path);
            assert.ok(await page.locator('h1').isVisible(), path);
            for (const frame of ['.side', '.top', '.phone', '.tabs', '.skip', '.filters', '.pager'])
                for (const part of await page.locator(frame).all())
                    assert.equal(await part.isVisible(), false, `${frame} is printed on ${path}`);
            assert.deepEqual(await lost(page), [], path);
        }
    },
}, {
    name: 'a short word of a directory stands on one line',
    run: async ({ page, server }) => {
        await page.goto(`${server.origin}/ordos/directory`);
        const broken = await page.evaluate(() =>
            [...document.querySelectorAll('td[data-label=类别], td[data-label=关系]')]
                .filter((cell) => {
                    const range = document.createRange();
                    range.selectNodeContents(cell);
                    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
                }).map((cell) => cell.textContent));
        assert.deepEqual(broken, []);
    },
}];
