/*
 * idle.mjs - ten thousand connections that asked once and stay, a hundred that send their heads or
 * their body a byte at a time: what stays resident, and how long others then wait.
 */
import { createConnection } from 'node:net';
import { startServer } from '../tests/browser/server.mjs';
import { residentMegabytes, wait } from './measure.mjs';

const IDLE = 10_000, SLOW = 100, AT_ONCE = 200, ASKED = 500;
const GET = 'GET /yiyang/directory HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

function connect(port) {
    return new Promise((resolve, reject) => {
        const socket = createConnection(port, '127.0.0.1');
        socket.once('error', reject);
        socket.once('connect', () => resolve(socket));
    });
}

/* One request on an open connection, read whole; whether it was answered 200. */
function ask(socket, request) {
    return new Promise((resolve) => {
        let got = Buffer.alloc(0);
        const done = (good) => {
            socket.removeAllListeners('data');
            socket.removeAllListeners('close');
            resolve(good);
        };
        socket.once('close', () => done(false));
        socket.on('data', (data) => {
            got = Buffer.concat([got, data]);
            const end = got.indexOf('\r\n\r\n');
            if (end < 0) return;
            const length = Number(/content-length: (\d+)/i.exec(got.toString('latin1', 0, end))?.[1] ?? 0);
            if (got.length >= end + 4 + length) done(got.toString('latin1', 9, 12) === '200');
        });
        socket.write(request);
    });
}

/* Each asks once and stays. */
async function openIdle(port, sockets) {
    while (sockets.length < IDLE) {
        const more = await Promise.all(Array.from({ length: AT_ONCE }, () => connect(port)));
        const answered = await Promise.all(more.map((socket) => ask(socket, HEALTH)));
        if (answered.includes(false)) throw new Error('an idle connection was not answered');
        for (const socket of more) socket.on('error', () => {});
        sockets.push(...more);
    }
}

/* Half send heads, half a body, a byte every 100 ms. */
async function openSlow(port, sockets) {
    for (let i = 0; i < SLOW; i++) {
        const socket = await connect(port);
        socket.on('error', () => {});
        socket.write(i % 2 ? 'GET /yiyang/directory HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '
            : 'POST /yiyang/person HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n' +
            'Content-Type: application/x-www-form-urlencoded\r\n\r\n');
        sockets.push(socket);
    }
    return setInterval(() => sockets.slice(IDLE).forEach((socket) => socket.write('a')), 100);
}

async function waits(port) {
    const times = [];
    for (let i = 0; i < ASKED; i++) {
        const from = process.hrtime.bigint();
        const socket = await connect(port);
        if (!(await ask(socket, GET))) throw new Error('another was not answered');
        socket.destroy();
        times.push(Number(process.hrtime.bigint() - from) / 1e6);
    }
    return times.sort((a, b) => a - b)[Math.floor(ASKED * 0.99)];
}

export async function measure(context) {
    const server = await startServer(context, ['--head-seconds', '600', '--body-seconds', '600']);
    const port = Number(new URL(server.origin).port), sockets = [];
    let slow;
    try {
        await openIdle(port, sockets);
        slow = await openSlow(port, sockets);
        await wait(2000);
        const p99 = await waits(port);
        const open = sockets.filter((socket) => !socket.destroyed && socket.readable).length;
        if (open !== IDLE + SLOW) throw new Error(`only ${open} connections are still open`);
        return { 'idle-memory': await residentMegabytes(server.child.pid), 'idle-others': p99 };
    } finally {
        clearInterval(slow);
        for (const socket of sockets) socket.destroy();
        await server.stop();
    }
}
