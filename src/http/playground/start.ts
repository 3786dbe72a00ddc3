/**
 * What runs in the browser once Altair is started, as text: it reads the page's own address, because Altair takes only
 * whole URLs; brings the first tab to the front, because Altair leaves the last one there; and lays the ready
 * operations into Altair's store of collections, which none of its options fills.
 */
export const afterStart = (tabs: number): string => `
const firstTab = () => {
  const tabs = document.querySelectorAll('.window-switcher__item:not(.window-switcher__item--new)');
  if (tabs.length < ${tabs}) return false;
  tabs[0].click();
  return true;
};
const began = Date.now();
const timer = setInterval(() => { if (firstTab() || Date.now() - began > 10000) clearInterval(timer); }, 50);
`;
