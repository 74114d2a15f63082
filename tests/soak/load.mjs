/*
 * load.mjs - node tests/soak/load.mjs BINARY SECONDS [MEGABYTES]: 64 clients turn over every page
 * that can be reached; no answer may be other than 200, ten seconds later no more than so many
 * megabytes may be resident, and the server must end well.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { residentMegabytes, requestsPerSecond, wait } from '../../bench/measure.mjs';
import { crawl } from '../browser/crawl.mjs';
import { startServer } from '../browser/server.mjs';

const [binary, seconds, megabytes = '0'] = process.argv.slice(2);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const context = { root, binary: path.resolve(binary) };
const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-soak-'));
try {
    const server = await startServer(context);
    const { broken, paths } = await crawl(server.origin);
    if (broken.length > 0) throw new Error(broken.join('\n'));
    const script = path.join(folder, 'turn.lua');
    await writeFile(script, `local paths = {${paths.map((p) => JSON.stringify(p)).join(',\n')}}
local at = 0
request = function()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end
`);
    const rate = await requestsPerSecond(server.origin, Number(seconds), ['-s', script]);
    await wait(10_000);
    const resident = await residentMegabytes(server.child.pid);
    await server.stop();
    console.log(`${paths.length} pages, ${Math.round(rate)} requests/s, ` +
        `${resident.toFixed(1)} MB resident afterwards`);
    if (Number(megabytes) > 0 && resident > Number(megabytes))
        throw new Error(`more than ${megabytes} MB`);
} finally {
    await context.database?.drop();
    await rm(folder, { recursive: true, force: true });
}
