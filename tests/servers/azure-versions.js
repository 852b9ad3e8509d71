// Versions of blobs, which azurite lacks, as the service keeps them when an account has versioning switched on: each write of a block
// blob makes one, a header of its answer (x-ms-version-id) says which; ?versionid= reads it, whatever came after it. Stands in front
// of azurite, which answers and checks everything else; versions are in memory.
//
// node azure-versions.js PORT AZURITE_PORT ACCOUNT KEY
'use strict';
const crypto = require('crypto'), http = require('http');
const [port, azurite, account, key] = process.argv.slice(2);
const versions = new Map();        // lists of { id, headers, data } by path, in order
let last = 0;

const bodyOf = async stream => { const parts = []; for await (const part of stream) parts.push(part); return Buffer.concat(parts); };
const listOf = path => versions.get(path) ?? versions.set(path, []).get(path);

function forward(method, path, headers, body) {
    return new Promise((done, failed) => {
        const request = http.request({ host: '127.0.0.1', port: azurite, method, path, headers }, async answer => {
            try { done({ status: answer.statusCode, headers: { ...answer.headers }, data: await bodyOf(answer) }); } catch (error) { failed(error); }
        });
        request.on('error', failed).end(body);
    });
}

// A blob as it is now, by a request that the account key signs.
function read(path) {
    const date = new Date().toUTCString(), version = '2021-12-02';
    const signed = `GET${'\n'.repeat(12)}x-ms-date:${date}\nx-ms-version:${version}\n/${account}${path}`;
    const signature = crypto.createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
    return forward('GET', path, { 'x-ms-date': date, 'x-ms-version': version, Authorization: `SharedKey ${account}:${signature}` });
}

// Times in units of 100 ns, each another one.
function newId() {
    last = Math.max(last + 1, Date.now() * 10000);
    return new Date(Math.floor(last / 10000)).toISOString().slice(0, -1) + String(last % 10000).padStart(4, '0') + 'Z';
}

function send(response, method, { status, headers, data }) {
    delete headers['transfer-encoding'];
    if (method !== 'HEAD') headers['content-length'] = data.length;
    response.writeHead(status, headers).end(method === 'HEAD' ? undefined : data);
}

function partOf(version, range) {
    const found = /^bytes=(\d+)-(\d*)$/.exec(range ?? ''), headers = { ...version.headers, 'x-ms-version-id': version.id }, size = version.data.length;
    if (!found) return { status: 200, headers: { ...headers, 'content-length': size }, data: version.data };
    const [first, end] = [+found[1], found[2] ? Math.min(+found[2], size - 1) : size - 1];
    return first >= size ? { status: 416, headers: { 'x-ms-error-code': 'InvalidRange' }, data: Buffer.alloc(0) }
        : { status: 206, headers: { ...headers, 'content-range': `bytes ${first}-${end}/${size}` }, data: version.data.subarray(first, end + 1) };
}

// A version goes for ever; the newest one cannot.
async function remove(request, response) {
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://x'), list = listOf(path), id = query.get('versionid');
    const place = list.findIndex(version => version.id === id), isNewest = list.at(-1)?.id === id && (await read(path)).status < 300;
    if (place >= 0 && !isNewest) list.splice(place, 1);
    response.writeHead(place < 0 ? 404 : isNewest ? 403 : 202, place < 0 ? { 'x-ms-error-code': 'BlobNotFound' } : isNewest ? { 'x-ms-error-code': 'OperationNotAllowedOnRootBlob' } : {}).end();
}

async function serve(request, response) {
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://x'), method = request.method;
    const body = await bodyOf(request);
    if (method === 'DELETE' && new URL(request.url, 'http://x').searchParams.has('versionid')) return remove(request, response);
    const answer = await forward(method, request.url, request.headers, body);
    const isBlob = path.split('/').length > 3 && !query.has('restype'), wanted = query.get('versionid');
    if (isBlob && answer.status < 300 && method === 'PUT' && [null, 'blocklist'].includes(query.get('comp'))) {
        const { headers, data } = await read(path), id = newId();
        listOf(path).push({ id, headers, data });
        answer.headers['x-ms-version-id'] = id;
    } else if (isBlob && wanted && answer.status !== 403 && ['GET', 'HEAD'].includes(method)) {
        const version = listOf(path).find(version => version.id === wanted);
        return send(response, method, version ? partOf(version, request.headers['x-ms-range'] ?? request.headers.range)
            : { status: 404, headers: { 'x-ms-error-code': 'BlobNotFound' }, data: Buffer.alloc(0) });
    } else if (isBlob && answer.status < 300 && ['GET', 'HEAD'].includes(method) && !query.has('comp') && listOf(path).length > 0) {
        answer.headers['x-ms-version-id'] = listOf(path).at(-1).id;
        answer.headers['x-ms-is-current-version'] = 'true';
    }
    send(response, method, answer);
}

// Clients go away in the middle of what they send.
http.createServer({ requestTimeout: 0 }, (request, response) => serve(request, response).catch(error => {
    console.error(request.method, request.url, String(error));
    response.destroy();
})).listen(+port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
