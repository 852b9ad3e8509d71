// Google Cloud Storage's JSON interface for tests. Objects, their metadata, lists and media come from the storage emulator of
// firebase-tools; in front of it stands what that lacks: buckets, bearer tokens and the token endpoint, resumable uploads as
// documented (308, Range, status, cancelling), multipart bodies of any form, preconditions, checksums, 416, and the generations of
// objects, of which the bucket `versioned` keeps the old ones.
//
// node gcs.js PORT FOLDER TOKEN PUBLIC_KEY BUCKET...
'use strict';
const crypto = require('crypto'), fs = require('fs'), http = require('http'), path = require('path');
const [port, folder, token, publicKey, ...buckets] = process.argv.slice(2);

const tools = path.dirname(require.resolve('firebase-tools/package.json'));
const part = name => require(path.join(tools, 'lib/emulator', name));
const { Versions } = require('./gcs-versions.js');
const express = require(require.resolve('express', { paths: [tools] }));
const { StorageEmulator } = part('storage/index.js');
const { CloudStorageObjectMetadata } = part('storage/metadata.js');
const { EmulatorRegistry } = part('registry.js');

StorageEmulator.prototype.getPersistenceTmpDir = () => folder;
const emulator = new StorageEmulator({ projectId: 'demo-dataversion', host: '127.0.0.1', port: +port, rules: { name: 'none', content: '' }, auto_download: false });
const store = emulator.adminStorageLayer;
const sessions = new Map();       // resumable uploads by id
const versions = new Versions(store);
const Unit = 256 * 1024;          // parts of resumable uploads are multiples of this, except the last

const refuse = (response, code, reason, message) =>
    response.status(code).json({ error: { code, message, errors: [{ message, domain: 'global', reason }] } });
const noBucket = response => refuse(response, 404, 'notFound', 'The specified bucket does not exist.');
const bodyOf = async request => { const parts = []; for await (const part of request) parts.push(part); return Buffer.concat(parts); };
const md5 = data => crypto.createHash('md5').update(data).digest('base64');

// Clients go away in the middle of what they send.
const served = handler => (request, response) => handler(request, response).catch(error => {
    console.error(request.method, request.url, String(error));
    if (!response.headersSent) response.status(500).end();
});

async function save(bucket, name, metadata, data) {
    const upload = emulator.uploadService.multipartUpload({ bucketId: bucket, objectId: name, metadata, dataRaw: data, authorization: 'Bearer owner' });
    versions.keep(bucket, name);
    return new CloudStorageObjectMetadata(versions.mark(await store.uploadObject(upload)));
}

