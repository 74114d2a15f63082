/*
 * A roster in GB18030 with good and bad rows goes in: shown row by row, imported, the bad rows
 * come back as a file.
 */
import { openPage } from './browser.mjs';
import { startServer } from './server.mjs';
import { inspectHere } from './walk.mjs';

/* Two-byte characters only: enough for rosters. */
function gb18030(text) {
    const decoder = new TextDecoder('gb18030');
    const codes = new Map();
    for (let high = 0x81; high <= 0xfe; high++)
        for (let low = 0x40; low <= 0xfe; low++)
            if (low !== 0x7f) codes.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
    return Buffer.from([...text].flatMap((character) =>
        character.charCodeAt(0) < 0x80 ? [character.charCodeAt(0)] : codes.get(character)));
}

const unitsOf = async ({ origin }) =>
    (await (await fetch(`${origin}/yiyang/roster.json`)).json()).items.map(({ unit }) => unit.name);

const say = (condition, text) => {
    if (!condition) throw new Error(text);
};

async function upload(page, name, bytes) {
    await page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: bytes });
    await Promise.all([page.waitForURL(/\/roster(\/draft\/\w+)?$/), page.click('text=上传并核对')]);
}

async function importRoster({ page, server, width, shot }) {
    const units = await unitsOf(server);
    const [first, second] = width === 360 ? units.slice(4) : units;
    await page.goto(`${server.origin}/yiyang/roster`);
    await upload(page, '名单.csv', gb18030(
        '对口联系人员名单\r\n单位,身份,姓名,职务,办公电话,手机\r\n' +
        `${first},责任领导,张三,副局长,0737-4222333,13800000001\r\n` +
        `${first},联系人,李四,科长,,13800000002\r\n` +
        `${second},联系人,王五,科员,,138000\r\n` +
        '市没有的单位局,联系人,赵六,,,\r\n'));
    const faults = await inspectHere(page);
    await shot('roster-preview');
    const text = await page.textContent('main');
    for (const part of ['新增 2，变更 0，不变 0，有误 2', '像固定电话', '名录里没有“市没有的单位局”'])
        say(text.includes(part), `“${part}” is not on the preview`);

    const [file] = await Promise.all([page.waitForEvent('download'),
        page.click('text=下载有误的行')]);
    say(file.suggestedFilename() === '有误的行.xlsx', file.suggestedFilename());
    await page.click('nav.tabs >> text=有误 2');
    say(await page.locator('table.roster tbody tr').count() === 2, 'not two bad rows');
    await page.click('text=导入无误的行');
    await page.waitForSelector('text=已导入：新增 2，变更 0');
    faults.push(...await inspectHere(page));
    await shot('roster-result');
    await page.click('text=返回名单与回执');
    say((await page.textContent(`tr:has-text("${first}")`)).includes('1 人'), 'nobody is counted');
    await shot('roster');
    say(faults.length === 0, faults.join('\n'));
}

async function refuse({ page, server }) {
    await page.goto(`${server.origin}/yiyang/roster`);
    await upload(page, '名单.csv', Buffer.from('%PDF-1.4'));
    await page.waitForSelector('#problem:has-text("这是 PDF 文件")');
    const faults = await inspectHere(page);
    say(faults.length === 0, faults.join('\n'));
}

async function withoutScripts({ context }) {
    const server = await startServer(context);
    const opened = await openPage(context.browser, server.origin, 360, { scripts: false });
    try {
        const [unit] = await unitsOf(server);
        await opened.page.goto(`${server.origin}/yiyang/roster`);
        await upload(opened.page, 'a.csv', Buffer.from(`单位,身份,姓名\n${unit},联系人,李四\n`));
        await opened.page.click('text=导入无误的行');
        await opened.page.waitForSelector('text=已导入：新增 1');
        return opened.faults;
    } finally {
        await opened.close();
        await server.stop();
    }
}

export default [
    { name: 'a roster is shown row by row and imported', widths: [1440, 360], run: importRoster },
    { name: 'a file that is no roster is refused at the field', widths: [360], expected: [422],
        run: refuse },
    { name: 'a roster is imported without scripts', alone: true, run: withoutScripts },
];
