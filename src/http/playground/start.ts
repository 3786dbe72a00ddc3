/** What the script knows. */
export interface StartParts {
  /** How many tabs Altair is started with. */
  readonly tabs: number;
  /** The titles of the tabs that carry no credential. */
  readonly anonymous: readonly string[];
  /** The ready operations, as Altair stores collections. */
  readonly collections: readonly object[];
}

/** The script that runs before Altair starts, and does what Altair has no option for. */
export const startScript = ({ tabs, anonymous, collections }: StartParts): string => `
// Altair writes all that is typed and answered into the browser's database. Passwords, tokens and API keys do not belong there.
const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (value, ...key) {
  return this.name === 'appState' ? this.get(value.key) : put.call(this, value, ...key);
};

// The ready operations, as a folder of Altair's collections. It is laid there anew each time; other folders are left alone.
const collections = ${JSON.stringify(collections)};
const layCollections = (done) => {
  const opening = indexedDB.open('AltairDB', 50);
  opening.onupgradeneeded = ({ oldVersion }) => {
    // Altair's own layout of its version 5, which Dexie counts as 50.
    if (oldVersion > 0) return opening.transaction.abort();
    const database = opening.result;
    const queryCollections = database.createObjectStore('queryCollections', { keyPath: 'id', autoIncrement: true });
    for (const index of ['title', 'parentPath']) queryCollections.createIndex(index, index);
    database.createObjectStore('appState', { keyPath: 'key' });
    database.createObjectStore('selectedFiles', { keyPath: 'id' }).createIndex('windowId', 'windowId');
    database.createObjectStore('localActionLogs', { keyPath: 'id', autoIncrement: true });
  };
  opening.onerror = done;
  opening.onsuccess = () => {
    const writing = opening.result.transaction(['appState', 'queryCollections'], 'readwrite');
    writing.oncomplete = writing.onabort = done;
    writing.objectStore('appState').clear();
    const store = writing.objectStore('queryCollections');
    store.delete(IDBKeyRange.bound('bailiwick', 'bailiwick~'));
    for (const collection of collections) store.put(collection);
    opening.result.close();
  };
};

// What a tab is given the first time that it is in front, also when it is opened out of the collections: its variables,
// and the docs, unless it is one of those that nobody is signed in for yet.
const anonymous = ${JSON.stringify(anonymous)};
const met = new WeakSet();
const meet = () => {
  const tab = document.querySelector('.window-switcher__item--active');
  const docs = document.querySelector('[track-id=reload_docs]');
  if (!tab || !docs || met.has(tab)) return;
  met.add(tab);
  if (!document.querySelector('app-variables-editor')) document.querySelector('.variables-editor--title')?.click();
  if (!anonymous.includes(tab.querySelector('.window-switcher__input')?.textContent.trim())) docs.click();
};

// Altair leaves the tab in front that it opened last; the job begins with the first.
const waiting = setInterval(() => {
  const items = document.querySelectorAll('.window-switcher__item');
  if (items.length < ${tabs}) return;
  clearInterval(waiting);
  items[0].click();
  setInterval(meet, 100);
}, 50);

// Altair starts when this module has run. Without its collections it is of use as well.
await new Promise((resolve) => {
  setTimeout(resolve, 2000);
  layCollections(resolve);
}).catch(() => undefined);
`;
