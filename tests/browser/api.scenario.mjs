/*
 * The API as its description tells it: /openapi.json is valid OpenAPI 3.1, describes every member,
 * and every answer to every path and method in it, good and bad, is what it says, and no more.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { run, startServer } from './server.mjs';
import { openToken, TODAY } from './account.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { Validator } = await import(require.resolve('@seriousme/openapi-schema-validator'));
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

const BODY = 'yiyang', JSON_TYPE = 'application/json', PROBLEM = 'application/problem+json';
const NOBODY = '0000000000001';

const say = (condition, text) => {
    if (!condition) throw new Error(text);
};

/* Members that nobody described would be a surprise: every object is closed. */
function closed(node) {
    if (Array.isArray(node)) return node.map(closed);
    if (!node || typeof node !== 'object') return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
    if (node.properties && typeof node.type === 'string') copy.additionalProperties = false;
    return copy;
}

function undescribed(node, path = '', found = []) {
    if (!node || typeof node !== 'object') return found;
    for (const [key, value] of Object.entries(node.properties ?? {}))
        if (!value.description) found.push(`${path}/${key}`);
    for (const [key, value] of Object.entries(node)) undescribed(value, `${path}/${key}`, found);
    return found;
}

class Api {
    constructor(server, token, description, faults) {
        Object.assign(this, { server, token, description, faults, seen: new Set() });
        this.ajv = new Ajv({ strict: false, allErrors: true });
        addFormats(this.ajv);
        this.ajv.addFormat('int64', true);
        const whole = { ...closed(description), $id: 'duikou' };
        /* Of a conflict the record as it is, of any kind. */
        whole.components.schemas.problem.properties.current = {};
        this.ajv.addSchema(whole);
    }

    resolve(node) {
        if (!node?.$ref) return node;
        return node.$ref.slice(2).split('/').reduce((at, key) => at[key], this.description);
    }

    validator(pointer) {
        return this.ajv.getSchema(`duikou#${pointer}`);
    }

    /* One request; its answer against the description of the path and method. */
    async ask(method, path, { values = {}, query = '', body, headers = {}, token = this.token } = {}) {
        const wanted = { body: BODY, id: NOBODY, kind: 'organization', ...values };
        const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(wanted[name]));
        const heads = { accept: JSON_TYPE, ...headers };
        if (token) heads.authorization = `Bearer ${token}`;
        let sent = body;
        if (body && !(body instanceof FormData) && typeof body !== 'string') {
            heads['content-type'] ??= JSON_TYPE;
            sent = JSON.stringify(body);
        }
        const answer = await fetch(this.server.origin + target + query,
            { method: method.toUpperCase(), headers: heads, body: sent, redirect: 'manual' });
        const bytes = Buffer.from(await answer.arrayBuffer());
        const type = (answer.headers.get('content-type') ?? '').split(';')[0];
        const data = type.endsWith('json') ? JSON.parse(bytes.toString('utf8')) : undefined;
        this.check(method, path, `${method} ${target}${query}`, answer.status, type, data);
        return { status: answer.status, type, data, bytes, headers: answer.headers };
    }

    check(method, path, what, status, type, data) {
        const told = this.resolve(this.description.paths[path]?.[method]?.responses[status]);
        if (!told) {
            this.faults.push(`${what}: ${status} is not described: ${JSON.stringify(data)}`);
            return;
        }
        if (status < 300) this.seen.add(`${method} ${path}`);
        if (status === 304) return;
        const media = told.content ?? {};
        if (!media[type] && !media['*/*']) this.faults.push(`${what}: ${type} is not described`);
        if (data === undefined || !(media[type]?.schema)) return;
        const validate = type === PROBLEM ? this.validator('/components/schemas/problem')
            : this.validator(['', 'paths', path.replaceAll('/', '~1').replaceAll('{', '%7B')
                .replaceAll('}', '%7D'), method, 'responses', status, 'content',
            type.replaceAll('/', '~1'), 'schema'].join('/'));
        if (!validate) this.faults.push(`${what}: there is no schema`);
        else if (!validate(data))
            this.faults.push(`${what}: ${this.ajv.errorsText(validate.errors)}: `
                + JSON.stringify(data).slice(0, 1500));
        else if (type === PROBLEM && data.status !== status)
            this.faults.push(`${what}: says ${data.status}, is ${status}`);
    }

    async expect(status, method, path, options) {
        const answer = await this.ask(method, path, options);
        if (answer.status !== status)
            this.faults.push(`${method} ${path} ${JSON.stringify(options?.values ?? {})}: `
                + `${answer.status} instead of ${status}: ${JSON.stringify(answer.data)}`);
        return answer;
    }
}

