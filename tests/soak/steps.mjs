/*
 * steps.mjs - what must be there of steps that were acknowledged, whatever happened meanwhile: each
 * has its record, its row of the story, its two journal entries and its work in the outbox, exactly
 * once, and there is none that was not acknowledged. Asked of the database itself.
 */
import { spawnSync } from 'node:child_process';
import { wait } from '../../bench/measure.mjs';

const TOLD_TRIES = 200;

/* Rows as lists of texts. */
function ask(url, sql) {
    const file = /^sqlite:(.*)$/.exec(url)?.[1];
    const [program, args] = file
        ? ['sqlite3', ['-readonly', '-cmd', '.timeout 5000', '-separator', '|', file, sql]]
        : ['psql', ['-XqAt', '-F', '|', '-d', url, '-c', sql]];
    const { status, stdout, stderr, error } = spawnSync(program, args,
        { encoding: 'utf8', maxBuffer: 256 << 20 });
    if (error || status !== 0) throw new Error(`${program}: ${error ?? stderr}`);
    return stdout.split('\n').filter(Boolean).map((line) => line.split('|'));
}

function counted(rows) {
    const counts = new Map();
    for (const [key] of rows) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
}

const NAME = /试办之\d+/;

/* The names of steps that were acknowledged, and no other. */
export function checkSteps(url, names) {
    const steps = ask(url, "select title, id from step where of_kind = 'correction'")
        .map(([title, id]) => [NAME.exec(title)?.[0], id]).filter(([name]) => name);
    const records = ask(url, 'select wanted, id from correction')
        .filter(([name]) => NAME.test(name));
    const told = counted(ask(url, "select record from journal where kind = 'step' and chain = 0"));
    const made = counted(ask(url,
        "select record from journal where kind = 'correction' and chain = 0"));
    const works = counted(ask(url, "select id from outbox where channel = 'notice'"));
    const stories = counted(steps), kept = counted(records);
    const stepOf = new Map(steps), recordOf = new Map(records);
    const wrong = [];
    for (const name of names) {
        const found = [kept.get(name), stories.get(name), made.get(recordOf.get(name)),
            told.get(stepOf.get(name)), works.get(stepOf.get(name))];
        if (found.some((n) => n !== 1)) wrong.push(`${name}: ${found.map((n) => n ?? 0)}`);
    }
    const odd = [...kept.keys(), ...stories.keys()].filter((name) => !names.has(name));
    if (wrong.length > 0)
        throw new Error(`record, story, its entry, the step's entry, outbox: ${wrong.join('; ')}`);
    if (odd.length > 0) throw new Error(`never acknowledged, yet there: ${odd.join(' ')}`);
    if (works.size > steps.length)
        throw new Error(`${works.size} works in the outbox of ${steps.length} steps`);
}

/* Every work is done in the end, also what a killed node held, and told the office once. */
export async function checkTold(url, names) {
    for (let tries = 0; tries < TOLD_TRIES; tries++) {
        const [[left]] = ask(url, "select count(*) from outbox where state <> 'done'");
        if (left === '0') {
            const [[n]] = ask(url, 'select count(*) from notice where audience = 0');
            if (Number(n) !== names.size)
                throw new Error(`${n} notices of ${names.size} steps`);
            return;
        }
        await wait(500);
    }
    throw new Error('the outbox is not empty after 100 s');
}
