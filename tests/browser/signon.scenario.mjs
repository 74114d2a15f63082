/*
 * Signing in by what others vouch for: a real OpenID Connect provider (the npm oidc-provider), one
 * that forges, and an SMS gateway; both started here, on ports of their own.
 */
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { inspectHere } from './walk.mjs';
import { freePort, run, startServer } from './server.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const CLIENT = 'duikou', SECRET = 'jie/shang:deng+huo 38', LABEL = '市统一身份认证';
const CLERK = { login: 'wenshu', password: 'qiao-dong-liu-shu-9' };
const MOBILE = '13800000001';

/* Something that listens; `app` is a handler of requests, or told the origin and gives one. */
async function listen(app, at) {
    const port = at ?? await freePort(), origin = `http://127.0.0.1:${port}`;
    const server = createServer(await app(origin)).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return { origin, stop: () => new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
    }) };
}

/* A browser without a screen: cookies and a form that is sent. */
function visitor(origin) {
    const jar = new Map();
    const go = async (url, form) => {
        const answer = await fetch(new URL(url, origin), {
            method: form ? 'POST' : 'GET', redirect: 'manual',
            body: form && new URLSearchParams(form),
            headers: { origin, cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') },
        });
        for (const cookie of answer.headers.getSetCookie()) {
            const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
            jar.set(name, value);
        }
        return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
    };
    return { go, jar, inside: async () => (await go('/me')).status === 200 };
}

/* A server with a clerk and a liaison without a password, who is only known from outside. */
async function withServer(context, args, work) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-signon-'));
    await writeFile(path.join(folder, 'secret'), SECRET + '\n');
    const server = await startServer(context,
        (origin) => ['--now=', '--address', origin, ...args(path.join(folder, 'secret'))]);
    try {
        await run('/bin/sh', ['-c', `printf '${CLERK.password}\\n' | '${context.binary}' user add ` +
            `--db '${server.url}' --login ${CLERK.login} --name 何文 --body yiyang --password-stdin`]);
        const clerk = visitor(server.origin);
        assert.equal((await clerk.go('/sign-in', CLERK)).status, 303);
        const made = await clerk.go('/accounts', { name: '孙明', login: 'jiaoyu',
            role: 'unit-liaison', body: 'yiyang', organization: '市教育局' });
        assert.equal(made.status, 201, made.text);
        const [, url] = (await clerk.go('/accounts')).text.match(/href="(\/accounts\/\w+)">孙明/);
        return await work({ server, clerk, url });
    } finally {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
    }
}

const oidcArgs = (issuer) => (secret) => ['--oidc-issuer', issuer, '--oidc-client', CLIENT,
    '--oidc-secret-file', secret, '--oidc-label', LABEL];

/* --- the real one --- */

async function realProvider(port, redirect) {
    const quiet = { info: console.info, warn: console.warn };
    console.info = console.warn = () => {}; /* that its keys and its login page are for trying out */
    const { default: Provider } = await import(require.resolve('oidc-provider'));
    const provider = await listen((origin) => new Provider(origin, {
        clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [redirect] }],
        cookies: { keys: ['only-for-this-test'] },
        pkce: { required: () => true, methods: ['S256'] },
    }).callback(), port);
    return { ...provider, stop: async () => {
        await provider.stop();
        Object.assign(console, quiet);
    } };
}

async function throughProvider(page, origin, subject) {
    await page.goto(`${origin}/sign-in?next=%2Fyiyang%2Fduty`);
    await page.click(`text=${LABEL}`);
    await page.fill('[name=login]', subject);
    await page.fill('[name=password]', 'x');
    await page.click('button[type=submit]');
    await page.click('button[type=submit]'); /* consent */
    await page.waitForURL(`${origin}/**`);
}

