/* start.mjs - from exec to the first answer, and what stays resident after a crowd has left. */
import { createConnection } from 'node:net';
import { startServer } from '../tests/browser/server.mjs';
import { median, requestsPerSecond, residentMegabytes, ROUNDS, wait } from './measure.mjs';

/* One request by hand; whether the answer is 200. */
function isAnswered(port) {
    return new Promise((resolve) => {
        const socket = createConnection(port, '127.0.0.1');
        socket.on('error', () => resolve(false));
        socket.on('connect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'));
        socket.on('data', (data) => {
            socket.destroy();
            resolve(/^HTTP\/1\.1 200/.test(data.toString('latin1')));
        });
    });
}

async function untilAnswered({ port, child }) {
    while (!(await isAnswered(port))) {
        if (child.exitCode !== null) return false;
        await wait(1);
    }
    return true;
}

export async function measure(context) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
        let from;
        const server = await startServer(context, [], {
            spawned: () => (from = process.hrtime.bigint()),
            until: untilAnswered,
        });
        times.push(Number(process.hrtime.bigint() - from) / 1e6);
        await server.stop();
    }
    const server = await startServer(context);
    try {
        await requestsPerSecond(server.origin + '/yiyang/directory');
        await wait(10_000);
        return { start: median(times), memory: await residentMegabytes(server.child.pid) };
    } finally {
        await server.stop();
    }
}
