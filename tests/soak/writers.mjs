/*
 * writers.mjs - signed-in writers whose every answer is remembered, and what must be true of the
 * database whatever happened to it meanwhile: each acknowledged write is there once, one without
 * an answer can be sent again and is done once, nothing else is there, and the journal agrees with
 * the records.
 */
import { run } from '../browser/server.mjs';
import { wait } from '../../bench/measure.mjs';
import { checkSteps } from './steps.mjs';

const WRITERS = 8;

/* Half of the writes add a person; the others are a step that raises a notice: a correction asked
 * for. */
const isStep = (name) => name.startsWith('试办');
const pathOf = (name) => `/yiyang/${isStep(name) ? 'correction' : 'person'}.json`;
const bodyOf = (name) => JSON.stringify(isStep(name)
    ? { organization: '市总工会', sort: 'alias', wanted: name, reason: '试办' } : { name });

/* Reproducible: the same seed gives the same moments. */
export function chance(seed) {
    let state = BigInt(seed) + 1n;
    return () => {
        state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
        return Number(state >> 33n) / 2 ** 31;
    };
}

export class Ledger {
    constructor(cookie) {
        this.cookie = cookie;
        this.kept = new Set(); /* names that were acknowledged */
        this.open = new Set(); /* sent, and not answered or answered "not known" */
        this.refusals = new Map(); /* status and sentence -> how often */
        this.made = 0;
        this.resent = 0;
        this.told = new Map(); /* name -> how it was refused last */
    }

    /* One write: its status, null when no answer came. The name is its key as well. */
    async post(origin, name) {
        this.open.add(name);
        const answer = await fetch(origin + pathOf(name), {
            method: 'POST', redirect: 'manual',
            headers: {
                'content-type': 'application/json', origin, accept: 'application/json',
                cookie: this.cookie, 'idempotency-key': encodeURIComponent(name),
            },
            body: bodyOf(name),
        }).catch(() => null);
        const text = await answer?.text().catch(() => null);
        if (!answer || text === null) return null;
        if (answer.status === 201) {
            this.kept.add(name);
            this.open.delete(name);
            return 201;
        }
        const sentence = sentenceOf(text), told = `${answer.status} ${sentence}`;
        this.told.set(name, told);
        this.refusals.set(told, (this.refusals.get(told) ?? 0) + 1);
        if (/^已保存，/.test(sentence)) this.kept.add(name); /* and could not be shown */
        if (!/尚不能确定/.test(sentence)) this.open.delete(name);
        return answer.status;
    }

    /* Writers until told to stop; those that get no answer begin again. `allowed` are the statuses
     * that may come beside 201. */
    start(origin, allowed = []) {
        let running = true;
        const one = async () => {
            while (running) {
                const status = await this.post(origin,
                    `${++this.made % 2 ? '试写' : '试办'}之${this.made}`);
                if (status !== null && status !== 201 && !allowed.includes(status))
                    throw new Error(`a post was answered: ${[...this.refusals.keys()].join(' ')}`);
                if (status !== 201) await wait(20);
            }
        };
        const all = Promise.all(Array.from({ length: WRITERS }, one));
        all.catch(() => {}); /* told when they are stopped */
        return () => {
            running = false;
            return all;
        };
    }

    /* What was not answered is sent again, until it is. */
    async settle(origin) {
        for (const name of [...this.open]) {
            const status = await this.post(origin, name);
            this.resent++;
            if (status !== 201) throw new Error(`${name}, sent again, was answered ${status}`);
        }
    }

    /* By the same session as before: every name once, and no other. */
    async check(origin) {
        const found = new Map();
        const list = await fetch(`${origin}/yiyang/person.csv`, { headers: { cookie: this.cookie } });
        if (list.status !== 200) throw new Error(`the list was answered ${list.status}`);
        for (const [name] of (await list.text()).matchAll(/试写之\d+/g))
            found.set(name, (found.get(name) ?? 0) + 1);
        const lost = [...this.kept].filter((name) => !isStep(name) && found.get(name) !== 1);
        const odd = [...found.keys()].filter((name) => !this.kept.has(name));
        if (lost.length > 0) throw new Error(`lost or doubled: ${lost.join(' ')}`);
        if (odd.length > 0) throw new Error('never acknowledged, yet there: ' +
            odd.map((name) => `${name} (${this.told.get(name)})`).join(' '));
    }

    steps() {
        return new Set([...this.kept].filter(isStep));
    }

    /* Of the database itself: what each step leaves, exactly once. */
    checkSteps(url) {
        checkSteps(url, this.steps());
    }

    /* The sentences that refusals came with, each of them Chinese, one, and with its end. */
    checkSentences() {
        for (const told of this.refusals.keys())
            if (!/^\d+ [^。]*\p{Script=Han}[^。]*。$/u.test(told))
                throw new Error(`not one sentence: ${told}`);
    }
}

function sentenceOf(text) {
    try {
        const problem = JSON.parse(text);
        return problem.detail ?? problem.title ?? text;
    } catch {
        return text;
    }
}

/* Throws with the journal's own sentence when it is not whole. */
export const verify = ({ binary, cwd }, url) =>
    run(binary, ['audit', 'verify', '--db', url], { cwd });
