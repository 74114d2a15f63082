/*
 * Accounts as people meet them: set up on this machine, a slip for a unit's liaison, the first
 * sign-in, the second factor, sessions ended, a token used and taken back.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { openPage } from './browser.mjs';
import { run, startServer } from './server.mjs';
import { inspectHere } from './walk.mjs';

export const CLERK = { login: 'wenshu', password: 'qiao-dong-liu-shu-9' };
const LIAISON = { login: 'jiaoyu', password: 'nan-men-wai-da-jie-7' };
const SYSTEM = { login: 'xitong', password: 'bei-shan-shang-xue-5' };

/* RFC 6238, as a telephone does it. */
function totp(base32, at) {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...base32.replace(/[^A-Z2-7]/g, '')]
        .map((c) => digits.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
    const hash = createHmac('sha1', key).update(counter).digest();
    const from = hash[19] & 15;
    return String((hash.readUInt32BE(from) & 0x7fffffff) % 1e6).padStart(6, '0');
}

export async function fill(page, values) {
    for (const [name, value] of Object.entries(values)) await page.fill(`main [name=${name}]`, value);
}

/* What the next page asks for in the background has come when this is over. */
export const press = (page, name) => Promise.all([
    page.waitForNavigation({ waitUntil: 'networkidle' }),
    page.getByRole('button', { name, exact: true }).first().click()]);

export async function signIn(page, origin, { login, password }, code = '') {
    await page.goto(`${origin}/sign-in`);
    await fill(page, { login, password, code });
    await press(page, '登录');
}

/* A page of somebody's own machine, looked at and noted under a name. */
async function desk(context, origin, width) {
    const opened = await openPage(context.browser, origin, width, { expected: [403, 422] });
    const faults = [];
    return {
        page: opened.page,
        async look(name) {
            await opened.page.waitForLoadState('networkidle');
            faults.push(...(await inspectHere(opened.page)).map((fault) => `${name}: ${fault}`));
            await opened.page.screenshot({ fullPage: true,
                path: path.join(context.shots, `accounts-${name}-${width}.png`) });
        },
        async leave() {
            await opened.close();
            return [...faults, ...opened.faults].map((fault) => `${width} px: ${fault}`);
        },
    };
}

async function setUp({ page, look }, server) {
    await page.goto(`${server.origin}/yiyang/directory`);
    await page.click('text=启用帐号');
    await look('setup');
    const [, code] = server.said().match(/启用码 ([0-9A-Z-]+)/);
    await fill(page, { code, name: '何文', login: CLERK.login, password: CLERK.password,
        again: CLERK.password });
    await press(page, '启用');
    await look('home');
    assert.match(await page.textContent('header'), /何文/);
}

async function giveSlip({ page, look }, server) {
    await page.goto(`${server.origin}/accounts`);
    await page.click('text=开立帐号');
    await fill(page, { name: '孙明', login: LIAISON.login, organization: '市教育局' });
    await page.selectOption('#role', 'unit-liaison');
    await page.selectOption('#body', 'yiyang');
    await look('new');
    await press(page, '开立并开具登录单');
    await look('slip');
    return (await page.textContent('.slip .secret')).trim();
}

async function firstSignIn({ page, look }, server, code) {
    await page.goto(`${server.origin}/sign-in`);
    await look('sign-in');
    await page.click('text=凭登录单登录');
    await fill(page, { code: code.toLowerCase() });
    await press(page, '登录');
    await page.waitForURL('**/me/password');
    await page.goto(`${server.origin}/yiyang/directory`);
    assert.match(page.url(), /\/me\/password/, 'the directory is shown before a password is chosen');
    await look('password');
    await fill(page, { password: LIAISON.password, again: LIAISON.password });
    await press(page, '保存');
    await page.goto(`${server.origin}/yiyang/directory`);
    assert.match(await page.textContent('main'), /市教育局/);
    await look('directory');
}

async function sessionEnded(context, server, first) {
    const second = await openPage(context.browser, server.origin, 1440);
    await signIn(second.page, server.origin, LIAISON);
    await first.page.goto(`${server.origin}/me`);
    assert.equal(await first.page.locator('#sessions ~ table tbody tr').count(), 2);
    await first.look('me');
    await press(first.page, '结束');
    assert.equal(await first.page.locator('#sessions ~ table tbody tr').count(), 1);
    await second.page.goto(`${server.origin}/yiyang/directory`);
    assert.match(second.page.url(), /\/sign-in/, 'the ended session goes on');
    await second.close();
}

async function tokenUsed({ page, look }, server) {
    await page.goto(`${server.origin}/me`);
    await page.click('summary:has-text("建立令牌")');
    await fill(page, { name: '报表程序', days: '30' });
    await page.check('[value=read]');
    await press(page, '建立');
    await look('token');
    const token = (await page.textContent('.secret')).trim();
    const ask = (url, options = {}) => fetch(server.origin + url,
        { redirect: 'manual', ...options, headers: { authorization: `Bearer ${token}` } });
    assert.match(await (await ask('/yiyang/organization.json')).text(), /市教育局/);
    assert.equal((await ask('/me')).status, 403);
    assert.equal((await ask('/accounts')).status, 403);
    await page.goto(`${server.origin}/me`);
    await press(page, '停用');
    assert.equal((await ask('/yiyang/organization.json')).status, 401);
}

async function secondFactor({ page, look }, server) {
    await signIn(page, server.origin, SYSTEM);
    await page.goto(`${server.origin}/me`);
    await page.click('.warn >> text=启用动态口令');
    await look('totp');
    const secret = await page.inputValue('[name=secret]');
    await fill(page, { code: totp(secret, Date.now()) });
    await press(page, '启用');
    const codes = await page.locator('.secret').allTextContents();
    assert.equal(codes.length, 10);
    await look('recovery');
    await press(page, '退出');
    await signIn(page, server.origin, SYSTEM);
    assert.match(await page.textContent('.warn'), /不对/);
    await signIn(page, server.origin, SYSTEM, codes[3]);
    assert.match(await page.textContent('header'), /秦系统/);
    await page.goto(`${server.origin}/accounts`);
    await look('accounts');
    await page.click(`text=孙明`);
    await look('account');
    await page.goto(`${server.origin}/yiyang/directory`);
    assert.doesNotMatch(await page.textContent('body'), /市教育局/);
}

async function addSystem(context, server) {
    await run('/bin/sh', ['-c', `printf '${SYSTEM.password}\\n' | '${context.binary}' user add --db ` +
        `'${server.url}' --login ${SYSTEM.login} --name 秦系统 --role system --password-stdin`]);
}

async function wholeWay({ context, width }) {
    const server = await startServer(context, ['--now=']);
    const faults = [];
    const at = async (work) => {
        const one = await desk(context, server.origin, width);
        try {
            return await work(one);
        } finally {
            faults.push(...await one.leave());
        }
    };
    try {
        const slip = await at(async (one) => {
            await setUp(one, server);
            return giveSlip(one, server);
        });
        await at(async (one) => {
            await firstSignIn(one, server, slip);
            await sessionEnded(context, server, one);
            await tokenUsed(one, server);
        });
        await addSystem(context, server);
        await at((one) => secondFactor(one, server));
    } finally {
        await server.stop();
    }
    return faults;
}

export default [{
    name: 'from the set-up to a token taken back',
    alone: true, widths: [1440, 360], run: wholeWay,
}];
