/*
 * postgres.mjs - node tests/soak/postgres.mjs BINARY ROUNDS [SEED]: PostgreSQL is killed (-9) at a
 * random moment underneath a serving program, stays away for a while, and comes back. Meanwhile
 * 503 in a sentence; afterwards the same program goes on without a hand.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { addClerk, signIn } from '../browser/account.mjs';
import { run, startServer } from '../browser/server.mjs';
import { wait } from '../../bench/measure.mjs';
import { PostgresServer } from './postgres_server.mjs';
import { checkTold } from './steps.mjs';
import { chance, Ledger, verify } from './writers.mjs';

/* A database is left after so many kills, so that the last rounds are no slower than the first. */
const ROUNDS_OF_ONE = 20, LOAD_MS = 900, AWAY_MS = 400;
const [binary, rounds, seed = '1'] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const random = chance(seed);

async function load(context) {
    const folder = path.join(root, 'schemes');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
    await run(context.binary, ['load', '--db', context.database.url,
        ...names.map((name) => path.join(folder, name))], { cwd: context.cwd });
}

/* What a reader and a watcher get while the database is away. */
async function checkAway(origin, cookie) {
    for (const page of ['/healthz', '/yiyang/person.json', '/yiyang/directory']) {
        const answer = await fetch(origin + page, { headers: { cookie } });
        const text = await answer.text();
        if (answer.status !== 503 || !/class="told">[^。<]*请[^。<]*。</.test(text))
            throw new Error(`${page} without a database was answered ${answer.status}: ${text}`);
    }
}

/* Until it says so itself: nobody touches it. */
async function untilHealthy(origin) {
    for (let tries = 0; tries < 200; tries++) {
        if ((await fetch(`${origin}/healthz`)).ok) return;
        await wait(50);
    }
    throw new Error('it did not recover in 10 s');
}

async function killUnderneath(postgres, server, ledger) {
    const stop = ledger.start(server.origin, [503]);
    await wait(random() * LOAD_MS);
    await postgres.kill();
    await wait(random() * AWAY_MS);
    await checkAway(server.origin, ledger.cookie);
    await postgres.start();
    await untilHealthy(server.origin);
    await stop();
    await ledger.settle(server.origin);
    await ledger.check(server.origin);
    ledger.checkSteps(postgres.url);
}

async function killOften(postgres, rounds) {
    const context = { root, binary: path.resolve(binary), live: true, cwd: postgres.folder,
        database: { url: postgres.url } };
    postgres.empty();
    await load(context);
    await addClerk(context);
    const server = await startServer(context);
    const ledger = new Ledger(await signIn(server.origin));
    try {
        for (let round = 0; round < rounds; round++) {
            await killUnderneath(postgres, server, ledger);
            await verify(context, postgres.url);
        }
        if (rounds === ROUNDS_OF_ONE) await checkTold(postgres.url, ledger.steps());
        ledger.checkSentences();
    } finally {
        await server.stop();
    }
    return ledger;
}

const postgres = await PostgresServer.make();
let kept = 0, refused = 0, resent = 0, steps = 0;
try {
    for (let left = Number(rounds); left > 0; left -= ROUNDS_OF_ONE) {
        const ledger = await killOften(postgres, Math.min(left, ROUNDS_OF_ONE));
        kept += ledger.kept.size;
        resent += ledger.resent;
        steps += ledger.steps().size;
        refused += [...ledger.refusals.values()].reduce((sum, n) => sum + n, 0);
    }
    if (kept < Number(rounds) || refused === 0)
        throw new Error(`${kept} writes acknowledged, ${refused} refused`);
    console.log(`${rounds} kills, ${kept} acknowledged writes, ${steps} of them steps, none lost; ` +
        `${refused} refused with 503, ${resent} without an answer, done once when sent again`);
} finally {
    await postgres.drop();
}