/* --- reading --- */

/* What stands apart: only the audit administrator reads the instance's journal, checkpoints and
 * packs need a key to sign with, and work of the outbox that is done is not done again. */
const APART = ['get /journal', 'get /journal/check', 'post /journal/check',
    ...['/{body}/journal', '/journal'].flatMap((at) =>
        [`post ${at}/checkpoint`, `get ${at}/checkpoint/{id}`]),
    'get /{body}/journal/{kind}/{id}/pack', 'post /{body}/outbox/{id}/again', 'post /{body}/outbox/{id}/give-up'];

/* Ids to read each path by: of lists, and of what the writes below left. */
async function readAll(api, known) {
    for (const [path, methods] of Object.entries(api.description.paths)) {
        const get = methods.get;
        if (!get || APART.includes(`get ${path}`)) continue;
        const values = known[path] ?? {};
        if (path.includes('{id}') && !values.id) {
            const kind = path.split('/')[path.startsWith('/{body}') ? 2 : 1];
            const list = path.startsWith('/{body}') ? `/{body}/${kind}` : `/${kind}`;
            const all = api.description.paths[list]
                && (await api.ask('get', list, { query: '?on=all&limit=1' })).data;
            values.id = all?.items?.[0]?.id;
            if (!values.id) {
                api.faults.push(`get ${path}: there is no record to read`);
                continue;
            }
        }
        const content = get.responses[200].content;
        const good = await api.expect(200, 'get', path, { values, headers:
            content[JSON_TYPE] ? {} : { accept: '*/*' } });
        if (get.responses[304])
            await api.expect(304, 'get', path,
                { values, headers: { 'if-none-match': good.headers.get('etag') } });
        if (content[JSON_TYPE])
            await api.expect(400, 'get', path, { values, query: '?no-such-name=1' });
        if (!get.security) await api.expect(401, 'get', path, { values, token: null });
        for (const [type, suffix] of [['text/csv', '.csv'], ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', '.xlsx']])
            if (content[type]) {
                const sheet = await api.ask('get', path, { values, headers: { accept: type } });
                say(sheet.type === type, `${path}${suffix} is ${sheet.type}`);
            }
        if (path.endsWith('/{id}')) await api.expect(404, 'get', path, { values: { id: NOBODY } });
    }
}

/* Every page of a list once, each record once, also while others come in. */
async function readPages(api) {
    const ids = [];
    for (let query = '?limit=7&sort=name'; query;) {
        const { data } = await api.expect(200, 'get', '/{body}/organization', { query });
        ids.push(...data.items.map(({ id }) => id));
        query = data.next_url ? new URL(data.next_url, api.server.origin).search : '';
        if (ids.length === 7)
            await api.expect(201, 'post', '/{body}/organization',
                { body: { name: '安化测试局', classification: 'department' } });
    }
    say(new Set(ids).size === ids.length, 'a record came on two pages');
    const { data } = await api.ask('get', '/{body}/organization', { query: '?limit=1' });
    say(ids.length >= data.total - 1, `${ids.length} of ${data.total} records came`);
}

/* --- writing --- */

const made = {};
const idOf = (kind) => made[kind].id;

/* What to make of each kind, in an order in which each has what it refers to. */
const samples = [
    ['body', () => ({ name: '政协测试县委员会', slug: 'ceshi', classification: 'cppcc' })],
    ['term', () => ({ name: '第九届', number: 9, start_date: '2030-01-01' })],
    ['organization', () => ({ name: '市测试局', classification: 'department',
        names: [{ name: '测试局', kind: 'alias' }], is_group: false, note: null })],
    ['person', () => ({ name: '张测试' })],
    ['membership', () => ({ person: idOf('person'), organization: { id: idOf('organization') },
        role: 'member', start_date: '2022-01-01' })],
    ['designation', () => ({ organization: idOf('organization'), role: 'liaison', name: '李测试',
        mobile: '13800000001' })],
    ['document', () => ({ title: '关于测试的通知', number: '测试〔2022〕1号', date: '2022-01-24',
        issuers: ['市测试局'], decisions: [{ meeting: '主席会议', term: 7, session: 2 }] })],
    ['scheme', () => ({ name: '测试方案', document: idOf('document'), slug: 'ceshi-2022-1' })],
    ['statement', () => ({ name: '统一安排', kind: 'principle', scheme: idOf('scheme') })],
    ['content', () => ({ name: '测试内容', scheme: idOf('scheme') })],
    ['form', () => ({ name: '测试会', scheme: idOf('scheme') })],
    ['duty', () => ({ name: '每年联系一次', scheme: idOf('scheme'), who: 'committee',
        deed: 'liaison-meeting', shape: 'count', strength: 'must', per: 'year' })],
    ['link', () => ({ kind: 'working', scheme: idOf('scheme'),
        from_organization: made.committee, to_organization: idOf('organization'),
        start_date: '2022-01-01' })],
    ['correction', () => ({ organization: idOf('organization'), sort: 'alias', wanted: '市测局' })],
    ['adjustment', () => ({ matter: 'rename', day: '2022-03-01', basis: '测试〔2022〕2号',
        sources: ['市测试局'], targets: ['市测验局'] })],
];

const pathOf = (kind) => (kind === 'body' ? '/body' : `/{body}/${kind}`);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* The record that a write answered is the record that is read, and can be sent back. */
async function readBack(api, kind) {
    const values = { id: idOf(kind) }, path = `${pathOf(kind)}/{id}`;
    const { data } = await api.expect(200, 'get', path, { values });
    for (const [key, value] of Object.entries(made[kind]))
        if (!same(data[key], value))
            api.faults.push(`${kind}: ${key} is ${JSON.stringify(data[key])}, was ${JSON.stringify(value)}`);
    const back = await api.expect(200, 'post', path, { values, body: data });
    for (const [key, value] of Object.entries(made[kind]))
        if (key !== 'version' && !same(back.data[key], value))
            api.faults.push(`${kind}: ${key} sent back is ${JSON.stringify(back.data[key])}`);
    const { data: refused } = await api.expect(409, 'post', path,
        { values, body: { version: data.version } });
    say(refused.current?.version === back.data.version, `${kind}: a conflict without the record`);
    if (back.status === 200) made[kind] = back.data;
}

async function makeAll(api) {
    const { data } = await api.ask('get', '/{body}/organization',
        { query: '?classification=committee' });
    made.committee = data.items[0].id;
    for (const [kind, sample] of samples) {
        const path = pathOf(kind), key = `make-${kind}`;
        const heads = { 'idempotency-key': key };
        const first = await api.expect(201, 'post', path, { body: sample(), headers: heads });
        if (!first.data?.id) continue;
        made[kind] = first.data;
        const second = await api.expect(201, 'post', path, { body: sample(), headers: heads });
        say(same(first.data, second.data), `${kind}: another answer the second time`);
        await api.expect(422, 'post', path, { body: { ...sample(), position: 7 }, headers: heads });
        await readBack(api, kind);
    }
}

/* Whatever is wrong is said where it is. */
async function refuseAll(api) {
    for (const [path, methods] of Object.entries(api.description.paths)) {
        const post = methods.post;
        if (!post) continue;
        const kind = path.split('/')[path.startsWith('/{body}') ? 2 : 1];
        const values = { id: made[kind]?.id ?? NOBODY, kind: 'organization', action: 'remove' };
        if (!post.security) await api.expect(401, 'post', path, { values, token: null, body: {} });
        if (path.endsWith('/{id}') || post.parameters.some((one) => one.$ref?.includes('idem')))
            await api.expect(400, 'post', path, { values, body: '{"name": "', headers: {
                'content-type': JSON_TYPE } });
        const types = post.requestBody?.content ?? {};
        if (types[JSON_TYPE]) {
            await api.expect(415, 'post', path, { values, body: '<a/>',
                headers: { 'content-type': 'text/xml' } });
            await api.expect(400, 'post', path, { values, body: '[]',
                headers: { 'content-type': JSON_TYPE } });
        }
        if (!post.parameters.some((one) => one.$ref?.includes('idem')) || !made[kind]) continue;
        const version = made[kind].version;
        const { data } = await api.expect(422, 'post', path,
            { values, body: { version, nmae: 'x', names: undefined } });
        say(data.errors?.some((one) => one.pointer === '#/nmae'), `${path}: ${JSON.stringify(data)}`);
        if (path.includes('{id}'))
            await api.expect(404, 'post', path, { values: { id: NOBODY }, body: { version: 1 } });
    }
}

/* Steps that the ways above pass by, each on a record of its own. */
async function stepAside(api) {
    const sample = Object.fromEntries(samples);
    for (const [kind, wanted, action, said] of [
        ['designation', { name: '陈测试', action: 'name' }, 'register', {}],
        ['correction', { wanted: '市测甲' }, 'refuse', { answer: '名称不符' }],
        ['correction', { wanted: '市测乙' }, 'withdraw', {}],
        ['adjustment', { basis: '测试〔2022〕3号' }, 'drop', {}]]) {
        const { data } = await api.expect(201, 'post', pathOf(kind),
            { body: { ...sample[kind](), ...wanted } });
        await api.expect(200, 'post', `${pathOf(kind)}/{id}/${action}`,
            { values: { id: data.id }, body: { version: data.version, ...said } });
    }
}

/* Each step that a record offers is taken, with what its description requires. */
async function stepAll(api) {
    const texts = { day: TODAY[1], name: '王测试' };
    for (const kind of ['membership', 'designation', 'correction', 'adjustment', 'link', 'document'])
        for (const done = new Set(); ;) {
            const values = { id: idOf(kind) }, path = `${pathOf(kind)}/{id}`;
            const { data } = await api.ask('get', path, { values });
            const step = data.steps.find(({ action }) => !done.has(action));
            if (!step) break;
            done.add(step.action);
            const at = `${path}/${step.action}`;
            const schema = api.description.paths[at].post.requestBody.content[JSON_TYPE].schema;
            const body = Object.fromEntries(schema.required.map((key) =>
                [key, key === 'version' ? data.version : texts[key] ?? '测试']));
            const heads = { 'idempotency-key': `${kind}-${step.action}` };
            const first = await api.expect(200, 'post', at, { values, body, headers: heads });
            const again = await api.expect(200, 'post', at, { values, body, headers: heads });
            say(same(first.data, again.data), `${at}: another answer the second time`);
        }
}

/* --- what modules do: files, purges, rosters, documents --- */

const fileOf = (name, words) => {
    const form = new FormData();
    form.append('file', new Blob([words]), name);
    return form;
};
const idIn = (answer) => (answer.headers.get('location') ?? '').match(/\/(\w{13})(?:[#/?]|$)/)?.[1];

async function fileAll(api, known) {
    for (const path of Object.keys(api.description.paths)) {
        if (!path.endsWith('/files')) continue;
        const kind = path.split('/')[2];
        const { data } = await api.expect(200, 'post', path,
            { values: { id: idOf(kind) }, body: fileOf('会谈纪要.txt', `${kind} 的会谈。\n`) });
        known[path] = { id: idOf(kind) };
        known['/{body}/file/{id}'] = known['/{body}/file/{id}/content'] = { id: data.items[0].id };
    }
    const { data } = await api.expect(422, 'post', '/{body}/term/{id}/files',
        { values: { id: idOf('term') }, body: fileOf('a.txt', '机密★3年\n') });
    say(data.current.items[0].problem, 'a refused file without its reason');
    const given = await api.expect(200, 'post', '/{body}/person/{id}/files',
        { values: { id: idOf('person') }, body: fileOf('误传.txt', '误传的内容\n') });
    const values = { id: given.data.items[0].id };
    for (const [action, body] of [['remove', {}], ['restore', {}], ['freeze', { reason: '误传' }],
        ['purge', { confirmed: 1 }]])
        await api.expect(200, 'post', '/{body}/file/{id}/{action}',
            { values: { ...values, action }, body });
    const record = { kind: 'person', id: idOf('person') };
    for (const path of Object.keys(api.description.paths))
        if (path.includes('/{kind}/{id}')) known[path] = record;
    await api.expect(200, 'post', '/{body}/purge/{kind}/{id}',
        { values: record, body: { f: {}, reason: '本人要求', confirmed: 1 } });
}

async function rosterAll(api, known) {
    const units = (await api.ask('get', '/{body}/roster')).data.items;
    const words = `单位,身份,姓名\n${units[0].unit.name},联系人,赵测试\n没有的局,联系人,钱测试\n`;
    const draft = async () => ({ id: idIn(await api.expect(200, 'post', '/{body}/roster',
        { body: fileOf('名单.csv', words) })) });
    const values = await draft(), path = '/{body}/roster/draft/{id}';
    await api.expect(200, 'post', `${path}/discard`, { values: await draft() });
    const { data } = await api.expect(200, 'get', path, { values });
    known['/{body}/roster/slips/{id}'] = { id: units[0].unit.id };
    known[path] = known[`${path}/faults`] = values;
    await api.expect(200, 'get', `${path}/faults`, { values, headers: { accept: '*/*' } });
    await api.expect(200, 'post', `${path}/apply`, { values, body: { seen: data.seen } });
}

async function importAll(api, known) {
    const sample = await readFile(path.join(api.root, 'samples/yunhe-2023-7.txt'));
    for (const prefix of ['/{body}', '']) {
        const at = `${prefix}/import`, one = `${at}/{id}`;
        const draft = async () => ({ id: idIn(await api.expect(200, 'post', at,
            { body: fileOf('文件.txt', sample) })) });
        const values = await draft();
        const { data } = await api.expect(200, 'get', one, { values });
        await api.expect(200, 'post', one,
            { values, body: { version: data.version, op: 'link-drop', at: 0 } });
        await api.expect(200, 'post', `${one}/undo`, { values, body: { version: data.version + 1 } });
        await api.expect(200, 'get', `${one}/preview`, { values });
        await api.expect(200, 'post', `${one}/apply`,
            { values, body: { version: data.version + 2 } });
        const other = await draft();
        await api.expect(200, 'post', `${one}/discard`, { values: other });
        const last = await draft();
        known[one] = known[`${one}/preview`] = last;
    }
}

/* docs/api.md, command for command, in an empty folder. */
async function theDocument({ context }) {
    const text = await readFile(path.join(context.root, 'docs/api.md'), 'utf8');
    const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('\n');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-api-'));
    const started = { ...context, database: undefined };
    const token = await openToken(started);
    const server = await startServer({ ...started, live: true }, TODAY);
    try {
        const said = await run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, env: {
            ...process.env, TOKEN: await token(server.origin), URL: `${server.origin}/${BODY}` } });
        for (const part of ['"next_url":"/yiyang/organization?', '"state":"registered"',
            '"name":"minutes.txt"', '"kept":1'])
            say(said.includes(part), `${part} was not answered: ${said}`);
        const csv = await readFile(path.join(folder, 'designations.csv'), 'utf8');
        say(csv.startsWith('\uFEFF"') && csv.includes('王小明'), csv);
    } finally {
        await server.stop();
        await started.database?.drop();
        await rm(folder, { recursive: true, force: true });
    }
}

async function theApi({ context }) {
    const started = { ...context, database: undefined };
    const token = await openToken(started);
    const server = await startServer({ ...started, live: true }, TODAY);
    const faults = [];
    try {
        const secret = await token(server.origin);
        const answer = await fetch(`${server.origin}/openapi.json`,
            { headers: { authorization: `Bearer ${secret}` } });
        const description = await answer.json();
        const result = await new Validator().validate(structuredClone(description));
        say(result.valid, JSON.stringify(result.errors));
        const api = new Api(server, secret, description, faults);
        api.root = context.root;
        api.faults.push(...undescribed(description).map((at) => `${at} is not described`));
        await makeAll(api);
        await refuseAll(api);
        await stepAside(api);
        await stepAll(api);
        await readPages(api);
        const known = {};
        await api.expect(200, 'post', '/{body}/notice/read', { body: {} });
        await fileAll(api, known);
        await rosterAll(api, known);
        await api.expect(200, 'post', '/{body}/journal/check', { body: {} });
        await importAll(api, known);
        await readAll(api, known);
        for (const [path, methods] of Object.entries(description.paths))
            for (const method of Object.keys(methods))
                if (!api.seen.has(`${method} ${path}`) && !APART.includes(`${method} ${path}`)) api.faults.push(`${method} ${path}: never done`);
    } catch (error) {
        faults.push(error.stack);
    } finally {
        await server.stop();
        await started.database?.drop();
    }
    return faults;
}

export default [
    { name: 'the API is what its description says', alone: true, run: theApi },
    { name: 'the API document does what it says', alone: true, run: theDocument },
];