function generationHolds(request, response, bucket, name) {
    const wanted = request.query.ifGenerationMatch;
    if (wanted === undefined || wanted === String(store.getMetadata(bucket, name)?.generation ?? 0)) return true;
    refuse(response, 412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    return false;
}

function checksumHolds(request, response, metadata, data) {
    const header = /md5=([^,\s]+)/.exec(request.headers['x-goog-hash'] ?? '');
    const wanted = header?.[1] ?? metadata.md5Hash ?? request.headers['content-md5'];
    if (!wanted || wanted === md5(data)) return true;
    refuse(response, 400, 'invalid', `Provided MD5 hash "${wanted}" doesn't match calculated MD5 hash "${md5(data)}".`);
    return false;
}

// The two parts of a multipart/related body (RFC 2387).
function partsOf(type, data) {
    const boundary = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(type);
    if (!boundary) return null;
    const line = Buffer.from('--' + (boundary[1] ?? boundary[2]).trim().replace(/^'(.*)'$/, '$1')), parts = [];
    for (let start = data.indexOf(line), end; start >= 0 && (end = data.indexOf(line, start + line.length)) >= 0; start = end) {
        const crlf = data[start + line.length] === 13, skip = crlf ? 2 : 1;
        const content = data.subarray(start + line.length + skip, end - skip), headers = content.indexOf(crlf ? '\r\n\r\n' : '\n\n');
        if (headers < 0) return null;
        parts.push(content.subarray(headers + 2 * skip));
    }
    return parts.length === 2 ? parts : null;
}

const front = express();
front.disable('x-powered-by');
front.set('query parser', 'simple');

front.post('/token', express.urlencoded({ extended: false }), (request, response) => {
    const { grant_type: kind, assertion, refresh_token: refresh } = request.body;
    const invalid = why => response.status(400).json({ error: 'invalid_grant', error_description: why });
    if (kind === 'refresh_token') {
        if (refresh !== 'dvrefresh') return invalid('Token has been expired or revoked.');
    } else if (kind === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
        const [head, claims, signature] = String(assertion).split('.');
        if (!crypto.verify('RSA-SHA256', Buffer.from(head + '.' + claims), fs.readFileSync(publicKey), Buffer.from(signature ?? '', 'base64url')))
            return invalid('Invalid JWT Signature.');
        const { scope, exp } = JSON.parse(Buffer.from(claims, 'base64url'));
        if (!scope || exp < Date.now() / 1000) return invalid('Invalid JWT.');
    } else return response.status(400).json({ error: 'unsupported_grant_type' });
    response.json({ access_token: token, expires_in: 3600, token_type: 'Bearer' });
});

// A session URI is its own credential. The bucket `public` is readable by everybody.
front.use((request, response, next) => {
    const open = request.query.upload_id || (request.method === 'GET' && /^\/(download\/)?storage\/v1\/b\/public(\/|$)/.test(request.path));
    if (open || request.headers.authorization === 'Bearer ' + token) return next();
    if (request.headers.authorization) return refuse(response, 401, 'authError', 'Invalid Credentials');
    refuse(response, 401, 'required', 'Anonymous caller does not have storage.objects access to the Google Cloud Storage bucket.');
});

front.get('/storage/v1/b/:bucket', (request, response) => {
    const found = emulator._buckets.get(request.params.bucket);
    return found ? response.json({ ...found, versioning: { enabled: Versions.isKeptIn(request.params.bucket) } }) : noBucket(response);
});
front.use(/^\/(?:upload\/|download\/)?storage\/v1\/b\/([^/]+)\/o/, (request, response, next) =>
    emulator._buckets.has(decodeURIComponent(request.params[0])) ? next() : noBucket(response));

front.post('/upload/storage/v1/b/:bucket/o', served(async (request, response) => {
    const { bucket } = request.params, { uploadType } = request.query;
    if (request.query.upload_id) return goOn(request, response);       // as gcsfs does
    let data = await bodyOf(request), metadata = {};
    if (uploadType === 'resumable') {
        if (data.length) metadata = JSON.parse(data);
    } else if (uploadType === 'multipart') {
        const parts = partsOf(request.headers['content-type'] ?? '', data);
        if (!parts) return refuse(response, 400, 'badContent', 'Malformed multipart body.');
        metadata = JSON.parse(parts[0]);
        data = parts[1];
    } else if (uploadType !== 'media') return refuse(response, 400, 'required', 'Required parameter: uploadType');
    metadata.contentType ??= request.headers['x-upload-content-type'] ?? 'application/octet-stream';
    const name = request.query.name ?? metadata.name;
    if (!name) return refuse(response, 400, 'required', 'Required');
    if (!generationHolds(request, response, bucket, name)) return;
    if (uploadType !== 'resumable') {
        if (checksumHolds(request, response, metadata, data)) response.json(await save(bucket, name, metadata, data));
        return;
    }
    const id = crypto.randomUUID(), file = path.join(folder, 'upload-' + id);
    fs.writeFileSync(file, '');
    sessions.set(id, { bucket, name, metadata, file, received: 0 });
    const query = new URLSearchParams({ uploadType, name, upload_id: id });
    response.set('X-GUploader-UploadID', id).set('Location', `http://${request.headers.host}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`).end();
}));

front.put('/upload/storage/v1/b/:bucket/o', served(goOn));
front.delete('/upload/storage/v1/b/:bucket/o', (request, response) => { sessions.delete(request.query.upload_id); response.status(499).end(); });

async function goOn(request, response) {
    const session = sessions.get(request.query.upload_id);
    const drained = async () => { for await (const _ of request); return response; };
    if (!session) return (await drained()).status(404).end();
    if (session.result) return (await drained()).json(session.result);
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '');
    const [first, total] = range ? [range[1], range[3]] : ['0', undefined];
    const incomplete = () => {
        if (session.received) response.set('Range', 'bytes=0-' + (session.received - 1));
        response.status(308).end();
    };
    if (first === undefined) {                                       // how far is it?
        await drained();
        if (total === '*' || session.received < +total) return incomplete();
    } else {
        if (+first > session.received) return (await drained()).status(503).end();
        let end = +first, broken = false;
        const file = fs.openSync(session.file, 'r+');
        try { for await (const data of request) { fs.writeSync(file, data, 0, data.length, end); end += data.length; } } catch { broken = true; } finally { fs.closeSync(file); }
        const last = !broken && (total === undefined || end === +total);
        session.received = last ? end : Math.max(session.received, end - end % Unit);
        if (broken) return;
        if (!last) return incomplete();
    }
    const data = fs.readFileSync(session.file).subarray(0, session.received);
    fs.unlinkSync(session.file);
    if (!checksumHolds(request, response, session.metadata, data)) return sessions.delete(request.query.upload_id);
    response.json(session.result = await save(session.bucket, session.name, session.metadata, data));
}

