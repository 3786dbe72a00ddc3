/** What the script knows. */
export interface StartParts {
  /** How many tabs Altair is started with. */
  readonly tabs: number;
  /** The titles of the tabs that carry no credential. */
  readonly anonymous: readonly string[];
  /** The ready operations, as Altair stores collections. */
  readonly collections: readonly object[];
}

/** The script that the page loads beside Altair. */
export const startScript = ({
  tabs,
  anonymous,
  collections,
}: StartParts): string => `// Does what Altair has no option for. Where Altair has changed, it does nothing.

const eventually = (attempt) => {
  const deadline = Date.now() + 10000;
  const timer = setInterval(() => {
    if (attempt() || Date.now() > deadline) clearInterval(timer);
  }, 50);
};

// What a tab is given the first time that it is in front, also when it is opened out of the collections: its variables,
// and the docs, unless the tab is of those that nobody is signed in for yet.
const anonymous = ${JSON.stringify(anonymous)};
const met = new WeakSet();
const meet = () => {
  const tab = document.querySelector('.window-switcher__item--active');
  if (!tab || met.has(tab) || !document.querySelector('[track-id=reload_docs]')) return;
  met.add(tab);
  if (!document.querySelector('app-variables-editor')) document.querySelector('.variables-editor--title')?.click();
  if (!anonymous.includes(tab.textContent.replace('×', '').trim())) document.querySelector('[track-id=reload_docs]').click();
};

// Altair leaves the last tab in front; the job begins with the first.
eventually(() => {
  const items = document.querySelectorAll('.window-switcher__item');
  if (items.length < ${tabs}) return false;
  items[0].click();
  setInterval(meet, 100);
  return true;
});

// The other ready operations, as a folder of Altair's collections. It is laid there anew each time; other folders are left alone.
const collections = ${JSON.stringify(collections)};
const isMade = async () => (await indexedDB.databases()).some(({ name }) => name === 'AltairDB');
for (let attempt = 0; attempt < 50 && !(await isMade()); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 200));
if (await isMade()) {
  const opening = indexedDB.open('AltairDB');
  opening.onsuccess = () => {
    const database = opening.result;
    if (database.objectStoreNames.contains('queryCollections')) {
      const store = database.transaction('queryCollections', 'readwrite').objectStore('queryCollections');
      store.delete(IDBKeyRange.bound('bailiwick', 'bailiwick~'));
      for (const collection of collections) store.put(collection);
    }
    database.close();
  };
}
`;
