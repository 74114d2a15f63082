/*
 * kills.mjs - node tests/soak/kills.mjs BINARY ROUNDS [SEED]: a server is killed (-9) at a random
 * moment while signed-in writers post to it, and started again on the same database.
 */
import path from 'node:path';
import { addClerk, signIn } from '../browser/account.mjs';
import { makeDatabase, startServer } from '../browser/server.mjs';
import { wait } from '../../bench/measure.mjs';
import { checkTold } from './steps.mjs';
import { chance, Ledger, verify } from './writers.mjs';

/* A database is left after so many kills, so that the last rounds are no slower than the first. */
const ROUNDS_OF_ONE = 20, LOAD_MS = 900;
const [binary, rounds, seed = '1'] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const random = chance(seed);

/* The session that was given before the first kill is good after the last. */
async function killOften(context, rounds) {
    const database = { url: `sqlite:${context.database.folder}/duikou.db` };
    const again = { ...context, database };
    let server = await startServer(again);
    const ledger = new Ledger(await signIn(server.origin));
    try {
        for (let round = 0; round < rounds; round++) {
            const stop = ledger.start(server.origin);
            await wait(random() * LOAD_MS);
            await server.kill();
            await stop();
            server = await startServer(again);
            await ledger.settle(server.origin);
            await ledger.check(server.origin);
            ledger.checkSteps(database.url);
            await verify(context, database.url);
        }
        if (rounds === ROUNDS_OF_ONE) await checkTold(database.url, ledger.steps());
    } finally {
        await server.stop();
    }
    return ledger;
}

let kept = 0, unanswered = 0, steps = 0;
for (let left = Number(rounds); left > 0; left -= ROUNDS_OF_ONE) {
    const context = { root, binary: path.resolve(binary), live: true };
    context.database = await makeDatabase(context);
    try {
        await addClerk(context);
        const ledger = await killOften(context, Math.min(left, ROUNDS_OF_ONE));
        kept += ledger.kept.size;
        unanswered += ledger.resent;
        steps += ledger.steps().size;
    } finally {
        await context.database.drop();
    }
}
if (kept < Number(rounds)) throw new Error(`only ${kept} writes were acknowledged`);
console.log(`${rounds} kills, ${kept} acknowledged writes, ${steps} of them steps, none lost; ` +
    `${unanswered} without an answer, done once when sent again`);
