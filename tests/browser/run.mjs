/*
 * run.mjs - the browser tests: node tests/browser/run.mjs [--binary PATH] [--shots DIR] [NAME…]
 *
 * Every page of pages.mjs is opened in Chromium at 1440 and at 360 px (see walk.mjs for what it
 * is held to); the scenarios of *.scenario.mjs run, each file against a server and a database of
 * its own. One TAP line a test, as they end. NAME picks tests whose name contains it.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { openBrowser, openPage, WIDTHS } from './browser.mjs';
import { startServer } from './server.mjs';
import { inspect } from './walk.mjs';
import { pages } from './pages.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

function readArguments(argv) {
    const options = {
        binary: path.join(root, 'build/test/src/duikou'),
        shots: path.join(root, 'build/screenshots'),
        names: [],
    };
    for (let i = 0; i < argv.length; i++) {
        if (argv[i] === '--binary') options.binary = path.resolve(argv[++i]);
        else if (argv[i] === '--shots') options.shots = path.resolve(argv[++i]);
        else options.names.push(argv[i]);
    }
    return options;
}

/* One TAP line a test; the reasons below it as a comment. */
function makeReport(names) {
    const report = { n: 0, failed: 0 };
    report.wants = (name) => names.length === 0 || names.some((part) => name.includes(part));
    report.test = async (name, run) => {
        let faults;
        try {
            faults = (await run()) ?? [];
        } catch (error) {
            faults = [error.stack ?? String(error)];
        }
        report.n++;
        report.failed += faults.length > 0;
        console.log(`${faults.length > 0 ? 'not ok' : 'ok'} ${report.n} - ${name}`);
        for (const fault of faults) console.log('    ' + fault.replaceAll('\n', '\n    '));
    };
    return report;
}

/* The walk and the scenarios mostly wait for a page to settle, so several go on at once. */
const LANES = 3;

async function inLanes(jobs) {
    const lane = async () => {
        for (let job = jobs.shift(); job; job = jobs.shift()) await job();
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const broken = lanes.find(({ status }) => status === 'rejected');
    if (broken) throw broken.reason;
}

/* One job a file: its scenarios stand in order on one database. */
async function scenarioJobs(context, tests) {
    const files = (await readdir(here)).filter((name) => name.endsWith('.scenario.mjs')).sort();
    const jobs = [];
    for (const file of files) {
        const { default: scenarios } = await import('./' + file);
        const wanted = scenarios.filter((scenario) => tests.wants(scenario.name));
        if (wanted.length > 0) jobs.push(() => runScenarios(context, tests, wanted));
    }
    return jobs;
}

async function runScenarios(context, tests, wanted) {
    const server = wanted.some((scenario) => !scenario.alone) ? await startServer(context) : null;
    try {
        for (const scenario of wanted)
            await tests.test(scenario.name, () => runScenario(context, server, scenario));
    } finally {
        await server?.stop();
    }
}

/* One job a page and width: they only read, so one server serves them all. */
function walkJobs(context, tests, server) {
    return pages
        .flatMap((page) => WIDTHS.map((width) => ({ page, width, name: `${page.name} at ${width} px` })))
        .filter(({ name }) => tests.wants(name))
        .map(({ page, width, name }) => async () =>
            tests.test(name, async () => inspect(context, await server(), page, width)));
}

async function runAll(context, tests) {
    let walked = null;
    const server = () => (walked ??= startServer(context));
    try {
        /* The long ones first. */
        await inLanes([...await scenarioJobs(context, tests), ...walkJobs(context, tests, server)]);
    } finally {
        await (await walked)?.stop();
    }
}

/* A scenario says what it wants by its parameters: { page, server, context, shot, get }. */
async function runScenario(context, server, scenario) {
    const faults = [];
    for (const width of scenario.widths ?? [1440]) {
        if (scenario.alone) {
            faults.push(...((await scenario.run({ context, width })) ?? []));
            continue;
        }
        const opened = await openPage(context.browser, server.origin, width,
            { expected: scenario.expected });
        try {
            await scenario.run({
                page: opened.page, server, context, width,
                get: (url, options) => fetch(server.origin + url, options),
                shot: (name) => opened.page.screenshot({
                    path: path.join(context.shots, `${name}-${width}.png`), fullPage: true }),
            });
            faults.push(...opened.faults.map((fault) => `${width} px: ${fault}`));
        } finally {
            await opened.close();
        }
    }
    return faults;
}

const options = readArguments(process.argv.slice(2));
const report = makeReport(options.names);
const context = { root, binary: options.binary, shots: options.shots };
try {
    context.browser = await openBrowser();
    await runAll(context, report);
} finally {
    await context.browser?.close();
    await context.database?.drop();
}
console.log(`1..${report.n}`);
process.exitCode = report.failed > 0 || report.n === 0 ? 1 : 0;