front.use(/^\/storage\/v1\/b\/([^/]+)\/o$/, (request, response, next) => request.method === 'GET' && request.query.versions === 'true'
    ? response.json({ kind: 'storage#objects', items: versions.list(request.params[0], request.query.prefix ?? '') }) : next());
front.use(/^\/(?:download\/)?storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/, (request, response, next) => {
    const [bucket, name] = [request.params[0], request.params[1]], { generation } = request.query;
    if (request.method === 'DELETE') {
        if (!generation) versions.keep(bucket, name);
        return !generation || versions.isNewest(bucket, name, generation) ? next() : versions.remove(bucket, name, generation) ? response.status(204).end() : missing();
    }
    if (request.method !== 'GET') return next();
    if (generation && !versions.isNewest(bucket, name, generation)) {
        const old = versions.find(bucket, name, generation);
        return !old ? missing() : request.query.alt === 'media' ? sendMedia(request, response, old.metadata, old.data) : response.json(old.metadata);
    }
    // The emulator ignores ranges behind the end.
    const found = store.getMetadata(bucket, name), first = /^bytes=(\d+)-/.exec(request.headers.range ?? '');
    return found && first && request.query.alt === 'media' && +first[1] >= found.size
        ? response.status(416).set('Content-Range', 'bytes */' + found.size).end() : next();

    function missing() { return refuse(response, 404, 'notFound', `No such object: ${bucket}/${name}` + (generation ? '#' + generation : '')); }
});

function sendMedia(request, response, metadata, data) {
    response.set({ 'Content-Type': metadata.contentType, ETag: metadata.etag, 'x-goog-generation': metadata.generation, 'x-goog-hash': 'md5=' + metadata.md5Hash });
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) return response.send(data);
    const [first, last] = [+range[1], range[2] ? Math.min(+range[2], data.length - 1) : data.length - 1];
    if (first >= data.length) return response.status(416).set('Content-Range', 'bytes */' + data.length).end();
    return response.status(206).set('Content-Range', `bytes ${first}-${last}/${data.length}`).send(data.subarray(first, last + 1));
}

emulator._rulesRuntime.start = emulator._rulesRuntime.stop = async () => { };      // Java, for what Firebase's own clients need only
emulator._rulesManager.start = emulator._rulesManager.stop = async () => ({ errors: [], warnings: [], exist: () => false });
emulator.start = async () => {
    front.use(await part('storage/server.js').createApp('demo-dataversion', emulator));
    for (const bucket of [...buckets, 'versioned', 'public']) store.createBucket(bucket);
    await new Promise(listening => http.createServer({ requestTimeout: 0 }, front).listen(+port, '127.0.0.1', listening));
};
EmulatorRegistry.start(emulator);
process.on('SIGTERM', () => process.exit(0));
