/*
 * kills.mjs - node tests/soak/kills.mjs BINARY ROUNDS: a server is killed while four writers post
 * to it, started again on the same database, and must still have every record that it had said
 * was kept.
 */
import path from 'node:path';
import { startServer } from '../browser/server.mjs';
import { wait } from '../../bench/measure.mjs';

const WRITERS = 4;
const [binary, rounds] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');

/* Posts until the server is gone; each record that was answered 201 goes into `kept`. */
async function write(origin, writer, kept) {
    for (let n = 0; ; n++) {
        const name = `试写${writer}之${n}`;
        const answer = await fetch(`${origin}/yiyang/person.json`, {
            method: 'POST', redirect: 'manual',
            headers: { 'content-type': 'application/json', origin, accept: 'application/json' },
            body: JSON.stringify({ name }),
        }).catch(() => null);
        if (!answer) return;
        if (answer.status !== 201) throw new Error(`a post was answered ${answer.status}`);
        kept.push({ where: answer.headers.get('location'), name });
    }
}

async function lostOf(origin, kept) {
    const lost = [];
    for (const { where, name } of kept) {
        const answer = await fetch(`${origin}${where}.json`);
        if (!answer.ok || (await answer.json()).name !== name) lost.push(where);
    }
    return lost;
}

const context = { root, binary: path.resolve(binary) };
let total = 0;
try {
    const first = await startServer(context);
    await first.stop();
    const database = { file: path.join(context.database.folder, 'duikou.db') };
    let kept = [];
    for (let round = 0; round <= Number(rounds); round++) {
        const server = await startServer({ ...context, database });
        const lost = await lostOf(server.origin, kept);
        if (lost.length > 0) throw new Error(`round ${round}: lost ${lost.join(' ')}`);
        total += kept.length;
        kept = [];
        if (round === Number(rounds)) {
            await server.stop();
            break;
        }
        const writers = Array.from({ length: WRITERS }, (_, i) => write(server.origin, i, kept));
        await wait(50 + (round * 137) % 700);
        await server.kill();
        await Promise.all(writers);
    }
    if (total === 0) throw new Error('nothing was written');
    console.log(`${rounds} kills, ${total} records kept, none lost`);
} finally {
    await context.database?.drop();
}
