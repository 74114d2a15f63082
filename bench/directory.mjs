/*
 * directory.mjs - the directory page of Yiyang by committee against nginx serving the same bytes:
 * for this machine, made anew, and for a clerk who is signed in; rounds take turns, so that what
 * else the machine does meets both.
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addClerk, signIn, TODAY } from '../tests/browser/account.mjs';
import { freePort, startServer } from '../tests/browser/server.mjs';
import { median, requestsPerSecond, ROUNDS } from './measure.mjs';

const PAGE = '/yiyang/directory';

async function startNginx(folder) {
    const port = await freePort();
    const conf = path.join(folder, 'nginx.conf');
    const template = await readFile(new URL('nginx.conf', import.meta.url), 'utf8');
    await writeFile(conf, template.replaceAll('@DIR@', folder).replaceAll('@PORT@', port)
        .replaceAll('@USER@', process.getuid() === 0 ? 'user root;' : ''));
    const nginx = (...args) => spawnSync('nginx', ['-p', folder, '-c', conf, ...args],
        { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
    const started = nginx();
    if (started.status !== 0) throw new Error(`nginx: ${started.stderr ?? started.error}`);
    return { origin: `http://127.0.0.1:${port}`, stop: () => nginx('-s', 'stop') };
}

async function ratio(context, nginx, what, args, cookieOf = () => '') {
    const server = await startServer(context, args);
    try {
        const cookie = await cookieOf(server.origin);
        const answer = await fetch(server.origin + PAGE, { headers: { cookie }, redirect: 'error' });
        const page = await answer.arrayBuffer();
        await writeFile(path.join(context.folder, 'page.html'), Buffer.from(page));
        const ours = [], theirs = [];
        for (let round = 0; round < ROUNDS; round++) {
            ours.push(await requestsPerSecond(server.origin + PAGE, 3, ['-H', `Cookie: ${cookie}`]));
            theirs.push(await requestsPerSecond(nginx.origin + '/page.html'));
        }
        console.error(`  ${what}: ${Math.round(median(ours))}/s, ` +
            `nginx ${Math.round(median(theirs))}/s`);
        return { ratio: median(ours) / median(theirs), bytes: page.byteLength };
    } finally {
        await server.stop();
    }
}

/* In a database of its own: with an account in it, this machine is nobody any more. */
async function signedInRatio({ root, folder, binary }, nginx) {
    const context = { root, folder, binary };
    try {
        const first = await startServer(context);
        await first.stop();
        await addClerk(context);
        return await ratio(context, nginx, 'signed in', TODAY, signIn);
    } finally {
        await context.database?.drop();
    }
}

export async function measure(context) {
    const nginx = await startNginx(context.folder);
    try {
        const cached = await ratio(context, nginx, 'cached', []);
        const uncached = await ratio(context, nginx, 'made anew', ['--no-cache']);
        const signedIn = await signedInRatio(context, nginx);
        return {
            'directory-bytes': cached.bytes,
            'directory-cached': cached.ratio,
            'directory-uncached': uncached.ratio,
            'signed-in-bytes': signedIn.bytes,
            'signed-in-cached': signedIn.ratio,
        };
    } finally {
        nginx.stop();
    }
}