async function realSignOn({ context, width }) {
    const faults = [], subject = 'gonghao-3301';
    const port = await freePort();
    await withServer(context, oidcArgs(`http://127.0.0.1:${port}`), async ({ server, clerk, url }) => {
        const provider = await realProvider(port, `${server.origin}/sign-in/oidc/back`);
        const browser = await context.browser.newContext({ locale: 'zh-CN',
            viewport: { width, height: 800 } });
        const page = await browser.newPage();
        try {
            await throughProvider(page, server.origin, subject);
            assert.match(await page.textContent('.warn'), /gonghao-3301.*还没有对应的帐号/);
            faults.push(...await inspectHere(page));
            await page.screenshot({ path: path.join(context.shots, `signon-unknown-${width}.png`) });
            assert.equal((await clerk.go(`${url}/contact`, { of: 'subject', subject })).status, 303);
            await page.click(`text=${LABEL}`);
            await page.waitForURL(`${server.origin}/**`);
            assert.match(await page.textContent('body'), /孙明/);
            /* Nobody asks for a password that was never his. */
            await page.goto(`${server.origin}/yiyang/directory`);
            assert.match(await page.textContent('main'), /市教育局/);
        } finally {
            await browser.close();
            await provider.stop();
        }
        const late = await visitor(server.origin).go('/sign-in/oidc');
        assert.equal(late.status, 302, 'what the provider said of itself is remembered');
    });
    return faults;
}

/* --- one that forges --- */

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
    .toString('base64url');
const keyOf = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

function signed(head, claims, { privateKey }) {
    const body = `${encode(head)}.${encode(claims)}`;
    return `${body}.${createSign('sha256').update(body).sign(privateKey).toString('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);
const ours = keyOf(), theirs = keyOf();
const RS256 = { alg: 'RS256', kid: 'one' };

/* What is wrong with a token, by the words of the refusal; null: nothing. */
const forgeries = [
    ['a good one', null, (claims) => signed(RS256, claims, ours)],
    ['unsigned', /算法/, (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`],
    ['signed with the public key as a secret', /算法/, (claims) => {
        const body = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(claims)}`;
        const secret = ours.publicKey.export({ type: 'spki', format: 'pem' });
        return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
    }],
    ['by another key', /签名不符/, (claims) => signed(RS256, claims, theirs)],
    ['by a key of no name there', /签名不符/, (claims) => signed({ ...RS256, kid: 'two' }, claims, ours)],
    ['its claims exchanged', /签名不符/, (claims) => {
        const [head, , signature] = signed(RS256, { ...claims, sub: 'x' }, ours).split('.');
        return `${head}.${encode(claims)}.${signature}`;
    }],
    ['of another issuer', /签发者/, (claims) => signed(RS256, { ...claims, iss: 'https://x' }, ours)],
    ['for another client', /不是发给/, (claims) => signed(RS256, { ...claims, aud: 'other' }, ours)],
    ['for several, for whom is not said', /不是发给/,
        (claims) => signed(RS256, { ...claims, aud: [CLIENT, 'other'] }, ours)],
    ['of another sign-in', /不是这一次/, (claims) => signed(RS256, { ...claims, nonce: 'x' }, ours)],
    ['too old', /过期/, (claims) => signed(RS256, { ...claims, exp: now() - 600 }, ours)],
    ['from the future', /时钟/, (claims) => signed(RS256, { ...claims, iat: now() + 600 }, ours)],
    ['of nobody', /是谁/, (claims) => signed(RS256, { ...claims, sub: '' }, ours)],
    ['no token at all', /JWT/, () => 'x.y'],
];

function forger(state) {
    return (origin) => (request, response) => {
        const answers = {
            '/.well-known/openid-configuration': { issuer: origin,
                authorization_endpoint: `${origin}/auth`, token_endpoint: `${origin}/token`,
                jwks_uri: `${origin}/keys` },
            '/keys': { keys: [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] },
            '/token': { id_token: state.token },
        };
        state.asked[request.url] = request.headers.authorization;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answers[request.url] ?? {}));
    };
}

async function tryForgery(server, issuer, state, forge) {
    const someone = visitor(server.origin);
    const { to } = await someone.go('/sign-in/oidc');
    const query = new URL(to).searchParams;
    state.token = forge({ iss: issuer, aud: CLIENT, sub: 'gonghao-3301', nonce: query.get('nonce'),
        iat: now(), exp: now() + 300 });
    const back = `/sign-in/oidc/back?code=x&state=${query.get('state')}`;
    return { someone, back, answer: await someone.go(back) };
}

async function forged({ context }) {
    const state = { asked: {} };
    const provider = await listen(forger(state));
    try {
        await withServer(context, oidcArgs(provider.origin), async ({ server, clerk, url }) => {
            await clerk.go(`${url}/contact`, { of: 'subject', subject: 'gonghao-3301' });
            for (const [name, refusal, forge] of forgeries) {
                const { someone, answer } = await tryForgery(server, provider.origin, state, forge);
                assert.equal(await someone.inside(), refusal === null, `${name}: ${answer.text}`);
                if (refusal) assert.match(answer.text, refusal, name);
            }
            const credentials = `${CLIENT}:${encodeURIComponent(SECRET)}`;
            assert.equal(state.asked['/token'],
                'Basic ' + Buffer.from(credentials).toString('base64'));
            /* The same answer in another browser, or to another question. */
            const { back } = await tryForgery(server, provider.origin, state, forgeries[0][2]);
            const other = visitor(server.origin);
            assert.match((await other.go(back)).text, /不是从本浏览器发起/);
            await other.go('/sign-in/oidc');
            assert.match((await other.go(back)).text, /不是从本浏览器发起/);
            assert.equal(await other.inside(), false);
            /* Locked is locked, whoever vouches. */
            await clerk.go(`${url}/lock`, { x: '' });
            const { someone, answer } =
                await tryForgery(server, provider.origin, state, forgeries[0][2]);
            assert.match(answer.text, /已停用/);
            assert.equal(await someone.inside(), false);
        });
    } finally {
        await provider.stop();
    }
}

/* --- codes by SMS --- */

function gateway(sent) {
    return () => async (request, response) => {
        let body = '';
        for await (const part of request) body += part;
        sent.push({ body, type: request.headers['content-type'] });
        response.end('{"code":0}');
    };
}

async function until(done, what) {
    for (let tries = 0; tries < 100; tries++) {
        if (done()) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not within ten seconds: ${what}`);
}

