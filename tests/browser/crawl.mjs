/* crawl.mjs - what a reader can reach from the first page, by plain HTTP. */
const SHAPE_LIMIT = 4;
const PAGES_LIMIT = 600;

const shapeOf = (url) => (url.pathname + (url.search ? '?' + [...url.searchParams.keys()].sort() : ''))
    .replace(/\b[0-9A-HJKMNP-TV-Z]{13}\b/g, 'ID');

function linksIn(html, base) {
    return [...html.matchAll(/(?:href|src)="([^"#]+)/g)]
        .map(([, link]) => new URL(link.replaceAll('&amp;', '&'), base))
        .filter((url) => url.origin === base.origin);
}

/* A few addresses of each shape, as whoever the heads say: { broken: ["404 /x on /y"], paths: all that were asked }. */
export async function crawl(origin, headers = {}) {
    const broken = [], seen = new Set(), shapes = new Map();
    const queue = [{ url: new URL(origin + '/'), from: 'the start' }];
    while (queue.length > 0 && seen.size < PAGES_LIMIT) {
        const { url, from } = queue.shift();
        const shape = shapeOf(url);
        if (seen.has(url.href) || (shapes.get(shape) ?? 0) >= SHAPE_LIMIT) continue;
        seen.add(url.href);
        shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
        const answer = await fetch(url, { headers });
        const text = await answer.text();
        if (!answer.ok) broken.push(`${answer.status} ${url.pathname}${url.search} on ${from}`);
        if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) continue;
        for (const link of linksIn(text, url)) queue.push({ url: link, from: url.pathname });
    }
    return { broken, paths: [...seen].map((href) => href.slice(origin.length)) };
}
