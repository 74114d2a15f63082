/*
 * server.mjs - the program as the tests run it: the shipped schemes loaded once, and servers on
 * copies of that database, each on a port of its own with the clock set to NOW; on the
 * machine's own clock in a context that is `live`.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';

export const NOW = '2022-06-15';

export function run(binary, args, options = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(binary, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
        let said = '';
        for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (data) => (said += data));
        child.on('error', reject);
        child.on('close', (code) => code === 0 ? resolve(said)
            : reject(new Error(`${path.basename(binary)} ${args[0]} ended with ${code}: ${said}`)));
    });
}

/* A folder with a database of the shipped schemes; drop() removes it. */
export async function makeDatabase({ root, binary }) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-browser-'));
    const drop = () => rm(folder, { recursive: true, force: true });
    try {
        const names = (await readdir(path.join(root, 'schemes'))).filter((n) => n.endsWith('.yaml'));
        await run(binary, ['load', '--db', `sqlite:${folder}/duikou.db`,
            ...names.sort().map((name) => path.join(root, 'schemes', name))]);
    } catch (error) {
        await drop();
        throw error;
    }
    return { folder, drop };
}

export async function freePort() {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    return port;
}

async function untilAnswered({ origin, child }) {
    for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
        const answer = await fetch(origin + '/healthz').catch(() => null);
        if (answer?.ok) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
}

/* Where a server finds its data: a file or an address used as it is, or a copy of the shipped
 * schemes. */
async function placeData(context) {
    const { url, file } = context.database ?? {};
    if (url || file) return { url: url ?? `sqlite:${file}`, drop: async () => {} };
    /* One for all who ask at once. */
    context.database ??= await (context.making ??= makeDatabase(context));
    const folder = await mkdtemp(path.join(os.tmpdir(), 'duikou-browser-'));
    await cp(context.database.folder, folder, { recursive: true });
    const drop = () => rm(folder, { recursive: true, force: true });
    return { url: `sqlite:${folder}/duikou.db`, drop };
}

/*
 * { origin, url, child, stop(), kill(), said() } of a server that answers; `args` may be a function of its origin. `hooks.spawned` is called right before it is
 * started, `hooks.until` waits for its first answer.
 */
export async function startServer(context, args = [], hooks = {}) {
    const data = await placeData(context);
    const port = await freePort();
    const given = typeof args === 'function' ? args(`http://127.0.0.1:${port}`) : args;
    hooks.spawned?.();
    const child = spawn(context.binary, ['serve', '--db', data.url,
        '--listen', `127.0.0.1:${port}`, ...(context.live ? [] : ['--now', NOW]), ...given],
        { stdio: ['ignore', 'pipe', 'pipe'], cwd: context.cwd });
    let said = '';
    for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (data) => (said += data));
    const ended = once(child, 'close');
    const origin = `http://127.0.0.1:${port}`;
    const stop = async () => {
        child.kill('SIGTERM');
        const [code, signal] = await ended;
        await data.drop();
        if (code !== 0) throw new Error(`the server ended with ${code ?? signal}: ${said}`);
    };
    const kill = async () => {
        child.kill('SIGKILL');
        await ended;
    };
    if (!(await (hooks.until ?? untilAnswered)({ origin, port, child }))) {
        await kill();
        await data.drop();
        throw new Error(`the server did not answer: ${said}`);
    }
    return { origin, url: data.url, child, stop, kill, said: () => said };
}
