/*
 * full.mjs - node tests/soak/full.mjs BINARY ROUNDS: the disk of a serving program fills up while
 * signed-in writers post to it, stays full for a while and gets room again. The disk is a small
 * file system in memory that the server alone sees (user namespaces must be allowed).
 */
import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addClerk, signIn } from '../browser/account.mjs';
import { makeDatabase, run, startServer } from '../browser/server.mjs';
import { wait } from '../../bench/measure.mjs';
import { Ledger } from './writers.mjs';

const MEGABYTES = 48, FILLED_MS = 400;
const [binary, rounds] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');

/* A program that serves from a small disk of its own, on which the database is copied. */
async function makeServer(context) {
    const { folder } = context.database, wrapped = path.join(folder, 'on-a-small-disk');
    await writeFile(wrapped, `#!/bin/sh
exec unshare --user --map-root-user --mount sh -c '
    mkdir -p ${folder}/disk && mount -t tmpfs -o size=${MEGABYTES}m tmpfs ${folder}/disk &&
    cp ${folder}/duikou.db* ${folder}/disk/ && exec "$@"' sh ${context.binary} "$@"
`);
    await chmod(wrapped, 0o755);
    return startServer({ ...context, binary: wrapped,
        database: { url: `sqlite:${folder}/disk/duikou.db` } });
}

/* With the server's eyes. */
const verifyThere = (pid) => run('nsenter', ['--target', String(pid), '--user', '--mount',
    '--preserve-credentials', context.binary, 'audit', 'verify', '--db',
    `sqlite:${context.database.folder}/disk/duikou.db`]);

/* Reading goes on, the session too; who watches is told. */
async function checkFull(origin, cookie) {
    for (const page of ['/yiyang/directory', '/yiyang/person.json', '/yiyang/search?q=%E5%B8%82']) {
        const answer = await fetch(origin + page, { headers: { cookie } });
        if (answer.status !== 200) throw new Error(`${page} was answered ${answer.status}`);
        await answer.text();
    }
    const health = await fetch(`${origin}/healthz`);
    const said = await health.text();
    if (health.status !== 507 || !/磁盘[^。]*。/.test(said))
        throw new Error(`/healthz was answered ${health.status}: ${said}`);
}

async function untilFull(ledger, before) {
    for (let tries = 0; tries < 400; tries++) {
        if ([...ledger.refusals.values()].reduce((a, b) => a + b, 0) > before) return;
        await wait(25);
    }
    throw new Error('no write was refused in 10 s');
}

async function fillOnce(server, disk, ledger) {
    const stop = ledger.start(server.origin, [507]);
    const before = [...ledger.refusals.values()].reduce((a, b) => a + b, 0);
    await wait(FILLED_MS);
    const filler = path.join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(MEGABYTES << 20)).catch((error) => {
        if (error.code !== 'ENOSPC') throw error;
    });
    await untilFull(ledger, before);
    await checkFull(server.origin, ledger.cookie);
    await wait(FILLED_MS);
    await rm(filler);
    const kept = ledger.kept.size;
    for (let tries = 0; ledger.kept.size === kept; tries++) {
        if (tries === 400) {
            await stop(); /* with what ended the writers, if anything did */
            throw new Error(`nothing was kept again in 10 s: ${[...ledger.refusals.keys()]}`);
        }
        await wait(25);
    }
    await stop();
    await ledger.settle(server.origin);
    await ledger.check(server.origin);
}

const context = { root, binary: path.resolve(binary), live: true };
context.database = await makeDatabase(context);
try {
    await addClerk(context);
    const server = await makeServer(context);
    /* Its disk as seen from here. */
    const disk = `/proc/${server.child.pid}/root${context.database.folder}/disk`;
    const ledger = new Ledger(await signIn(server.origin));
    try {
        for (let round = 0; round < Number(rounds); round++) {
            await fillOnce(server, disk, ledger);
            await verifyThere(server.child.pid);
        }
        ledger.checkSentences();
    } finally {
        await server.stop();
    }
    const refused = [...ledger.refusals.values()].reduce((sum, n) => sum + n, 0);
    console.log(`${rounds} times full, ${ledger.kept.size} acknowledged writes, none lost; ` +
        `${refused} refused with 507, reads went on`);
} finally {
    await context.database.drop();
}
