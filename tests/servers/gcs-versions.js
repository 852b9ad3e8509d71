// What the storage emulator of firebase-tools lacks of versions: generations in microseconds, each another one, entity tags as the
// service makes them, and the old generations of objects in the bucket `versioned`. Part of gcs.js.
'use strict';
const path = require('path');
const { CloudStorageObjectMetadata } = require(path.join(path.dirname(require.resolve('firebase-tools/package.json')), 'lib/emulator/storage/metadata.js'));

class Versions {
    #store;
    #old = new Map();       // lists of { metadata, data } by bucket and name, in order
    #last = 0;

    constructor(store) { this.#store = store; }

    static isKeptIn(bucket) { return bucket === 'versioned'; }

    // Gives an object that was just stored its generation, and the tag that follows from it.
    mark(stored) {
        stored.generation = this.#last = Math.max(Date.now() * 1000, this.#last + 1);
        stored.etag = Buffer.from([8, ...varint(stored.generation), 16, ...varint(+stored.metageneration)]).toString('base64');
        return stored;
    }

    // The newest version is about to be replaced or deleted.
    keep(bucket, name) {
        const found = Versions.isKeptIn(bucket) && this.#store.getMetadata(bucket, name);
        if (found) this.#listOf(bucket, name).push({ metadata: new CloudStorageObjectMetadata(found), data: this.#store.getBytes(bucket, name) ?? Buffer.alloc(0) });
    }

    isNewest(bucket, name, generation) { return String(this.#store.getMetadata(bucket, name)?.generation) === generation; }

    find(bucket, name, generation) { return this.#listOf(bucket, name).find(old => old.metadata.generation === generation); }

    remove(bucket, name, generation) {
        const list = this.#listOf(bucket, name), place = list.findIndex(old => old.metadata.generation === generation);
        if (place >= 0) list.splice(place, 1);
        return place >= 0;
    }

    // All versions below a prefix, in one page.
    list(bucket, prefix) {
        const newest = [...this.#store._files.values()].map(file => file.metadata).filter(found => found.bucket === bucket);
        const old = [...this.#old.values()].flat().map(version => version.metadata).filter(found => found.bucket === bucket);
        return [...newest.map(found => new CloudStorageObjectMetadata(found)), ...old].filter(found => found.name.startsWith(prefix))
            .sort((left, right) => left.name < right.name ? -1 : left.name > right.name ? 1 : left.generation - right.generation);
    }

    #listOf(bucket, name) {
        const key = bucket + '/' + name;
        if (!this.#old.has(key)) this.#old.set(key, []);
        return this.#old.get(key);
    }
}

// A number as protocol buffers write it; generations do not fit into 32 bits.
function varint(value) {
    const bytes = [];
    for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
    return [...bytes, value];
}

module.exports = { Versions };
