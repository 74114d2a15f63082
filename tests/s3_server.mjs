/*
 * s3_server.mjs - as much of S3 as the file store speaks: PUT, GET, DELETE of objects and
 * list-type=2, with every request's signature (AWS Signature Version 4) worked out anew and
 * compared. Prints its port; objects live in memory; pages of a list hold two keys.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const [key, secret] = ['test-key', 'test-secret'];
const PAGE = 2;
const objects = new Map();

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (from, data) => createHmac('sha256', from).update(data).digest();

function signature(request, url, body, scope, signed) {
    const query = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
    const heads = signed.split(';').map((name) => `${name}:${request.headers[name].trim()}\n`).join('');
    const canonical = [request.method, url.pathname, query, heads, signed, sha256(body)].join('\n');
    const [date, region, service] = scope.split('/');
    const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
    const signing = [region, service, 'aws4_request']
        .reduce(hmac, hmac('AWS4' + secret, date));
    return hmac(signing, text).toString('hex');
}

function isSigned(request, url, body) {
    const found = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
        .exec(request.headers.authorization ?? '');
    if (!found || found[1] !== key || request.headers['x-amz-content-sha256'] !== sha256(body)) return false;
    const [, , scope, signed, given] = found;
    return ['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => signed.split(';').includes(name))
        && given === signature(request, url, body, scope, signed);
}

function list(url) {
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('continuation-token') ?? '';
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    const page = names.slice(0, PAGE);
    const rows = page.map((name) => `<Contents><Key>${name}</Key><LastModified>${
        objects.get(name).at.toISOString()}</LastModified><Size>${objects.get(name).bytes.length}</Size></Contents>`);
    const more = names.length > PAGE
        ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return `<ListBucketResult>${rows.join('')}${more}</ListBucketResult>`;
}

function answer(request, body) {
    const url = new URL(request.url, 'http://bucket');
    if (!isSigned(request, url, body)) return [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>'];
    const [, bucket, ...rest] = url.pathname.split('/');
    const name = rest.join('/');
    if (bucket !== 'duikou') return [404, '<Error><Code>NoSuchBucket</Code></Error>'];
    if (request.method === 'GET' && name === '') return [200, list(url)];
    if (request.method === 'PUT') return objects.set(name, { bytes: body, at: new Date() }) && [200, ''];
    if (request.method === 'DELETE') return [objects.delete(name) ? 204 : 204, ''];
    return objects.has(name) ? [200, objects.get(name).bytes] : [404, '<Error><Code>NoSuchKey</Code></Error>'];
}

const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const [code, body] = answer(request, Buffer.concat(parts));
    response.writeHead(code).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
