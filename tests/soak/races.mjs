/*
 * races.mjs - node tests/soak/races.mjs BINARY SECONDS: readers turn over every page while
 * signed-in writers post and others sign in and ask for figures, on a program built to find races,
 * which ends with a code of its own when it found one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { requestsPerSecond } from '../../bench/measure.mjs';
import { addClerk, signIn } from '../browser/account.mjs';
import { crawl } from '../browser/crawl.mjs';
import { makeDatabase, startServer } from '../browser/server.mjs';
import { Ledger } from './writers.mjs';

const [binary, seconds] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');

/* wrk's script: every page by turns, as somebody signed in. */
const turning = (paths, cookie) => `local paths = {${paths.map((p) => JSON.stringify(p)).join(',\n')}}
local at = 0
request = function()
    at = at % #paths + 1
    return wrk.format("GET", paths[at], {["Cookie"] = "${cookie}"})
end
`;

async function askOften(origin, isOver) {
    for (let n = 0; !isOver(); n++) {
        if (n % 10 === 0) await signIn(origin);
        for (const page of ['/metrics', '/healthz', '/openapi.json'])
            await (await fetch(origin + page)).text();
    }
}

const context = { root, binary: path.resolve(binary), live: true };
const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-races-'));
context.database = await makeDatabase(context);
try {
    await addClerk(context);
    const server = await startServer(context);
    const ledger = new Ledger(await signIn(server.origin));
    const { broken, paths } = await crawl(server.origin, { cookie: ledger.cookie });
    if (broken.length > 0) throw new Error(broken.join('\n'));
    let over = false;
    const asking = askOften(server.origin, () => over);
    const stop = ledger.start(server.origin);
    const script = path.join(folder, 'turn.lua');
    await writeFile(script, turning(paths, ledger.cookie));
    const rate = await requestsPerSecond(server.origin, Number(seconds), 
        ['-s', script, '--timeout', '60s']);
    over = true;
    await stop();
    await asking;
    await ledger.check(server.origin);
    await server.stop(); /* throws with what was found */
    console.log(`${paths.length} pages, ${Math.round(rate)} requests/s, ${ledger.kept.size} writes ` +
        'meanwhile, nothing found');
} finally {
    await context.database.drop();
    await rm(folder, { recursive: true, force: true });
}