async function bySms({ context }) {
    const sent = [];
    const stub = await listen(gateway(sent));
    const args = () => ['--sms-url', `${stub.origin}/send`, '--sms-answer', '"code":0',
        '--sms-body', '{"to":"{mobile}","text":"验证码{code}"}'];
    try {
        await withServer(context, args, async ({ server, clerk, url }) => {
            assert.equal((await clerk.go(`${url}/contact`, { mobile: '1380' })).status, 422);
            assert.equal((await clerk.go(`${url}/contact`, { mobile: MOBILE })).status, 303);
            const shown = (await clerk.go(url)).text;
            assert.ok(shown.includes('138****0001') && !shown.includes(MOBILE));
            const someone = visitor(server.origin);
            const known = await someone.go('/sign-in/sms', { mobile: MOBILE });
            const unknown = await someone.go('/sign-in/sms', { mobile: '13900000009' });
            assert.equal(known.text.replaceAll(MOBILE, ''), unknown.text.replaceAll('13900000009', ''));
            await someone.go('/sign-in/sms', { mobile: MOBILE }); /* within the minute: not again */
            await until(() => sent.length > 0, 'the code is sent');
            assert.match(sent[0].type, /application\/json/);
            const { to, text } = JSON.parse(sent[0].body);
            assert.equal(to, MOBILE);
            const [, code] = text.match(/验证码(\d{6})$/);
            const wrong = code === '000000' ? '000001' : '000000';
            const typed = (value) => someone.go('/sign-in/sms/code', { mobile: MOBILE, code: value });
            assert.match((await typed(wrong)).text, /不对或已过期/);
            assert.equal(await someone.inside(), false);
            assert.equal((await typed(code)).status, 303);
            assert.equal(await someone.inside(), true);
            const other = visitor(server.origin);
            await other.go('/sign-in/sms/code', { mobile: MOBILE, code });
            assert.equal(await other.inside(), false, 'a code opens twice');
            assert.equal(sent.length, 1);
        });
    } finally {
        await stub.stop();
    }
}

export default [
    { name: 'sign-on through a real OpenID Connect provider', alone: true, run: realSignOn },
    { name: 'sign-on by forged tokens is refused', alone: true, run: forged },
    { name: 'sign-on by a code sent to a telephone', alone: true, run: bySms },
];
