/*
 * directory.mjs - the directory page of Yiyang by committee against nginx serving the same bytes;
 * rounds take turns, so that what else the machine does meets both.
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

async function ratio(context, nginx, args) {
    const server = await startServer(context, args);
    try {
        const page = await (await fetch(server.origin + PAGE)).arrayBuffer();
        await writeFile(path.join(context.folder, 'page.html'), Buffer.from(page));
        const ours = [], theirs = [];
        for (let round = 0; round < ROUNDS; round++) {
            ours.push(await requestsPerSecond(server.origin + PAGE));
            theirs.push(await requestsPerSecond(nginx.origin + '/page.html'));
        }
        console.error(`  ${args.join(' ') || 'cached'}: ${Math.round(median(ours))}/s, ` +
            `nginx ${Math.round(median(theirs))}/s`);
        return { ratio: median(ours) / median(theirs), bytes: page.byteLength };
    } finally {
        await server.stop();
    }
}

export async function measure(context) {
    const nginx = await startNginx(context.folder);
    try {
        const cached = await ratio(context, nginx, []);
        const uncached = await ratio(context, nginx, ['--no-cache']);
        return {
            'directory-bytes': cached.bytes,
            'directory-cached': cached.ratio,
            'directory-uncached': uncached.ratio,
        };
    } finally {
        nginx.stop();
    }
}
