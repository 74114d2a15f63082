/*
 * The walk itself: a page with one fault of each kind is found at fault, a page without is not.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { inspect } from './walk.mjs';

const frame = (body, head = '') => `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>试页</title>${head}
<link rel="icon" href="data:,"></head><body><main><h1>试页</h1>${body}</main></body></html>`;

const SITE = {
    '/good': frame('<p>一切正常。</p>'),
    '/inline-style': frame('<p style="color: red">此处不准有样式。</p>'),
    '/inline-script': frame('<script>document.title = "x"</script>'),
    '/wide': frame('<table width="900"><tr><td>太宽的表</td></tr></table>'),
    '/no-label': frame('<input type="text">'),
    '/foreign': frame('<img alt="外站" src="http://127.0.0.2:9/picture.png">'),
    '/missing-part': frame('<img alt="缺图" src="/no-such.png">'),
    '/script-error': frame('', '<script src="/throw.js"></script>'),
};

async function withSite(work) {
    const site = createServer((request, answer) => {
        answer.setHeader('Content-Security-Policy', "default-src 'self'; img-src 'self' data:");
        if (request.url === '/throw.js') {
            answer.setHeader('Content-Type', 'text/javascript');
            answer.end('throw new Error("试错");');
            return;
        }
        answer.statusCode = request.url in SITE ? 200 : 404;
        answer.setHeader('Content-Type', 'text/html; charset=utf-8');
        answer.end(SITE[request.url] ?? frame('<p>没有此页。</p>'));
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    try {
        return await work({ origin: `http://127.0.0.1:${site.address().port}` });
    } finally {
        site.closeAllConnections();
        site.close();
    }
}

const look = ({ browser }, path, width) =>
    withSite((server) => inspect({ browser }, server, { name: 'try', path }, width));

const finds = (name, path, word, width = 1440) => ({
    name: `the walk finds ${name}`,
    alone: true,
    run: async ({ context }) => {
        const faults = await look(context, path, width);
        return faults.some((fault) => fault.includes(word)) ? []
            : [`expected “${word}”, found: ${faults.join('; ') || 'nothing'}`];
    },
});

export default [
    { name: 'the walk finds nothing on a good page', alone: true,
        run: ({ context }) => look(context, '/good', 360) },
    finds('an inline style', '/inline-style', 'Content Security Policy'),
    finds('an inline script', '/inline-script', 'Content Security Policy'),
    finds('a page wider than a phone', '/wide', 'wider than the window', 360),
    finds('a field without a label', '/no-label', 'axe label'),
    finds('a request to another origin', '/foreign', 'another origin'),
    finds('a part that is missing', '/missing-part', 'answered 404'),
    finds('a script that throws', '/script-error', '试错'),
    finds('a wrong status', '/gone', 'answered 404'),
];
