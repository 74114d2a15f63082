/*
 * million.mjs - pages of a body with a million organizations against the same pages of one with
 * 1,000: first, middle and last of them, in every order and filter. Answers are made anew.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Agent, get } from 'node:http';
import { startServer } from '../tests/browser/server.mjs';
import { median, ROUNDS, run } from './measure.mjs';

const LISTS = {
    'million-position': '',
    'million-name': 'sort=name',
    'million-class': 'classification=department',
    'million-class-name': 'classification=department&sort=name',
};
const REQUESTS = 100;

function fetchOnce(url, agent) {
    return new Promise((resolve, reject) => {
        get(url, { agent }, (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (data) => (text += data));
            answer.on('end', () => answer.statusCode === 200 ? resolve(text)
                : reject(new Error(`${answer.statusCode} of ${url}: ${text.slice(0, 200)}`)));
        }).on('error', reject);
    });
}

async function millisecondsOf(url, agent) {
    const from = process.hrtime.bigint();
    await fetchOnce(url, agent);
    return Number(process.hrtime.bigint() - from) / 1e6;
}

/* Requests take turns between the two, so that what else the machine does meets both. */
async function compare(many, few, agent) {
    const rounds = { many: [], few: [], ratio: [] };
    for (let round = 0; round < ROUNDS; round++) {
        const times = { many: [], few: [] };
        for (let i = 0; i < REQUESTS; i++) {
            times.many.push(await millisecondsOf(many, agent));
            times.few.push(await millisecondsOf(few, agent));
        }
        rounds.many.push(median(times.many));
        rounds.few.push(median(times.few));
        rounds.ratio.push(median(times.many) / median(times.few));
    }
    return { many: median(rounds.many), few: median(rounds.few), ratio: median(rounds.ratio) };
}

/* The queries of the first, the middle and the last full page of a list, found by turning over. */
async function depths(list, query, agent) {
    const pages = [query];
    for (;;) {
        const { next } = JSON.parse(await fetchOnce(`${list}.json?${pages.at(-1)}`, agent));
        if (!next) break;
        pages.push(`${query}&after=${encodeURIComponent(next)}`);
    }
    const last = Math.max(0, pages.length - 2); /* the very last may be short */
    return [pages[0], pages[last >> 1], pages[last]];
}

async function makeDatabase({ binary, root }, organizations) {
    const file = path.join(root, `build/bench/${organizations}.db`);
    if (existsSync(file)) return file;
    const making = `${file}.new`; /* half a database is never taken for a whole one */
    await rm(making, { force: true });
    run(binary, ['simulate', '--db', `sqlite:${making}`,
        '--organizations', String(organizations), '--seed', '1']);
    await rename(making, file);
    return file;
}

async function bodyOf(origin) {
    const html = await (await fetch(origin + '/')).text();
    return /href="\/([a-z0-9-]+)"/.exec(html)[1];
}

async function openList(context, organizations) {
    const file = await makeDatabase(context, organizations);
    const server = await startServer({ ...context, database: { file } }, ['--no-cache']);
    return { server, list: `${server.origin}/${await bodyOf(server.origin)}/organization` };
}

async function worst(many, few, query, agent) {
    const pages = { many: await depths(many, query, agent), few: await depths(few, query, agent) };
    const ratios = [];
    for (let depth = 0; depth < 3; depth++) {
        const found = await compare(`${many}?${pages.many[depth]}`, `${few}?${pages.few[depth]}`, agent);
        console.error(`  ${query || 'printed order'}, ${['first', 'middle', 'last'][depth]}: ` +
            `${found.many.toFixed(2)} ms, of 1,000 ${found.few.toFixed(2)} ms`);
        ratios.push(found.ratio);
    }
    return Math.max(...ratios);
}

export async function measure(context) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const many = await openList(context, 1_000_000);
    const few = await openList(context, 1_000);
    try {
        const figures = {};
        for (const [name, query] of Object.entries(LISTS))
            figures[name] = await worst(many.list, few.list, query, agent);
        return figures;
    } finally {
        agent.destroy();
        await many.server.stop();
        await few.server.stop();
    }
}
