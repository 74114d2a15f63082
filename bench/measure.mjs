/* measure.mjs - what the figures share: medians of five rounds, timed commands, load by wrk. */
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export const ROUNDS = 5;

export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
}

/* A command run to its end; it must end well. Returns what it said on standard error. */
export function run(command, args) {
    const { status, signal, stderr } = spawnSync(command, args,
        { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    if (status !== 0)
        throw new Error(`${command} ${args.join(' ')} ended with ${status ?? signal}: ${stderr}`);
    return stderr;
}

/* Seconds of processor time, its children's included, so that what else runs does not count. */
export function processorSecondsOf(command, args) {
    const said = run('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'time', command, ...args]);
    const [user, system] = said.trim().split('\n').at(-1).split(' ').map(Number);
    return user + system;
}

/* Requests a second that one wrk thread with 64 connections gets; no answer but 200 is taken. */
export function requestsPerSecond(url, seconds = 3, options = []) {
    return new Promise((resolve, reject) => {
        const child = spawn('wrk', ['-t1', '-c64', `-d${seconds}s`, ...options, url]);
        let said = '';
        child.stdout.on('data', (data) => (said += data));
        child.stderr.on('data', (data) => (said += data));
        child.on('error', reject);
        child.on('close', () => {
            const rate = /Requests\/sec:\s+([0-9.]+)/.exec(said);
            if (!rate || /Non-2xx|Socket errors/.test(said)) reject(new Error(said));
            else resolve(Number(rate[1]));
        });
    });
}

/* Resident megabytes of a process. */
export async function residentMegabytes(pid) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
