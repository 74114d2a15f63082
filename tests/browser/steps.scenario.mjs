/*
 * Steps by hand: a unit's gap is filled for it, registered, replaced; a name corrected; two units
 * merged after a look at what follows, and the merger undone.
 */
import { inspectHere } from './walk.mjs';

const say = (condition, text) => {
    if (!condition) throw new Error(text);
};

/* Units of the directory; each width takes its own, because both write to one database. */
const unitsOf = async ({ origin }, width) => {
    const { items } = await (await fetch(`${origin}/yiyang/directory.json`)).json();
    const plain = items.filter((item) => !item.is_group && !item.held).map(({ unit }) => unit);
    return width === 360 ? plain.slice(8) : plain;
};

const send = (page, scope = 'form.form') =>
    Promise.all([page.waitForNavigation(), page.click(`${scope} .send button`)]);

async function nameAndReplace({ page, server, width, shot }) {
    const [unit] = await unitsOf(server, width);
    await page.goto(server.origin + unit.url);
    say((await page.textContent('#people')).includes('待明确'), 'no gap is shown');
    const faults = await inspectHere(page);
    await shot('steps-unit-gaps');
    await page.click('#people a:has-text("登记") >> nth=0');
    await page.fill('#f-name', '张三');
    await page.fill('#f-post', '副局长');
    await page.fill('#f-office_phone', '0737-4222333');
    await page.click('details.behalf summary');
    await page.fill('#f-for-behalf_for', unit.name);
    await send(page);
    say(await page.inputValue('#f-for-behalf_date') === '2022-06-15', 'today is not offered');
    say((await page.textContent('main')).includes('代录应选择告知方式'), 'no fault of 代录');
    faults.push(...await inspectHere(page));
    await shot('steps-behalf-refused');
    await page.selectOption('#f-for-behalf_means', 'phone');
    await page.fill('#f-for-behalf_date', '2022-06-14');
    await send(page);
    say((await page.textContent('main')).includes(`代录：${unit.name}，电话`), 'not told as 代录');
    faults.push(...await inspectHere(page));
    await shot('steps-designation');
    await page.click('details.step summary:has-text("更换")');
    await page.fill('#f-replace-name', '李四');
    await page.fill('#f-replace-reason', '工作调动');
    faults.push(...await inspectHere(page));
    await shot('steps-replace');
    await send(page, 'details.step[open] form');
    say((await page.textContent('main')).includes('已更换'), 'not replaced');
    await page.goto(server.origin + unit.url);
    await page.click('#people a:has-text("李四")');
    await page.click('details.step summary:has-text("登记备案")');
    await send(page, 'details.step[open] form');
    say((await page.textContent('main')).includes('已登记备案'), 'not registered');
    await page.goto(`${server.origin}/yiyang/directory`);
    faults.push(...await inspectHere(page));
    await shot('steps-directory');
    say(faults.length === 0, faults.join('\n'));
}

async function correct({ page, server, width, shot }) {
    const [, unit] = await unitsOf(server, width);
    await page.goto(server.origin + unit.url);
    await page.click('text=申请更正名称');
    await page.selectOption('#f-sort', 'alias');
    await page.fill('#f-wanted', `${unit.name}机关`);
    await send(page);
    await page.click('details.step summary:has-text("不予更正")');
    await send(page, 'details.step[open] form');
    say((await page.textContent('main')).includes('请填写“不予更正的理由”'), 'no fault');
    const faults = await inspectHere(page);
    await shot('steps-step-page');
    await page.fill('#f-refuse-answer', '不是同一名称');
    await send(page);
    say((await page.textContent('main')).includes('不予更正'), 'not refused');
    faults.push(...await inspectHere(page));
    await shot('steps-correction');
    say(faults.length === 0, faults.join('\n'));
}

async function merge({ page, server, width, shot }) {
    const [, , first, second] = await unitsOf(server, width);
    await page.goto(`${server.origin}/yiyang/adjustment/new`);
    await page.selectOption('#f-matter', 'merge');
    await page.fill('#f-day', '2022-06-15');
    await page.fill('#f-basis', '益编发〔2022〕6号');
    await page.fill('[name="sources.0.name"]', first.name);
    await page.fill('[name="sources.1.name"]', second.name);
    await page.fill('[name="targets.0.name"]', `合并后的局${width}`);
    await send(page);
    say((await page.textContent('#effects')).includes(first.name), 'nothing is foreseen');
    const faults = await inspectHere(page);
    await shot('steps-merge-preview');
    await page.click('details.step summary:has-text("办理")');
    await send(page, 'details.step[open] form');
    say((await page.textContent('main')).includes('已办理'), 'not done');
    faults.push(...await inspectHere(page));
    await shot('steps-merge-done');
    await page.goto(`${server.origin}/yiyang/directory`);
    say((await page.textContent('#directory')).includes(`合并后的局${width}`), 'not in the directory');
    await page.goBack();
    await page.click('details.step summary:has-text("撤销")');
    await page.fill('#f-undo-reason', '方案有变');
    await send(page, 'details.step[open] form');
    say((await page.textContent('main')).includes('已撤销'), 'not undone');
    await page.goto(`${server.origin}/yiyang/directory`);
    say(!(await page.textContent('#directory')).includes(`合并后的局${width}`), 'still there');
    say(faults.length === 0, faults.join('\n'));
}

export default [
    { name: 'a unit names its leader by telephone, then another', widths: [1440, 360],
        expected: [422], run: nameAndReplace },
    { name: 'a correction is asked for and refused with a reason', widths: [1440, 360],
        expected: [422], run: correct },
    { name: 'two units are merged after a look, and the merger undone', widths: [1440, 360],
        run: merge },
];
