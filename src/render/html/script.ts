/**
 * Shows the search field, which is useless without a script, and hides pipelines that it does not mean. Shows the
 * buttons that copy, where the browser lets them. A link to a pipeline unfolds it. Everything else in the page works without.
 */
export const script = `
const box = document.getElementById('filter');
const told = document.getElementById('found');
const parts = Array.from(document.querySelectorAll('[data-words]'));
if (box) {
  box.closest('.search').hidden = false;
  box.addEventListener('input', () => {
    const wanted = box.value.trim().toLowerCase();
    for (const part of parts) part.hidden = !part.dataset.words.includes(wanted);
    const left = parts.filter((part) => !part.hidden).length;
    told.textContent = wanted === '' ? '' : left + ' of ' + parts.length + ' pipelines';
  });
}
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
}
const unfold = () => {
  const part = document.getElementById(location.hash.slice(1));
  if (part?.matches('details')) part.open = true;
};
addEventListener('hashchange', unfold);
unfold();
`;
