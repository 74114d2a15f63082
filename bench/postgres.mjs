/*
 * postgres.mjs - the same writes on a PostgreSQL of its own, one body: 16 clients against one; and
 * two programs at once, each with 16, none of whose writes may be refused.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { addClerk, TODAY } from '../tests/browser/account.mjs';
import { run, startServer } from '../tests/browser/server.mjs';
import { PostgresServer } from '../tests/soak/postgres_server.mjs';
import { median, ROUNDS } from './measure.mjs';
import { post, postAll, prepare } from './post.mjs';

const CLIENTS = 16;

async function load({ root, binary, database, cwd }) {
    const folder = path.join(root, 'schemes');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
    await run(binary, ['load', '--db', database.url,
        ...names.map((name) => path.join(folder, name))], { cwd });
}

async function crowd(prepared) {
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) {
        const one = await postAll(prepared, 1), many = await postAll(prepared, CLIENTS);
        console.error(`  one ${one.rate.toFixed(0)}/s, ${CLIENTS} ${many.rate.toFixed(0)}/s, ` +
            `p99 ${many.p99.toFixed(1)} ms`);
        rounds.push(many.rate / one.rate);
    }
    return median(rounds);
}

async function refusedOfTwo(both) {
    const done = await Promise.all(both.map((prepared) => post(prepared, CLIENTS)));
    console.error(`  two programs ${done.map(({ rate }) => rate.toFixed(0) + '/s').join(', ')}`);
    return done.reduce((sum, { refused }) => sum + refused, 0);
}

export async function measure(shared) {
    const postgres = await PostgresServer.make();
    postgres.empty();
    const context = { ...shared, database: { url: postgres.url }, cwd: postgres.folder };
    const servers = [];
    try {
        await load(context);
        await addClerk(context);
        for (let i = 0; i < 2; i++) servers.push(await startServer(context, TODAY));
        const prepared = [];
        for (const server of servers) prepared.push(await prepare(context, server));
        return {
            'postgres-crowd': await crowd(prepared[0]),
            'postgres-refused': await refusedOfTwo(prepared),
        };
    } finally {
        for (const server of servers) await server.stop();
        await postgres.drop();
    }
}
