/*
 * An attachment's way: uploaded with others that are refused, seen and taken down again, frozen as
 * 误传 and purged; a record's words purged with its past; and what a step tells: the count on every
 * page, the notice, the outbox.
 */
import { readFile } from 'node:fs/promises';
import { inspectHere } from './walk.mjs';

const say = (condition, text) => {
    if (!condition) throw new Error(text);
};
const text = (name, words) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(words) });

/* Each width has a unit of its own, because both write to one database. */
const unitOf = async ({ origin }, width, n = 4) => {
    const { items } = await (await fetch(`${origin}/yiyang/organization.json`)).json();
    return items[width === 360 ? n + 1 : n];
};

async function chosen(page, files) {
    if (!(await page.isVisible('#upload'))) await page.click('.upload > summary');
    await page.setInputFiles('#upload', files);
    await page.click('form[data-upload] .send button');
}

async function severalAtOnce(page, width) {
    await chosen(page, [
        text(`会谈纪要${width}.txt`, `第 ${width} 次会谈。\n`),
        text('带标志.txt', '机密★3年\n\n关于某事的通知\n'),
        text('..\\..\\程序.pdf', '<!DOCTYPE html><script>x()</script>'),
        { name: '录像.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(17 << 20) },
        text('内部.txt', '内部资料\n\n工作安排如下。\n'),
    ]);
    await page.click('.uploading button:has-text("已确认可以存入")');
    await page.waitForSelector('.uploading a:has-text("查看已上传的附件")');
    const told = await page.textContent('.uploading');
    for (const words of ['国家秘密标志', '网页不能作为附件', '17.0 MB，超过 16 MB', '内部.txt：已上传'])
        say(told.includes(words), `“${words}” is not said: ${told}`);
}

async function takenDown(page, name) {
    const [file] = await Promise.all([page.waitForEvent('download'),
        page.click(`.files a:has-text("${name}")`)]);
    say(file.suggestedFilename() === name, file.suggestedFilename());
    return readFile(await file.path(), 'utf8');
}

async function frozenAndPurged({ page, faults, shot }, name) {
    await page.click(`.files li:has-text("${name}") >> text=详情`);
    faults.push(...await inspectHere(page));
    await shot('files-one');
    await page.fill('#reason', '选错了文件');
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("误传处置")')]);
    say((await page.textContent('main')).includes('已按误传冻结'), 'not frozen');
    faults.push(...await inspectHere(page));
    await shot('files-frozen');
    await page.check('[name=confirmed]');
    await Promise.all([page.waitForNavigation(), page.click('main button:has-text("清除")')]);
    const main = await page.textContent('main');
    say(main.includes('已清除') && !main.includes(name), 'not purged');
    faults.push(...await inspectHere(page));
    await shot('files-purged');
}

async function attachments({ page, server, width, shot, get }) {
    const unit = await unitOf(server, width);
    const faults = [], name = `会谈纪要${width}.txt`;
    await page.goto(server.origin + unit.url);
    await severalAtOnce(page, width);
    faults.push(...await inspectHere(page));
    await shot('files-uploading');
    await page.click('.uploading a');
    await page.waitForSelector(`#files li:has-text("${name}")`);
    faults.push(...await inspectHere(page));
    await shot('files-record');
    say(await takenDown(page, name) === `第 ${width} 次会谈。\n`, 'other bytes came down');
    const content = await page.getAttribute(`.files a:has-text("${name}")`, 'href');
    await frozenAndPurged({ page, faults, shot }, name);
    say((await get(content)).status === 404, 'the purged bytes are still given out');
    await page.goto(server.origin + unit.url);
    say(!(await page.textContent('#files')).includes(name), 'the purged name is still shown');
    say(faults.length === 0, faults.join('\n'));
}

async function purged({ page, server, width, shot }) {
    const unit = await unitOf(server, width, 7);
    const faults = [];
    await page.goto(`${server.origin + unit.url}/edit`);
    await page.fill('#f-name', `误填的名称${width}`);
    await Promise.all([page.waitForNavigation(), page.click('form.form .send button')]);
    await page.click('.act >> text=操作日志');
    say((await page.textContent('main')).includes(`误填的名称${width}`), 'not in the journal');
    await page.click('.act >> text=清除内容');
    faults.push(...await inspectHere(page));
    await shot('purge-record');
    await page.check('[name="f.name"]');
    await page.fill('#reason', '误填');
    await page.check('[name=confirmed]');
    await Promise.all([page.waitForNavigation(), page.click('main .send button')]);
    say((await page.textContent('#records-title + ul')).includes('单位与机构：名称'), 'not listed');
    faults.push(...await inspectHere(page));
    await shot('purge-list');
    await page.goto(`${server.origin}/yiyang/journal${unit.url.replace('/yiyang', '')}`);
    const journal = await page.textContent('main');
    say(journal.includes('内容已按规定清除') && !journal.includes('误填的名称'), 'still in the journal');
    say(faults.length === 0, faults.join('\n'));
}

async function notices({ page, server, width, shot }) {
    const unit = await unitOf(server, width);
    const faults = [];
    await page.goto(`${server.origin}/yiyang/correction/new`);
    await page.fill('#f-organization', unit.name);
    await page.selectOption('#f-sort', 'alias');
    await page.fill('#f-wanted', `${unit.name}本级`);
    await Promise.all([page.waitForNavigation(), page.click('form.form .send button')]);
    /* The work is done within the second; the page asks on its own only once a minute. */
    for (let tries = 0; tries < 100 && !(await page.locator('.bell .unread').count()); tries++) {
        await page.waitForTimeout(100);
        await page.reload({ waitUntil: 'networkidle' });
    }
    say(await page.textContent('.bell .unread') === '1', 'the count is not shown');
    await shot('notices-bell');
    await page.click('.bell');
    await page.waitForSelector('main li:has-text("有名称更正待核")');
    faults.push(...await inspectHere(page));
    await shot('notices');
    await Promise.all([page.waitForNavigation(), page.click('text=全部标为已读')]);
    say(await page.locator('main .unread-mark').count() === 0, 'still unread');
    await page.click('text=发送情况');
    await page.waitForSelector('main tr:has-text("站内通知"):has-text("已办")');
    faults.push(...await inspectHere(page));
    await shot('notices-outbox');
    say(faults.length === 0, faults.join('\n'));
}

export default [
    { name: 'attachments are uploaded, taken down, frozen and purged', widths: [1440, 360],
        expected: [404, 422], run: attachments },
    { name: 'what a record says is purged with its past', widths: [1440, 360], run: purged },
    { name: 'a step is told to whom it concerns', widths: [1440, 360], run: notices },
];
